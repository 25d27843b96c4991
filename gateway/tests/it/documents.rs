//! Trusted documents: a manifest on disk, and nothing else where that is said.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use gateway::config::GatewayConfig;
use gateway::{Gateway, GatewayParts};
use rstest::rstest;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::harness::{Answer, SUPERGRAPH, TestGateway};

const PEOPLE: &str = "query People { people { id } }";
const BOOK: &str = "query Book($id: ID!) { book(id: $id) { title } }";

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As Apollo's tools write it.
fn apollo(operations: &[(&str, &str)]) -> String {
    let operation = |(id, body): &(&str, &str)| json!({"id": id, "name": "Any", "type": "query", "body": body});
    let operations: Vec<Value> = operations.iter().map(operation).collect();
    json!({"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}).to_string()
}

struct Trusting {
    gateway: TestGateway,
    path: PathBuf,
    _folder: TempDir,
}

impl Trusting {
    async fn start(manifest: &str, only: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("documents.json");
        std::fs::write(&path, manifest).expect("written");
        let change = |config: &mut GatewayConfig| {
            (config.documents.manifest, config.documents.only) = (Some(path.clone()), only);
        };
        let gateway = TestGateway::builder().config(change).start().await;
        tokio::spawn(gateway::watch_documents(Arc::clone(&gateway.gateway)));
        Self { gateway, path, _folder: folder }
    }

    /// Replaces the file whole, as a deployment does.
    fn replace(&self, text: &str) {
        let draft = self.path.with_extension("draft");
        std::fs::write(&draft, text).expect("written");
        std::fs::rename(draft, &self.path).expect("renamed");
    }

    async fn post(&self, body: Value) -> Answer {
        self.gateway.post(&body).await
    }

    async fn knows(&self, id: &str) -> bool {
        self.post(json!({"documentId": id})).await.json() == people()
    }
}

fn people() -> Value {
    json!({"data": {"people": [{"id": "p1"}, {"id": "p2"}]}})
}

fn is_not_trusted(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (200, "DOCUMENT_NOT_TRUSTED"), "{}", answer.text);
    assert_eq!(answer.message(), "only documents of the manifest are run here, and this is none of them");
}

#[rstest]
#[case::apollo(apollo(&[("people-1", PEOPLE), (&hash(BOOK), BOOK)]))]
#[case::plain(json!({"people-1": PEOPLE, format!("sha256:{}", hash(BOOK)): BOOK}).to_string())]
#[tokio::test]
async fn a_document_by_each_of_its_names(#[case] manifest: String, #[values(false, true)] only: bool) {
    let trusting = Trusting::start(&manifest, only).await;
    let persisted = |hash: &str| json!({"persistedQuery": {"version": 1, "sha256Hash": hash}});
    let sha = hash(PEOPLE);
    for body in [
        json!({"documentId": "people-1"}),
        json!({"documentId": format!("sha256:{sha}")}),
        json!({"documentId": sha}),
        json!({"id": "people-1"}),
        json!({"extensions": persisted("people-1")}),
        json!({"extensions": persisted(&sha)}),
        json!({"extensions": persisted(&sha), "query": PEOPLE}),
        json!({"documentId": "people-1", "query": PEOPLE}),
        json!({"query": PEOPLE}),
    ] {
        assert_eq!(trusting.post(body.clone()).await.json(), people(), "{body}");
    }
    let answer =
        trusting.post(json!({"documentId": format!("sha256:{}", hash(BOOK)), "variables": {"id": "b1"}})).await;
    assert_eq!(answer.json(), json!({"data": {"book": {"title": "Germinal"}}}));
    let answer = trusting.gateway.get("/graphql?documentId=people-1").await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, people()));
}

#[tokio::test]
async fn another_text_under_a_trusted_name_is_refused() {
    for only in [false, true] {
        let trusting = Trusting::start(&apollo(&[("people-1", PEOPLE)]), only).await;
        let answer = trusting.post(json!({"documentId": "people-1", "query": "{ best { stars } }"})).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT");
        assert_eq!(answer.message(), "\"query\" is not the document that is named beside it");
        assert_eq!(trusting.gateway.calls(), [0, 0, 0]);
    }
}

