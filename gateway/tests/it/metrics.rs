//! What is counted, as a scraper reads it.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use gateway::config::SubgraphTraffic;
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use crate::harness::{Exposition, Gate, Reply, SMALLER, TestGateway};

async fn text(gateway: &TestGateway) -> String {
    let router = gateway::metrics_router(std::sync::Arc::clone(&gateway.gateway));
    let request = Request::get("/metrics").body(Body::empty()).expect("a request");
    let response = router.oneshot(request).await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(body.to_vec()).expect("text")
}

/// What is exposed once `told` is true of it: a request is counted when the last byte of its answer was sent, and its client may
/// be quicker.
async fn metrics(gateway: &TestGateway, told: impl Fn(&Exposition) -> bool + Send + Sync) -> Exposition {
    let found = async {
        loop {
            let exposition = Exposition::read(&text(gateway).await);
            if told(&exposition) {
                return exposition;
            }
            tokio::task::yield_now().await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(10), found).await;
    found.expect("it is told in time")
}

#[tokio::test]
async fn requests_by_operation_and_outcome() {
    let gateway = TestGateway::start().await;
    gateway.ask("query People { people { id } }").await;
    gateway.ask("query People { people { id } }").await;
    gateway.ask("mutation { addBook(title: \"x\") { id } }").await;
    gateway.ask("query Wrong { people { nothing } }").await;
    gateway.people.reply(Reply::html());
    gateway.ask("query People { people { id } }").await;
    let graphql = "passerelle_graphql_requests_total";
    let of = |operation, kind, outcome| [("operation", operation), ("type", kind), ("outcome", outcome)];
    let told = metrics(&gateway, |told| told.count(graphql, &of("People", "query", "partial")) == 1).await;
    assert_eq!(told.count(graphql, &of("People", "query", "ok")), 2);
    assert_eq!(told.count(graphql, &of("anonymous", "mutation", "ok")), 1);
    assert_eq!(told.count(graphql, &of("unknown", "unknown", "GRAPHQL_VALIDATION_FAILED")), 1);
    let seconds = "passerelle_graphql_request_duration_seconds_count";
    assert_eq!(told.count(seconds, &[("operation", "People"), ("type", "query")]), 3);
    let http = [("route", "/graphql"), ("method", "POST"), ("status", "200")];
    assert_eq!(told.count("passerelle_http_requests_total", &http), 5);
    assert!(told.count("passerelle_http_response_bytes_total", &[("route", "/graphql")]) > 100);
    assert_eq!(told.count("passerelle_http_requests_in_flight", &[]), 0);
}

#[tokio::test]
async fn calls_to_subgraphs_by_outcome() {
    let gateway = TestGateway::builder()
        .config(|config| {
            config.subgraph_timeout = Duration::from_millis(100);
            config.traffic.retries = 0;
        })
        .refusing("reviews")
        .start()
        .await;
    gateway.ask("{ people { id } }").await;
    gateway.people.reply(Reply::html());
    gateway.ask("{ people { id } }").await;
    gateway.people.reply(Reply::Json(json!([])));
    gateway.ask("{ people { id } }").await;
    gateway.people.reply(Reply::Never);
    gateway.ask("{ people { id } best { stars } }").await;
    let calls = "passerelle_subgraph_requests_total";
    let told = metrics(&gateway, |told| told.count(calls, &[("subgraph", "people"), ("outcome", "timed_out")]) == 1);
    let told = told.await;
    for (subgraph, outcome, count) in [("people", "ok", 2), ("people", "bad_status", 1), ("reviews", "unreachable", 1)]
    {
        assert_eq!(told.count(calls, &[("subgraph", subgraph), ("outcome", outcome)]), count, "{subgraph} {outcome}");
    }
    assert_eq!(told.count("passerelle_subgraph_unusable_answers_total", &[("subgraph", "people")]), 1);
    let seconds = "passerelle_subgraph_request_duration_seconds_count";
    assert_eq!(told.count(seconds, &[("subgraph", "people")]), 4);
    assert_eq!(told.count("passerelle_subgraph_requests_in_flight", &[("subgraph", "people")]), 0);
}

/// However a call is bounded, what is counted says which bound it met.
#[tokio::test]
async fn calls_that_met_a_bound_of_traffic() {
    let gateway = TestGateway::builder()
        .config(|config| {
            config.traffic.retries = 0;
            config.traffic.max_concurrent = 1;
            config.traffic.max_queued = 0;
            config.traffic.coalesce = false;
            let timeout = Some(Duration::from_millis(100));
            config.traffic.subgraph.insert("people".to_owned(), SubgraphTraffic { timeout, ..Default::default() });
        })
        .start()
        .await;
    gateway.people.reply(Reply::Never);
    gateway.ask("{ people { id } }").await;
    let calls = "passerelle_subgraph_requests_total";
    let of = |subgraph, outcome| [("subgraph", subgraph), ("outcome", outcome)];
    metrics(&gateway, |told| told.count(calls, &of("people", "timed_out")) == 1).await;
    let gate = Gate::closed();
    gateway.reviews.reply(gate.before(Reply::Json(json!({"data": {"best": null}}))));
    let asked = gateway.client.post(format!("{}/graphql", gateway.url));
    let held = tokio::spawn(asked.json(&json!({"query": "{ best { stars } }"})).send());
    gate.arrived().await;
    gateway.ask("{ best { stars } }").await;
    let told = metrics(&gateway, |told| told.count(calls, &of("reviews", "queue_full")) == 1).await;
    assert_eq!(told.count("passerelle_subgraph_requests_in_flight", &[("subgraph", "reviews")]), 1);
    gate.open();
    held.await.expect("no panic").expect("an answer");
}

#[tokio::test]
async fn what_is_at_work_and_who_went_away() {
    let gateway = TestGateway::start().await;
    gateway.people.reply(Reply::Never);
    let asked = gateway.client.post(format!("{}/graphql", gateway.url));
    let held = tokio::spawn(asked.json(&json!({"query": "query Held { people { id } }"})).send());
    gateway.people.was_called().await;
    let told = metrics(&gateway, |_| true).await;
    assert_eq!(told.count("passerelle_http_requests_in_flight", &[]), 1);
    assert_eq!(told.count("passerelle_subgraph_requests_in_flight", &[("subgraph", "people")]), 1);
    held.abort();
    let gone = [("route", "/graphql"), ("method", "POST"), ("status", "499")];
    let told = metrics(&gateway, |told| told.count("passerelle_http_requests_total", &gone) == 1).await;
    assert_eq!(told.count("passerelle_http_requests_in_flight", &[]), 0);
    let held = [("operation", "Held"), ("type", "query"), ("outcome", "cancelled")];
    assert_eq!(told.count("passerelle_graphql_requests_total", &held), 1);
    let calls = [("subgraph", "people"), ("outcome", "cancelled")];
    assert_eq!(told.count("passerelle_subgraph_requests_total", &calls), 1);
}

#[tokio::test]
async fn what_is_prepared_and_which_supergraphs_came() {
    let gateway = TestGateway::start().await;
    for _ in 0..3 {
        gateway.ask("{ people { id } }").await;
    }
    let told = metrics(&gateway, |_| true).await;
    for cache in ["documents", "plans"] {
        let looked =
            |result| told.count("passerelle_prepared_cache_lookups_total", &[("cache", cache), ("result", result)]);
        assert_eq!((looked("miss"), looked("hit")), (1, 2), "{cache}");
        assert_eq!(told.count("passerelle_prepared_cache_entries", &[("cache", cache)]), 1);
    }
    assert_eq!(told.count("passerelle_planning_duration_seconds_count", &[]), 1);
    gateway.gateway.replace_supergraph(SMALLER).expect("it can be served");
    gateway.gateway.replace_supergraph("type Query { a: Int }").expect_err("it cannot");
    let told = metrics(&gateway, |_| true).await;
    let reloads = |outcome| told.count("passerelle_supergraph_reloads_total", &[("outcome", outcome)]);
    assert_eq!((reloads("served"), reloads("refused")), (1, 1));
    assert_eq!(told.count("passerelle_build_info", &[("version", env!("CARGO_PKG_VERSION"))]), 1);
}

/// Whoever invents names, addresses and methods does not make series without end.
#[tokio::test]
async fn labels_are_few_whatever_is_asked_for() {
    let gateway = TestGateway::start().await;
    for number in 0..250 {
        gateway.ask(&format!("query Number{number} {{ __typename }}")).await;
        gateway.get(&format!("/made/up/{number}")).await;
    }
    let method = reqwest::Method::from_bytes(b"INVENTED").expect("a method");
    drop(gateway.client.request(method, format!("{}/files/x", gateway.url)).send().await);
    let invented = [("route", "/files"), ("method", "OTHER"), ("status", "404")];
    let told = metrics(&gateway, |told| told.count("passerelle_http_requests_total", &invented) == 1).await;
    let operations = told.labels("passerelle_graphql_requests_total", "operation");
    assert_eq!(operations.len(), 101);
    assert!(operations.contains("other") && operations.contains("Number0") && !operations.contains("Number240"));
    let routes = told.labels("passerelle_http_requests_total", "route");
    assert_eq!(routes.into_iter().collect::<Vec<_>>(), ["/files", "/graphql", "other"]);
}

#[tokio::test]
async fn they_are_not_for_clients() {
    let gateway = TestGateway::start().await;
    assert_eq!(gateway.get("/metrics").await.status.as_u16(), 404);
}
