//! A fresh directory, what is imported into it, and its subgraph.

use std::path::Path;
use std::sync::{Arc, Mutex};

use db::testing::{Backend, Fresh};
use establishments::{ImportOptions, Store, subgraph};
use import::Report;
use kernel::Clock;
use serde_json::Value;
use service_kit::subgraph::SubgraphLimits;
use service_kit::testing::TestSubgraph;

/// A directory on one of the databases.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) subgraph: TestSubgraph,
    _fresh: Fresh,
}

/// An import's report and every line that it told.
pub(crate) struct Imported {
    pub(crate) report: Report,
    pub(crate) lines: Vec<String>,
}

/// What "today" is for the subgraph.
pub(crate) fn clock() -> Clock {
    Clock::Fixed("2024-02-01T12:00:00Z".parse().expect("a moment"))
}

impl House {
    pub(crate) async fn new(backend: Backend) -> Self {
        let fresh = backend.fresh(&establishments::MIGRATIONS).await;
        let store = establishments::open(&fresh.target).await.expect("opens");
        let of_subgraph = store.clone();
        let subgraph =
            TestSubgraph::new(|verifier| subgraph(of_subgraph, verifier, &SubgraphLimits::default(), clock()));
        Self { store, subgraph, _fresh: fresh }
    }

    pub(crate) async fn import(&self, file: &Path) -> Imported {
        self.import_with(file, &ImportOptions { clock: clock(), ..ImportOptions::default() }).await
    }

    pub(crate) async fn import_with(&self, file: &Path, options: &ImportOptions) -> Imported {
        let (lines, tell) = listener();
        let report = establishments::import_annuaire(&self.store, file, options, tell).await.expect("a readable file");
        Imported { report, lines: take(&lines) }
    }

    pub(crate) async fn deploy(&self, file: &Path) -> Imported {
        let (lines, tell) = listener();
        let options = ImportOptions { clock: clock(), ..ImportOptions::default() };
        let report =
            establishments::import_deployments(&self.store, file, &options, tell).await.expect("a readable file");
        Imported { report, lines: take(&lines) }
    }

    pub(crate) async fn sector(&self, file: &Path) -> Imported {
        self.sector_with(file, &ImportOptions { clock: clock(), ..ImportOptions::default() }).await
    }

    pub(crate) async fn sector_with(&self, file: &Path, options: &ImportOptions) -> Imported {
        let (lines, tell) = listener();
        let report = establishments::import_sectors(&self.store, file, options, tell).await.expect("a readable file");
        Imported { report, lines: take(&lines) }
    }

    /// The `data` of an answer without errors.
    pub(crate) async fn data(&self, query: &str) -> Value {
        let answer = self.subgraph.ask(query, Value::Null).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].clone()
    }

    /// The code of the first error of an answer.
    pub(crate) async fn error_code(&self, query: &str) -> String {
        let answer = self.subgraph.ask(query, Value::Null).await;
        answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no error: {answer:#}")).to_owned()
    }

    /// The payloads of the events of this kind, after the first `seen` events of all kinds.
    pub(crate) async fn events_of(&self, kind: &str, seen: usize) -> Vec<Value> {
        let events = db::outbox::after(self.store.db(), 0, 10_000).await.expect("readable");
        events.into_iter().skip(seen).filter(|event| event.kind == kind).map(|event| event.payload.0).collect()
    }

    /// How many events there are.
    pub(crate) async fn events(&self) -> usize {
        db::outbox::after(self.store.db(), 0, 10_000).await.expect("readable").len()
    }
}

fn listener() -> (Arc<Mutex<Vec<String>>>, impl FnMut(&str) + Send + 'static) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&lines);
    (lines, move |line: &str| told.lock().expect("no panic").push(line.to_owned()))
}

fn take(lines: &Mutex<Vec<String>>) -> Vec<String> {
    // The file's name is a temporary one: what matters comes after it.
    let after_name = |line: &String| line.split_once(':').map_or(line.clone(), |(_, rest)| rest.to_owned());
    lines.lock().expect("no panic").iter().map(after_name).collect()
}
