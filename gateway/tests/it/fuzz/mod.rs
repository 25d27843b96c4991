//! Requests that nobody should send: the gateway answers each, in time, and never by a fault of its own.
//!
//! Some thousands by a seed, or for as many seconds as `PASSERELLE_FUZZ_SECONDS` says, from a seed that is printed;
//! `PASSERELLE_FUZZ_SEED` repeats one. What is a valid operation all the same must be answered as the merged schema does.

mod mutate;
mod raw;
mod requests;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::federation::Graph;
use crate::federation::differential::{Ground, differ, setting};
use requests::Case;

/// Requests where nobody says how long.
const REQUESTS: usize = 3000;
/// How long one may take.
const BOUND: Duration = Duration::from_secs(5);
/// Bytes that a long run may add to what the process holds after its first fifth.
const GROWTH: usize = 96 << 20;

/// Documents that are too long to be held against the merged schema.
const LONG: usize = 2 << 10;

struct Run {
    seed: u64,
    requests: usize,
    until: Option<Instant>,
    next: AtomicUsize,
    compared: AtomicUsize,
    ended: AtomicBool,
    found: Mutex<Vec<String>>,
}

#[test]
fn whatever_is_sent_is_answered() {
    let panics = count_panics();
    let seconds = setting("PASSERELLE_FUZZ_SECONDS");
    let seed = setting("PASSERELLE_FUZZ_SEED").unwrap_or_else(|| seconds.map_or(1, |_| fastrand::u64(..)));
    let run = Run {
        seed,
        requests: if seconds.is_some() { usize::MAX } else { REQUESTS },
        until: seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds)),
        next: AtomicUsize::new(0),
        compared: AtomicUsize::new(0),
        ended: AtomicBool::new(false),
        found: Mutex::default(),
    };
    let settled = Mutex::new(None);
    thread::scope(|scope| {
        let (run, settled) = (&run, &settled);
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let all: Vec<_> = (0..workers).map(|_| scope.spawn(move || run.work())).collect();
        if let Some(seconds) = seconds {
            scope.spawn(move || watch(run, Duration::from_secs(seconds), settled));
        }
        for worker in all {
            worker.join().expect("no worker panics");
        }
        run.ended.store(true, Ordering::Relaxed);
    });
    let (made, compared) = (run.next.into_inner(), run.compared.into_inner());
    let grown = settled.into_inner().expect("no panic").map(|before: usize| resident().saturating_sub(before));
    println!("{made} requests of seed {seed}, {compared} held against the merged schema, {grown:?} bytes grown");
    let found = run.found.into_inner().expect("no worker panicked");
    assert!(found.is_empty(), "{}", found.join("\n"));
    let panics = panics.lock().expect("no panic");
    assert!(panics.is_empty(), "{panics:#?}");
    assert!(grown.is_none_or(|grown| grown < GROWTH), "{grown:?} bytes were added");
}

/// Notes what the process holds when a fifth of the time has gone.
fn watch(run: &Run, whole: Duration, settled: &Mutex<Option<usize>>) {
    let at = run.until.expect("a long run") - whole * 4 / 5;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async { tokio::time::sleep_until(at).await });
    *settled.lock().expect("no panic") = Some(resident());
}

/// Panics of any thread from now on, each with its place.
fn count_panics() -> &'static Mutex<Vec<String>> {
    static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        // Other tests of one process may fail by panics of their own.
        if !place.contains("tests/it") {
            PANICS.lock().expect("no panic under this lock").push(panic.to_string());
        }
        before(panic);
    }));
    &PANICS
}

/// Bytes of memory that the process holds.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<usize>().ok()).unwrap_or(0) << 10
}

impl Run {
    fn work(&self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let graph = Graph::start_exact("atlas", str::to_owned, |config| {
                config.prepared_cache_bytes = 1 << 20;
            })
            .await;
            let ground = Ground::of(graph.exact.schema(), graph.world().entities());
            loop {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                let late = self.until.is_some_and(|until| Instant::now() > until);
                if number >= self.requests || late || !self.found.lock().expect("no panic").is_empty() {
                    return;
                }
                let mut rng =
                    Rng::with_seed(self.seed.wrapping_add((number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
                let case = Case::of(&ground, &mut rng);
                if let Err(why) = self.check(&graph, &case).await {
                    let sent = format!("{:?}", case.sent);
                    let told = format!(
                        "request {number} of seed {}: {why}\n{}",
                        self.seed,
                        sent.chars().take(4000).collect::<String>()
                    );
                    self.found.lock().expect("no panic").push(told);
                }
            }
        });
    }

    async fn check(&self, graph: &Graph, case: &Case) -> Result<(), String> {
        let answer = timeout(BOUND, case.sent.send(&graph.client, &graph.url)).await;
        let answer = answer.map_err(|_| "no answer in time".to_owned())??;
        graph.take_requests();
        if let Some((status, body)) = answer {
            let text = String::from_utf8_lossy(&body).chars().take(2000).collect::<String>();
            if status >= 500 {
                return Err(format!("status {status}: {text}"));
            }
            if let Some(asked) = &case.body {
                self.compare(graph, asked, &body).map_err(|why| format!("{why}: {text}"))?;
            }
        }
        let alive = timeout(BOUND, graph.ask_plainly(&json!({"query": "{ version }"}))).await;
        match alive.as_deref() {
            Ok(r#"{"data":{"version":"v1"}}"#) => Ok(()),
            other => Err(format!("the next request is answered with {other:?}")),
        }
    }

    /// Holds the answer to what may be an operation against the merged schema's.
    fn compare(&self, graph: &Graph, asked: &Value, body: &[u8]) -> Result<(), String> {
        let text = String::from_utf8_lossy(body);
        // Nothing bounds the document in the merged schema; and what mutations log is not only of this request.
        let query = asked["query"].as_str().unwrap_or_default();
        if text.contains("LIMIT_EXCEEDED") || query.len() > LONG || query.contains("mutation") {
            return Ok(());
        }
        self.compared.fetch_add(1, Ordering::Relaxed);
        let exact = graph.ask_exactly(asked);
        differ(&text, &exact).map_or(Ok(()), |why| Err(format!("{why}; the merged schema says {exact}")))
    }
}
