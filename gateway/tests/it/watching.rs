//! The supergraph's file is replaced while the gateway serves.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::harness::{SMALLER, SUPERGRAPH, TestGateway};

struct Watched {
    gateway: TestGateway,
    path: PathBuf,
    _folder: TempDir,
}

impl Watched {
    /// A gateway that serves `served` while its file holds `file`.
    async fn start(served: &str, file: &str) -> Self {
        let gateway = TestGateway::builder().supergraph(served).start().await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("supergraph.graphql");
        std::fs::write(&path, file).expect("written");
        tokio::spawn(gateway::watch(Arc::clone(&gateway.gateway), path.clone()));
        Self { gateway, path, _folder: folder }
    }

    /// Replaces the file whole, as a deployment does.
    fn replace(&self, text: &str) {
        let draft = self.path.with_extension("draft");
        std::fs::write(&draft, text).expect("written");
        std::fs::rename(draft, &self.path).expect("renamed");
    }

    async fn serves_reviews(&self) -> bool {
        self.gateway.ask("{ best { stars } }").await == json!({"data": {"best": {"stars": 5}}})
    }

    async fn until_it_serves_reviews(&self, wanted: bool) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.serves_reviews().await != wanted {
            assert!(Instant::now() < deadline, "the new supergraph is not served");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn a_good_file_is_served_without_a_restart_and_a_broken_one_is_not() {
    let watched = Watched::start(SMALLER, SMALLER).await;
    assert!(!watched.serves_reviews().await);
    watched.replace(SUPERGRAPH);
    watched.until_it_serves_reviews(true).await;

    // A broken file is looked at, then a good one: had the broken one been taken, this would not be served in between.
    watched.replace(&SUPERGRAPH[..SUPERGRAPH.len() / 2]);
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(1_500) {
        assert!(watched.serves_reviews().await, "the old supergraph serves on");
        tokio::task::yield_now().await;
    }
    watched.replace(SMALLER);
    watched.until_it_serves_reviews(false).await;
}

#[tokio::test]
async fn a_file_that_changed_before_the_watch_began_is_served() {
    let watched = Watched::start(SMALLER, SUPERGRAPH).await;
    watched.until_it_serves_reviews(true).await;
}

#[tokio::test]
async fn a_file_that_vanishes_and_comes_back_is_served() {
    let watched = Watched::start(SMALLER, SMALLER).await;
    std::fs::remove_file(&watched.path).expect("removed");
    assert_eq!(watched.gateway.ask("{ people { id } }").await["data"]["people"][0]["id"], "p1");
    watched.replace(SUPERGRAPH);
    watched.until_it_serves_reviews(true).await;
}

#[tokio::test]
async fn replacing_says_whether_anything_changed_and_forgets_what_was_prepared() {
    let gateway = TestGateway::start().await;
    let asked = "{ book(id: \"b1\") { reviews { stars } } }";
    assert_eq!(gateway.ask(asked).await["data"]["book"]["reviews"][0]["stars"], 5);
    assert!(!gateway.gateway.replace_supergraph(SUPERGRAPH).expect("the same"));
    assert!(gateway.gateway.replace_supergraph(SMALLER).expect("a good one"));
    assert_eq!(gateway.ask(asked).await["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert!(gateway.gateway.replace_supergraph("type Query").is_err());
    assert_eq!(gateway.ask("{ people { id } }").await["data"]["people"][0]["id"], "p1");
}
