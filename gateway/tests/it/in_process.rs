//! A subgraph in the same process is called as one over HTTP is.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use gateway::subgraph::InProcessSubgraph;
use kernel::Principal;
use serde_json::{Value, json};
use service_kit::principal_token::HEADER;

use crate::harness::{TestGateway, failed};

const LIMIT: usize = 1_000;

type Seen = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// A subgraph that always answers this, and what it was asked.
fn subgraph(status: u16, kind: &'static str, body: String) -> (Arc<InProcessSubgraph>, Seen) {
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    let answer = async move |headers: HeaderMap, request: String| {
        let request = serde_json::from_str(&request).expect("JSON");
        log.lock().expect("no panic").push((headers, request));
        (StatusCode::from_u16(status).expect("a status"), [("content-type", kind)], body).into_response()
    };
    (Arc::new(InProcessSubgraph::new(Router::new().route("/graphql", post(answer)), LIMIT)), seen)
}

#[tokio::test]
async fn it_gets_the_same_request_and_its_answer_is_read() {
    let body = json!({"data": {"people": [{"name": "Sand"}]}}).to_string();
    let (client, seen) = subgraph(200, "application/json", body);
    let gateway = TestGateway::builder().in_process("people", client).signed_for(&["people"]).start().await;
    assert_eq!(gateway.ask("{ people { name } }").await, json!({"data": {"people": [{"name": "Sand"}]}}));
    assert_eq!(gateway.calls(), [0, 0, 0], "nothing goes over the network");
    let seen = seen.lock().expect("no panic");
    let [(headers, request)] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(request["query"], "{people{name}}");
    let token = headers[HEADER].to_str().expect("plain text");
    assert_eq!(gateway.verifier().verify(token), Some(Principal::anonymous()));
    assert!(headers.contains_key("x-request-id"));
}

#[tokio::test]
async fn its_faults_are_faults() {
    let long = format!("{{\"data\":{{\"people\":[{{\"name\":\"{}\"}}]}}}}", "x".repeat(LIMIT));
    for (status, kind, body) in
        [(500, "text/html", "<p>"), (200, "application/json", "{"), (200, "application/json", long.as_str())]
    {
        let (client, _) = subgraph(status, kind, body.to_owned());
        let gateway = TestGateway::builder().in_process("people", client).start().await;
        let answer = gateway.ask("{ people { name } }").await;
        assert_eq!(answer, json!({"errors": [failed("people", &json!(["people"]))], "data": null}), "{body:.50}");
    }
}
