//! How much is asked of a subgraph at a time, and for how long.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use gateway::config::{SubgraphTraffic, TrafficConfig};
use gateway::subgraph::InProcessSubgraph;
use serde_json::{Value, json};

use crate::harness::{Gate, Reply, TestGateway, failed, people_schema};

/// A gateway that asks `people` for one thing at a time, and the gate before the answers.
async fn one_at_a_time(change: impl FnOnce(&mut TrafficConfig)) -> (Arc<TestGateway>, Gate) {
    let config = |config: &mut gateway::config::GatewayConfig| {
        config.traffic.max_concurrent = 1;
        change(&mut config.traffic);
        config.check().expect("a configuration that can be used");
    };
    let gateway = TestGateway::builder().config(config).start().await;
    let gate = Gate::closed();
    gateway.people.reply(gate.before(Reply::schema(people_schema())));
    (Arc::new(gateway), gate)
}

fn ask(gateway: &Arc<TestGateway>, query: &'static str) -> tokio::task::JoinHandle<Value> {
    let gateway = Arc::clone(gateway);
    tokio::spawn(async move { gateway.ask(query).await })
}

/// Another question to `people`, which waits there once the call to `reviews` beside it has come to the gate.
async fn queue(gateway: &Arc<TestGateway>) -> (tokio::task::JoinHandle<Value>, Gate) {
    let beside = Gate::closed();
    gateway.reviews.reply(beside.before(Reply::Json(json!({"data": {"best": null}}))));
    let asked = ask(gateway, "{ people { id } best { stars } }");
    beside.arrived().await;
    (asked, beside)
}

fn too_much() -> Value {
    let extensions = json!({"code": "UPSTREAM_UNAVAILABLE", "service": "people"});
    json!({"message": "the service people has too much to do; ask again later", "path": ["book", "author"], "extensions": extensions})
}

#[tokio::test]
async fn more_than_may_wait_is_refused_at_once_and_the_rest_is_answered() {
    let (gateway, gate) = one_at_a_time(|traffic| traffic.max_queued = 1).await;
    let first = ask(&gateway, "{ people { name } }");
    gate.arrived().await;
    let (second, beside) = queue(&gateway).await;

    let answer = gateway.ask("{ book(id: \"b1\") { title author { name } } }").await;
    assert_eq!(answer, json!({"errors": [too_much()], "data": {"book": {"title": "Germinal", "author": null}}}));
    assert_eq!(gateway.people.calls(), 1);

    gate.open();
    beside.open();
    assert_eq!(first.await.expect("an answer")["data"]["people"][0]["name"], "Zola");
    assert_eq!(second.await.expect("an answer")["data"]["people"][0]["id"], "p1", "who waited comes next");
    assert_eq!(gateway.people.calls(), 2);
}

#[tokio::test]
async fn nobody_waits_where_nobody_may() {
    let (gateway, gate) = one_at_a_time(|traffic| traffic.max_queued = 0).await;
    let first = ask(&gateway, "{ people { name } }");
    gate.arrived().await;
    let answer = gateway.ask("{ book(id: \"b1\") { title author { name } } }").await;
    assert_eq!(answer, json!({"errors": [too_much()], "data": {"book": {"title": "Germinal", "author": null}}}));
    gate.open();
    first.await.expect("an answer");
    assert_eq!(gateway.people.calls(), 1);
}

#[tokio::test]
async fn nobody_waits_longer_than_so_long() {
    let (gateway, gate) = one_at_a_time(|traffic| traffic.queue_timeout = Duration::from_millis(50)).await;
    let first = ask(&gateway, "{ people { name } }");
    gate.arrived().await;
    let answer = gateway.ask("{ book(id: \"b1\") { title author { name } } }").await;
    assert_eq!(answer, json!({"errors": [too_much()], "data": {"book": {"title": "Germinal", "author": null}}}));
    gate.open();
    first.await.expect("an answer");
    assert_eq!(gateway.people.calls(), 1);
}

#[tokio::test]
async fn who_goes_away_makes_room_in_the_queue() {
    let (gateway, gate) = one_at_a_time(|traffic| traffic.max_queued = 1).await;
    let first = ask(&gateway, "{ people { name } }");
    gate.arrived().await;
    let (second, beside) = queue(&gateway).await;
    second.abort();
    beside.left().await;
    let (third, beside) = queue(&gateway).await;
    gate.open();
    beside.open();
    first.await.expect("an answer");
    assert_eq!(third.await.expect("an answer")["data"]["people"][0]["id"], "p1");
    assert_eq!(gateway.people.calls(), 2);
}

#[tokio::test]
async fn a_full_subgraph_holds_up_no_other() {
    let (gateway, gate) = one_at_a_time(|_| {}).await;
    let first = ask(&gateway, "{ people { name } }");
    gate.arrived().await;
    assert_eq!(gateway.ask("{ best { stars } }").await, json!({"data": {"best": {"stars": 5}}}));
    gate.open();
    first.await.expect("an answer");
}

#[tokio::test]
async fn a_subgraph_may_have_a_time_of_its_own() {
    let own = SubgraphTraffic { timeout: Some(Duration::from_millis(200)), ..SubgraphTraffic::default() };
    let config = |config: &mut gateway::config::GatewayConfig| {
        config.subgraph_timeout = Duration::from_mins(10);
        config.traffic.subgraph.insert("people".to_owned(), own);
    };
    let gateway = TestGateway::builder().config(config).start().await;
    gateway.people.reply(Reply::Never);
    let answer = gateway.ask("{ book(id: \"b1\") { title author { name } } }").await;
    assert_eq!(answer["errors"][0]["extensions"], json!({"code": "TIMEOUT", "service": "people"}));
    assert_eq!(answer["data"], json!({"book": {"title": "Germinal", "author": null}}));
}

#[tokio::test]
async fn no_encoding_is_asked_for_and_none_is_read() {
    let gateway = TestGateway::start().await;
    gateway.ask("{ people { name } }").await;
    assert_eq!(gateway.people.only_request().header("accept-encoding"), None);

    let encoded = || async { ([("content-type", "application/json"), ("content-encoding", "gzip")], "{\"data\":{}}") };
    let client = InProcessSubgraph::new(Router::new().route("/graphql", post(encoded)), 1_000);
    let gateway = TestGateway::builder().in_process("people", Arc::new(client)).start().await;
    let answer = gateway.ask("{ people { name } }").await;
    assert_eq!(answer, json!({"errors": [failed("people", &json!(["people"]))], "data": null}));
}
