//! Which calls are made again, and how often.

use std::time::Duration;

use gateway::config::TrafficConfig;
use rstest::rstest;
use serde_json::json;

use crate::harness::{Gate, Reply, TestGateway, failed, people_schema};

const PEOPLE: &str = "{ people { name } }";

async fn gateway(change: impl FnOnce(&mut TrafficConfig)) -> TestGateway {
    let config = |config: &mut gateway::config::GatewayConfig| {
        config.traffic.retry_backoff = Duration::from_millis(1);
        change(&mut config.traffic);
        config.check().expect("a configuration that can be used");
    };
    TestGateway::builder().config(config).start().await
}

fn answered() -> serde_json::Value {
    json!({"data": {"people": [{"name": "Zola"}, {"name": "Montaigne"}]}})
}

fn proxy(status: u16, kind: &'static str) -> Reply {
    Reply::Text { status, kind, body: "{\"message\":\"no upstream\"}".to_owned() }
}

#[rstest]
#[case::unavailable(Reply::unavailable())]
#[case::bad_gateway(proxy(502, "text/plain"))]
#[case::gateway_timeout(proxy(504, "text/plain"))]
#[case::json_of_a_proxy(proxy(503, "application/json"))]
#[case::closed(Reply::Closes)]
#[tokio::test]
async fn a_query_that_came_to_nothing_is_tried_again(#[case] once: Reply) {
    let gateway = gateway(|_| {}).await;
    gateway.people.reply(Reply::in_turn([once, Reply::schema(people_schema())]));
    assert_eq!(gateway.ask(PEOPLE).await, answered());
    assert_eq!(gateway.people.calls(), 2);
    let requests = gateway.people.requests();
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!(requests[0].header("x-request-id"), requests[1].header("x-request-id"));
}

#[rstest]
#[case::error(proxy(500, "text/plain"))]
#[case::not_found(proxy(404, "application/json"))]
#[case::no_graphql(Reply::text("[]"))]
#[case::broken_off(Reply::BreaksOff)]
#[tokio::test]
async fn what_may_be_no_accident_is_not(#[case] once: Reply) {
    let gateway = gateway(|_| {}).await;
    gateway.people.reply(Reply::in_turn([once, Reply::schema(people_schema())]));
    let answer = gateway.ask(PEOPLE).await;
    assert_eq!(answer, json!({"errors": [failed("people", &json!(["people"]))], "data": null}));
    assert_eq!(gateway.people.calls(), 1);
}

