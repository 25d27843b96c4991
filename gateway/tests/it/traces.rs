//! A request's place in a trace: taken from who asks, handed on to subgraphs, and sent to a collector where there is one.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::post;
use gateway::subgraph::InProcessSubgraph;
use serde_json::json;
use service_kit::telemetry::{OtlpConfig, TelemetryConfig, subscriber};
use tracing::dispatcher::DefaultGuard;

use crate::harness::{Collector, Reply, Stub, TestGateway};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const QUERY: &str = "query Authors { books(first: 1) { author { name } } }";

/// Sends the spans of this thread, which the runtime of a test has to itself, to a collector.
fn traced(url: &str, sampling: f64) -> (service_kit::telemetry::Telemetry, DefaultGuard) {
    let otlp = OtlpConfig { endpoint: Some(url.to_owned()), sampling, ..OtlpConfig::default() };
    let config = TelemetryConfig { filter: "off".to_owned(), otlp, ..TelemetryConfig::default() };
    let (dispatch, telemetry) = subscriber(&config, "passerelle-gateway").expect("a collector");
    (telemetry, tracing::dispatcher::set_default(&dispatch))
}

async fn ask(gateway: &TestGateway, headers: &[(&str, &str)]) {
    let mut request = gateway.client.post(format!("{}/graphql", gateway.url)).json(&json!({"query": QUERY}));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    assert_eq!(request.send().await.expect("an answer").status().as_u16(), 200);
}

#[tokio::test]
async fn without_a_collector_what_came_is_handed_on() {
    let gateway = TestGateway::start().await;
    ask(&gateway, &[("traceparent", PARENT), ("tracestate", "vendor=1")]).await;
    for stub in [&gateway.catalogue, &gateway.people] {
        let request = stub.only_request();
        assert_eq!((request.header("traceparent"), request.header("tracestate")), (Some(PARENT), Some("vendor=1")));
    }
}

#[tokio::test]
async fn nothing_is_handed_on_that_is_no_trace() {
    let gateway = TestGateway::start().await;
    ask(&gateway, &[("traceparent", "00-nonsense"), ("tracestate", "vendor=1")]).await;
    let request = gateway.people.only_request();
    assert_eq!((request.header("traceparent"), request.header("tracestate")), (None, None));
}

#[tokio::test]
async fn spans_are_sent_as_a_part_of_the_callers_trace() {
    let collector = Collector::start().await;
    let (telemetry, guard) = traced(&collector.url, 0.0);
    let gateway = TestGateway::start().await;
    ask(&gateway, &[("traceparent", PARENT), ("tracestate", "vendor=1"), ("x-request-id", "r-1")]).await;
    let handed_on = [&gateway.catalogue, &gateway.people].map(Stub::only_request);
    telemetry.stop().await;
    drop(guard);
    let spans = collector.spans();
    assert!(spans.iter().all(|span| span.trace == TRACE && span.service == "passerelle-gateway"), "{spans:#?}");
    let [server] = &*collector.named("http.server") else { panic!("{spans:#?}") };
    assert_eq!((server.parent.as_str(), server.kind, server.status), ("b7ad6b7169203331", 2, 0));
    let told = |name: &str| server.attributes.get(name).map(String::as_str);
    assert_eq!(told("http.request.method"), Some("POST"));
    assert_eq!(told("http.route"), Some("/graphql"));
    assert_eq!(told("http.response.status_code"), Some("200"));
    assert_eq!(told("request_id"), Some("r-1"));
    let [operation] = &*collector.named("graphql.operation") else { panic!("{spans:#?}") };
    assert_eq!(operation.parent, server.id);
    assert_eq!(operation.attributes["graphql.operation.name"], "Authors");
    assert_eq!(operation.attributes["graphql.operation.type"], "query");
    let prepared = collector.named("graphql.prepare");
    assert_eq!(prepared.iter().filter(|span| span.parent == operation.id).count(), 2, "{spans:#?}");
    let fetches = collector.named("subgraph.fetch");
    assert_eq!(fetches.len(), 2, "{spans:#?}");
    for request in handed_on {
        let parent = request.header("traceparent").expect("a trace").to_owned();
        let fetch = fetches.iter().find(|span| parent == format!("00-{TRACE}-{}-01", span.id)).expect("its span");
        assert_eq!((fetch.parent.as_str(), fetch.kind), (operation.id.as_str(), 3));
        assert_eq!(fetch.attributes["outcome"], "ok");
        assert_eq!(request.header("tracestate"), Some("vendor=1"));
    }
    let names: Vec<&str> = fetches.iter().map(|span| span.attributes["subgraph"].as_str()).collect();
    assert_eq!(names, ["catalogue", "people"]);
}

