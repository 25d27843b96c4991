//! A client that goes away is worked for no longer: its calls end, and so do their connections.

use rstest::rstest;
use serde_json::json;

use crate::harness::{Gate, Reply, TestGateway, people_schema};

async fn leaves(gateway: &TestGateway, query: &str, gate: &Gate) {
    let request = gateway.client.post(format!("{}/graphql", gateway.url)).json(&json!({"query": query}));
    let asked = tokio::spawn(request.send());
    gate.arrived().await;
    asked.abort();
    gate.left().await;
}

#[rstest]
#[case::root("{ people { name } }")]
#[case::entities("{ books { author { name } } }")]
#[case::mutation("mutation { rename(id: \"p1\", name: \"n\") { name } }")]
#[tokio::test]
async fn its_calls_end(#[case] query: &str, #[values(true, false)] coalesce: bool) {
    let gateway = TestGateway::builder().config(|config| config.traffic.coalesce = coalesce).start().await;
    let gate = Gate::closed();
    gateway.people.reply(gate.before(Reply::schema(people_schema())));
    leaves(&gateway, query, &gate).await;
    assert_eq!(gateway.people.calls(), 1, "and are not made again");
}

#[tokio::test]
async fn its_place_is_free_for_others() {
    let gateway = TestGateway::builder()
        .config(|config| (config.traffic.max_concurrent, config.traffic.max_queued) = (1, 0))
        .start()
        .await;
    let gate = Gate::closed();
    gateway.people.reply(gate.before(Reply::schema(people_schema())));
    leaves(&gateway, "{ people { name } }", &gate).await;
    gate.open();
    assert_eq!(gateway.ask("{ people { id } }").await, json!({"data": {"people": [{"id": "p1"}, {"id": "p2"}]}}));
}
