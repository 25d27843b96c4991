//! Who asks the same at the same time shares one call, and nobody shares with anybody else.

use std::sync::Arc;

use gateway::config::GatewayConfig;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::harness::{Builder, Gate, Reply, TestGateway, people_schema};

const PEOPLE: &str = "{ people { name } }";

/// A gateway whose `people` answer behind a gate.
async fn held(builder: Builder) -> (Arc<TestGateway>, Gate) {
    let gateway = builder.start().await;
    let gate = Gate::closed();
    gateway.people.reply(gate.before(Reply::schema(people_schema())));
    (Arc::new(gateway), gate)
}

fn ask(gateway: &Arc<TestGateway>, query: &'static str) -> JoinHandle<Value> {
    let gateway = Arc::clone(gateway);
    tokio::spawn(async move { gateway.ask(query).await })
}

/// Asks with these headers.
fn ask_with(gateway: &Arc<TestGateway>, query: &'static str, headers: &[(&'static str, String)]) -> JoinHandle<Value> {
    let mut request = gateway.client.post(format!("{}/graphql", gateway.url)).json(&json!({"query": query}));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    tokio::spawn(async move { request.send().await.expect("an answer").json().await.expect("JSON") })
}

/// Asks `people` the same, and comes back when the call to `reviews` beside it has come to the gate: then the other has been joined.
async fn join(gateway: &Arc<TestGateway>) -> (JoinHandle<Value>, Gate) {
    let beside = Gate::closed();
    gateway.reviews.reply(beside.before(Reply::Json(json!({"data": {"best": null}}))));
    let asked = ask(gateway, "{ people { name } best { stars } }");
    beside.arrived().await;
    (asked, beside)
}

#[tokio::test]
async fn the_same_question_of_the_same_caller_is_asked_once() {
    let (gateway, gate) = held(TestGateway::builder().signed_for(&["people"])).await;
    let first = ask(&gateway, PEOPLE);
    gate.arrived().await;
    let (second, beside) = join(&gateway).await;
    gate.open();
    beside.open();
    let (first, second) = (first.await.expect("an answer"), second.await.expect("an answer"));
    assert_eq!(first["data"]["people"], json!([{"name": "Zola"}, {"name": "Montaigne"}]));
    assert_eq!(second["data"], json!({"people": first["data"]["people"], "best": null}));
    assert_eq!(gateway.people.calls(), 1);
    gateway.ask(PEOPLE).await;
    assert_eq!(gateway.people.calls(), 2, "nothing is kept of an answer");
}

#[tokio::test]
async fn what_is_shared_may_be_a_failure() {
    let (gateway, gate) = held(TestGateway::builder()).await;
    gateway.people.reply(gate.before(Reply::html()));
    let first = ask(&gateway, PEOPLE);
    gate.arrived().await;
    let (second, beside) = join(&gateway).await;
    gate.open();
    beside.open();
    for answer in [first.await.expect("an answer"), second.await.expect("an answer")] {
        assert_eq!(answer["errors"][0]["extensions"]["code"], "UPSTREAM_UNAVAILABLE");
    }
    assert_eq!(gateway.people.calls(), 1);
}

#[rstest]
#[case::a_subgraph_of_the_house(&["people"])]
#[case::a_subgraph_of_others(&[])]
#[tokio::test]
async fn two_callers_never_share(#[case] signed_for: &[&str]) {
    let (gateway, gate) = held(TestGateway::builder().with_issuer().signed_for(signed_for)).await;
    let tokens = [gateway.token_with(&[]), gateway.token_with(&["users:read"])];
    let mut asked: Vec<JoinHandle<Value>> = tokens
        .iter()
        .map(|token| ask_with(&gateway, PEOPLE, &[("authorization", format!("Bearer {token}"))]))
        .collect();
    asked.push(ask(&gateway, PEOPLE));
    for _ in 0..3 {
        gate.arrived().await;
    }
    gate.open();
    for asked in asked {
        assert_eq!(asked.await.expect("an answer")["data"]["people"][0]["name"], "Zola");
    }
    assert_eq!(gateway.people.calls(), 3);
}

#[tokio::test]
async fn who_differs_in_a_forwarded_header_does_not_share() {
    let forward = |config: &mut GatewayConfig| config.headers.forward = vec!["x-tenant".to_owned()];
    let (gateway, gate) = held(TestGateway::builder().config(forward)).await;
    let asked = ["a", "b"].map(|tenant| ask_with(&gateway, PEOPLE, &[("x-tenant", tenant.to_owned())]));
    for _ in 0..2 {
        gate.arrived().await;
    }
    gate.open();
    for asked in asked {
        asked.await.expect("an answer");
    }
    assert_eq!(gateway.people.calls(), 2);
}

#[tokio::test]
async fn a_mutation_is_never_shared() {
    let (gateway, gate) = held(TestGateway::builder()).await;
    let query = "mutation { rename(id: \"p1\", name: \"n\") { name } }";
    let asked = [ask(&gateway, query), ask(&gateway, query)];
    for _ in 0..2 {
        gate.arrived().await;
    }
    gate.open();
    for asked in asked {
        assert_eq!(asked.await.expect("an answer"), json!({"data": {"rename": {"name": "n"}}}));
    }
    assert_eq!(gateway.people.calls(), 2);
}

#[tokio::test]
async fn what_is_read_after_a_mutation_is_read_anew() {
    let (gateway, gate) = held(TestGateway::builder()).await;
    let reading = ask(&gateway, "{ book(id: \"b1\") { author { name } } }");
    gate.arrived().await;
    let changing = ask(&gateway, "mutation { addBook(title: \"B\") { author { name } } }");
    gate.arrived().await;
    gate.open();
    assert_eq!(reading.await.expect("an answer"), json!({"data": {"book": {"author": {"name": "Zola"}}}}));
    assert_eq!(changing.await.expect("an answer"), json!({"data": {"addBook": {"author": {"name": "Zola"}}}}));
    let requests = gateway.people.requests();
    assert_eq!(requests[0].representations(), requests[1].representations());
}

#[tokio::test]
async fn nothing_is_shared_where_that_is_switched_off() {
    let (gateway, gate) = held(TestGateway::builder().config(|config| config.traffic.coalesce = false)).await;
    let asked = [ask(&gateway, PEOPLE), ask(&gateway, PEOPLE)];
    for _ in 0..2 {
        gate.arrived().await;
    }
    gate.open();
    for asked in asked {
        asked.await.expect("an answer");
    }
    assert_eq!(gateway.people.calls(), 2);
}

#[tokio::test]
async fn one_who_goes_away_takes_the_answer_from_nobody() {
    let (gateway, gate) = held(TestGateway::builder()).await;
    // The first one is the one that waits beside, so that its end is seen.
    let (first, beside) = join(&gateway).await;
    gate.arrived().await;
    let beside_second = Gate::closed();
    gateway.catalogue.reply(beside_second.before(Reply::Json(json!({"data": {"shelf": null}}))));
    let second = ask(&gateway, "{ people { name } shelf { __typename } }");
    beside_second.arrived().await;
    first.abort();
    beside.left().await;
    beside_second.open();
    gate.open();
    assert_eq!(second.await.expect("an answer")["data"]["people"][0]["name"], "Zola");
    assert_eq!(gateway.people.calls(), 1);
}