#[rstest]
#[case("application/graphql-response+json")]
#[case("application/json")]
#[tokio::test]
async fn a_graphql_answer_is_an_answer_whatever_its_status(#[case] kind: &'static str) {
    let gateway = gateway(|_| {}).await;
    let error = json!({"message": "no more today", "path": ["people"], "extensions": {"code": "FORBIDDEN"}});
    let body = json!({"data": null, "errors": [error]}).to_string();
    gateway.people.reply(Reply::Text { status: 503, kind, body });
    assert_eq!(gateway.ask(PEOPLE).await["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(gateway.people.calls(), 1);
}

#[rstest]
#[case::unavailable(Reply::unavailable())]
#[case::closed(Reply::Closes)]
#[tokio::test]
async fn a_mutation_is_sent_once(#[case] reply: Reply) {
    let gateway = gateway(|traffic| traffic.retries = 5).await;
    gateway.people.reply(reply);
    let answer = gateway.ask("mutation { rename(id: \"p1\", name: \"n\") { name } }").await;
    assert_eq!(answer, json!({"errors": [failed("people", &json!(["rename"]))], "data": {"rename": null}}));
    assert_eq!(gateway.calls(), [0, 1, 0]);
}

#[tokio::test]
async fn what_is_read_after_a_mutation_is_tried_again() {
    let gateway = gateway(|_| {}).await;
    gateway.people.reply(Reply::in_turn([Reply::unavailable(), Reply::schema(people_schema())]));
    let answer = gateway.ask("mutation { addBook(title: \"B\") { author { name } } }").await;
    assert_eq!(answer, json!({"data": {"addBook": {"author": {"name": "Zola"}}}}));
    assert_eq!(gateway.calls(), [1, 2, 0]);
}

#[rstest]
#[case(0, 1)]
#[case(1, 2)]
#[case(3, 4)]
#[tokio::test]
async fn it_is_tried_as_often_as_configured(#[case] retries: u32, #[case] calls: usize) {
    let own = gateway::config::SubgraphTraffic { retries: Some(retries), ..Default::default() };
    let gateway = gateway(|traffic| traffic.subgraph = [("people".to_owned(), own)].into()).await;
    gateway.people.reply(Reply::unavailable());
    gateway.reviews.reply(Reply::unavailable());
    gateway.ask("{ people { name } best { stars } }").await;
    assert_eq!(gateway.calls(), [0, calls, 2], "of the others nothing else is said");
}

#[tokio::test]
async fn an_outage_is_not_multiplied() {
    let gateway = gateway(|_| {}).await;
    gateway.people.reply(Reply::unavailable());
    for _ in 0..20 {
        gateway.ask(PEOPLE).await;
    }
    // Ten that are saved up, and a fifth of the calls meanwhile and after.
    assert_eq!(gateway.people.calls(), 20 + 13);
    gateway.reviews.reply(Reply::in_turn([Reply::unavailable(), Reply::Json(json!({"data": {"best": null}}))]));
    assert_eq!(gateway.ask("{ best { stars } }").await, json!({"data": {"best": null}}), "each has its own budget");
}

#[tokio::test]
async fn a_call_that_times_out_is_not_tried_again() {
    let gateway = gateway(|traffic| traffic.timeout = Some(Duration::from_millis(200))).await;
    gateway.people.reply(Reply::Never);
    assert_eq!(gateway.ask(PEOPLE).await["errors"][0]["extensions"]["code"], "TIMEOUT");
    assert_eq!(gateway.people.calls(), 1);
}

#[tokio::test]
async fn a_try_that_has_a_time_of_its_own_is_given_up_for_the_next() {
    let gateway = gateway(|traffic| traffic.try_timeout = Some(Duration::from_millis(200))).await;
    gateway.people.reply(Reply::in_turn([Reply::Never, Reply::schema(people_schema())]));
    assert_eq!(gateway.ask(PEOPLE).await, answered());
    assert_eq!(gateway.people.calls(), 2);
}

#[tokio::test]
async fn a_mutation_takes_what_a_call_may_take() {
    let gateway = gateway(|traffic| traffic.try_timeout = Some(Duration::from_millis(100))).await;
    let gate = Gate::closed();
    gateway.people.reply(gate.before(Reply::schema(people_schema())));
    gateway.reviews.reply(Reply::Never);
    let mutation = gateway.ask("mutation { rename(id: \"p1\", name: \"n\") { name } }");
    let meanwhile = async {
        gate.arrived().await;
        // Two tries that are both given up: the time of one is over for the mutation, too.
        assert_eq!(gateway.ask("{ best { stars } }").await["errors"][0]["extensions"]["code"], "TIMEOUT");
        gate.open();
    };
    let (answer, ()) = tokio::join!(mutation, meanwhile);
    assert_eq!(answer, json!({"data": {"rename": {"name": "n"}}}));
    assert_eq!(gateway.calls(), [0, 1, 2]);
}

#[tokio::test]
async fn the_tries_of_a_call_share_its_time() {
    let gateway = gateway(|traffic| {
        traffic.timeout = Some(Duration::from_millis(300));
        traffic.retries = 5;
        traffic.retry_backoff = Duration::from_mins(1);
    })
    .await;
    gateway.people.reply(Reply::unavailable());
    assert_eq!(gateway.ask(PEOPLE).await["errors"][0]["extensions"]["code"], "TIMEOUT");
    assert_eq!(gateway.people.calls(), 1);
}