#[tokio::test]
async fn a_call_that_fails_is_told_as_such() {
    let collector = Collector::start().await;
    let (telemetry, guard) = traced(&collector.url, 1.0);
    let gateway = TestGateway::start().await;
    // No further tries: a status of 500 is an answer.
    gateway.people.reply(Reply::html());
    ask(&gateway, &[]).await;
    telemetry.stop().await;
    drop(guard);
    let fetches = collector.named("subgraph.fetch");
    let told: Vec<_> = fetches.iter().map(|span| (span.attributes["outcome"].as_str(), span.status)).collect();
    assert_eq!(told, [("ok", 0), ("bad_status", 2)]);
    assert_eq!(collector.named("http.server")[0].parent, "", "a trace of its own");
}

#[tokio::test]
async fn what_is_not_chosen_is_not_sent_and_says_so() {
    let collector = Collector::start().await;
    let (telemetry, guard) = traced(&collector.url, 0.0);
    let gateway = TestGateway::start().await;
    ask(&gateway, &[]).await;
    let parent = gateway.people.only_request().header("traceparent").expect("a trace").to_owned();
    telemetry.stop().await;
    drop(guard);
    assert!(parent.ends_with("-00"), "{parent}");
    assert_eq!(collector.spans().len(), 0);
}

#[tokio::test]
async fn a_subgraph_in_the_process_is_told_too() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let answer = async move |headers: HeaderMap| {
        log.lock().expect("no panic").push(headers.get("traceparent").cloned());
        ([("content-type", "application/json")], json!({"data": {"people": []}}).to_string())
    };
    let client = Arc::new(InProcessSubgraph::new(Router::new().route("/graphql", post(answer)), 1_000));
    let gateway = TestGateway::builder().in_process("people", client).start().await;
    let request = gateway.client.post(format!("{}/graphql", gateway.url)).header("traceparent", PARENT);
    request.json(&json!({"query": "{ people { id } }"})).send().await.expect("an answer");
    let seen = seen.lock().expect("no panic");
    assert_eq!(seen.iter().flatten().map(|value| value.to_str().expect("text")).collect::<Vec<_>>(), [PARENT]);
}

#[tokio::test]
async fn no_span_tells_what_comes_back_with_a_login() {
    let collector = Collector::start().await;
    let (telemetry, guard) = traced(&collector.url, 1.0);
    let routes = Router::new().route("/auth/callback", axum::routing::get(async || "in"));
    let gateway = TestGateway::builder().public("users", routes).start().await;
    gateway.get("/auth/callback?code=s3cr3t-code&state=s3cr3t-state").await;
    telemetry.stop().await;
    drop(guard);
    let [server] = &*collector.named("http.server") else { panic!("{:#?}", collector.spans()) };
    assert_eq!(server.attributes["url.path"], "/auth/callback");
    assert!(!format!("{:?}", collector.spans()).contains("s3cr3t"), "{:#?}", collector.spans());
}

#[tokio::test]
async fn a_public_route_is_told_too() {
    let seen = Arc::new(Mutex::new(None));
    let log = Arc::clone(&seen);
    let answer = async move |headers: HeaderMap| {
        *log.lock().expect("no panic") = headers.get("traceparent").cloned();
        "a"
    };
    let routes = Router::new().route("/files/a", axum::routing::get(answer));
    let gateway = TestGateway::builder().public("productions", routes).start().await;
    let request = gateway.client.get(format!("{}/files/a", gateway.url)).header("traceparent", PARENT);
    request.send().await.expect("an answer");
    assert_eq!(seen.lock().expect("no panic").as_ref().expect("a trace"), PARENT);
}
