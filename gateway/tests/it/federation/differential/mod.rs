//! Random operations over graphs that use much of federation at once: the gateway must answer as the merged schema does, to the
//! order of the keys.
//!
//! Operations follow from a seed, plans do not: the planner goes through hash maps. So the graph is started anew every so often,
//! and its subgraphs' names come in another order then.
//! `PASSERELLE_DIFFERENTIAL` says how many operations a graph gets, from a new seed; `PASSERELLE_DIFFERENTIAL_SEED` repeats those
//! of a seed that was printed, and `PASSERELLE_DIFFERENTIAL_CASE` one of them, over and over.

mod compare;
mod found;
mod generate;
mod operation;
mod shrink;
mod values;

use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use rstest::rstest;

use super::Graph;
pub(crate) use compare::differ;
use compare::{Outcome, ask, is_valid};
pub(crate) use generate::Ground;
use operation::Operation;

/// Operations of one graph where nobody says how many.
const MANY: usize = 500;
const FEW: usize = 100;
/// Operations that one start of a graph answers.
const BATCH: usize = 250;
/// Differences that are looked for, at most.
const MOST: usize = 10;

struct Run {
    graph: &'static str,
    seed: u64,
    operations: usize,
    /// One operation alone.
    case: Option<usize>,
    next: AtomicUsize,
    past_limit: AtomicUsize,
    found: Mutex<Vec<String>>,
}

#[expect(clippy::disallowed_methods, reason = "who runs the tests chooses")]
pub(crate) fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

fn as_usize(number: u64) -> usize {
    usize::try_from(number).expect("a number of operations")
}

/// The graphs whose subgraphs all say the same of what several of them know, and how many operations each gets at least.
#[rstest]
#[case("abstract", FEW)]
#[case("atlas", MANY)]
#[case("atlas_first", MANY)]
#[case("enums", FEW)]
#[case("external_spellings", FEW)]
#[case("first_version", FEW)]
#[case("interface_object", FEW)]
#[case("interface_objects", FEW)]
#[case("mismatched", FEW)]
#[case("mutations", FEW)]
#[case("override", FEW)]
#[case("provides", FEW)]
#[case("requires", FEW)]
#[case("requires_abstract", FEW)]
#[case("values", FEW)]
fn random_operations(#[case] graph: &'static str, #[case] operations: usize) {
    let asked = setting("PASSERELLE_DIFFERENTIAL");
    let seed = setting("PASSERELLE_DIFFERENTIAL_SEED").unwrap_or_else(|| asked.map_or(1, |_| fastrand::u64(..)));
    let run = Run {
        graph,
        seed,
        operations: asked.map_or(operations, as_usize),
        case: setting("PASSERELLE_DIFFERENTIAL_CASE").map(as_usize),
        next: AtomicUsize::new(0),
        past_limit: AtomicUsize::new(0),
        found: Mutex::default(),
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| run.work());
        }
    });
    let past_limit = run.past_limit.into_inner();
    println!("{graph}: {} operations of seed {seed}, {past_limit} past a limit", run.operations);
    assert!(past_limit * 100 <= run.operations, "too many operations are past a limit to be compared");
    let found = run.found.into_inner().expect("no worker panicked");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

impl Run {
    /// Takes batches until none is left.
    fn work(&self) {
        loop {
            let begin = self.next.fetch_add(BATCH, Ordering::Relaxed);
            if begin >= self.operations || self.found.lock().expect("no panic").len() >= MOST {
                return;
            }
            // Whatever a graph has begun ends with its runtime.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(self.batch(begin));
        }
    }

    async fn batch(&self, begin: usize) {
        // The planner goes by the order of the subgraphs' names, too.
        let named = |name: &str| {
            let letters = name.bytes().fold(self.seed.wrapping_add(begin as u64), |sum, letter| {
                Rng::with_seed(sum ^ u64::from(letter)).u64(..)
            });
            format!("{}_{name}", Rng::with_seed(letters).lowercase())
        };
        let graph = Graph::start_exact(self.graph, named, |config| {
            config.max_values = usize::MAX;
            // A debug build beside other tests plans slowly.
            config.planning_timeout = Duration::from_mins(1);
            config.cost.enabled = false;
            config.prepared_cache_bytes = 1 << 20;
        })
        .await;
        let ground = Ground::of(graph.exact.schema(), graph.world().entities());
        for case in begin..self.operations.min(begin + BATCH) {
            let number = self.case.unwrap_or(case);
            let mut operation = self.operation(&ground, number);
            if self.case.is_some() {
                // Another text is planned anew.
                operation.spaces = case + 1;
            }
            match ask(&graph, &operation.body()).await {
                Outcome::Same => {}
                Outcome::PastLimit => drop(self.past_limit.fetch_add(1, Ordering::Relaxed)),
                Outcome::Differs(how) => {
                    let mut told = format!("case {number} of seed {}:\n  {}\n", self.seed, operation.body());
                    let (operation, how) = shrink::shrink(&graph, &ground, operation, how).await;
                    writeln!(told, "cut down:\n  {}\n{how}", operation.body()).expect("a string");
                    let mut found = self.found.lock().expect("no panic");
                    found.push(told);
                    if found.len() >= MOST {
                        return;
                    }
                }
            }
        }
    }

    /// The first of a case's operations that is valid.
    fn operation(&self, ground: &Ground, case: usize) -> Operation {
        let mut rng = Rng::with_seed(self.seed.wrapping_add((case as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        loop {
            let operation = ground.operation(&mut rng);
            if is_valid(ground, &operation) {
                return operation;
            }
        }
    }
}