#[tokio::test]
async fn where_only_trusted_documents_are_run_no_other_is() {
    let trusting = Trusting::start(&apollo(&[("people-1", PEOPLE)]), true).await;
    let other = "{ best { stars } }";
    let persisted = json!({"persistedQuery": {"version": 1, "sha256Hash": hash(other)}});
    for body in [
        json!({"query": other}),
        json!({"query": "query People { people { id } } "}),
        json!({"query": "{ __typename }"}),
        json!({"query": "{ __schema { queryType { name } } }"}),
        json!({"query": "{ people {"}),
        json!({"query": other, "extensions": persisted}),
        json!({"extensions": persisted}),
        json!({"documentId": "people-2"}),
        json!({"documentId": "people-2", "query": PEOPLE}),
        json!({"id": "people-2", "query": other}),
    ] {
        is_not_trusted(&trusting.post(body).await);
    }
    let answer = trusting.gateway.get("/graphql?query=%7B__typename%7D").await;
    is_not_trusted(&answer);
    assert_eq!(trusting.gateway.calls(), [0, 0, 0]);
    let request = trusting.gateway.client.post(format!("{}/graphql", trusting.gateway.url));
    let request = request.header("accept", "application/graphql-response+json").json(&json!({"query": other}));
    assert_eq!(request.send().await.expect("an answer").status().as_u16(), 400);
}

#[tokio::test]
async fn elsewhere_others_are_run_too() {
    let trusting = Trusting::start(&apollo(&[("people-1", PEOPLE)]), false).await;
    let answer = trusting.post(json!({"query": "{ best { stars } }", "id": "request-7"})).await;
    assert_eq!(answer.json(), json!({"data": {"best": {"stars": 5}}}), "an id may be anything beside a query");
    let answer = trusting.post(json!({"documentId": "people-2"})).await;
    assert_eq!(
        (answer.code().as_str(), answer.message().as_str()),
        ("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
    );
    let answer = trusting.post(json!({"documentId": ""})).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "BAD_USER_INPUT"));
    let answer = trusting.post(json!({"documentId": 7, "query": PEOPLE})).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "BAD_USER_INPUT"));
}

/// Trusted does not mean unbounded, and no more may be seen by it.
#[tokio::test]
async fn a_trusted_document_is_within_the_same_bounds() {
    let manifest = json!({"deep": "{ people { mentor { mentor { id } } } }", "wrong": "{ x }"}).to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("documents.json");
    std::fs::write(&path, manifest).expect("written");
    let change = |config: &mut GatewayConfig| (config.documents.manifest, config.max_depth) = (Some(path), 3);
    let gateway = TestGateway::builder().config(change).start().await;
    assert_eq!(gateway.post(&json!({"documentId": "deep"})).await.code(), "LIMIT_EXCEEDED");
    assert_eq!(gateway.post(&json!({"documentId": "wrong"})).await.code(), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn a_manifest_that_changes_is_read_again_and_a_bad_one_is_not_taken() {
    let trusting = Trusting::start(&apollo(&[("people-1", PEOPLE)]), true).await;
    let until_it_knows = async |id: &str| {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !trusting.knows(id).await {
            assert!(Instant::now() < deadline, "{id} is not trusted");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(trusting.knows("people-1").await && !trusting.knows("people-2").await);
    trusting.replace(&apollo(&[("people-2", PEOPLE)]));
    until_it_knows("people-2").await;
    assert!(!trusting.knows("people-1").await);

    // A bad one is looked at, then a good one: had the bad one been taken, this would not be known in between.
    trusting.replace("{\"people-3\": \"{ people {\"}");
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(1_500) {
        assert!(trusting.knows("people-2").await, "the old manifest stays");
        tokio::task::yield_now().await;
    }
    trusting.replace(&json!({"people-4": PEOPLE}).to_string());
    until_it_knows("people-4").await;
}

#[rstest]
#[case("{\"a\": \"{ a\"}", "documents.json: the document a is not GraphQL: ")]
#[case("", "documents.json: it is no JSON object: ")]
fn a_gateway_with_a_bad_manifest_does_not_start(#[case] manifest: &str, #[case] told: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("documents.json");
    let start = || {
        let mut config = GatewayConfig::default();
        config.documents.manifest = Some(path.clone());
        let supergraph = SUPERGRAPH.to_owned();
        let (in_process, public) = Default::default();
        let (signer, tokens, shared, sessions_ended) = Default::default();
        let parts = GatewayParts { config, supergraph, signer, tokens, in_process, public, shared, sessions_ended };
        Gateway::new(parts).expect_err("refused").to_string()
    };
    assert!(start().starts_with("gateway.documents.manifest: "), "missing");
    std::fs::write(&path, manifest).expect("written");
    assert!(start().contains(told), "{}", start());
}

#[test]
fn a_gateway_that_would_run_nothing_is_refused() {
    let mut config = GatewayConfig::default();
    config.documents.only = true;
    let told = "gateway.documents.only: without gateway.documents.manifest nothing would be run";
    assert_eq!(config.check(), Err(told.to_owned()));
}
