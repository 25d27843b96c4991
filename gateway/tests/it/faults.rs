//! One subgraph fails: the rest is answered, an error says what is missing, and the next request is answered.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::harness::{Reply, TestGateway, failed, people_schema};

const QUERY: &str = "{ book(id: \"b1\") { title author { id name } reviews { stars } } }";

fn answered_without_people() -> Value {
    json!({"book": {"title": "Germinal", "author": null, "reviews": [{"stars": 5}, {"stars": 2}]}})
}

fn answered() -> Value {
    let author = json!({"id": "p1", "name": "Zola"});
    json!({"data": {"book": {"title": "Germinal", "author": author, "reviews": [{"stars": 5}, {"stars": 2}]}}})
}

fn short() -> crate::harness::Builder {
    TestGateway::builder().config(|config| {
        config.subgraph_timeout = Duration::from_millis(300);
        config.max_subgraph_response_bytes = 10_000;
    })
}

fn faults() -> [(&'static str, Reply); 13] {
    let status = |status, kind, body: &str| Reply::Text { status, kind, body: body.to_owned() };
    [
        ("html", Reply::html()),
        ("html with a good status", status(200, "text/html", "<p>hello</p>")),
        ("redirect", status(302, "text/html", "")),
        ("truncated", Reply::text("{\"data\":{\"_entities\":[{\"na")),
        ("breaks off", Reply::BreaksOff),
        ("empty object", Reply::text("{}")),
        ("empty body", Reply::text("")),
        ("null", Reply::text("null")),
        ("array", Reply::text("[]")),
        ("over-long", Reply::text(format!("{{\"data\":{{\"_entities\":[{{\"name\":\"{}\"}}]}}}}", "x".repeat(20_000)))),
        ("nested without end", Reply::text("[".repeat(9_000))),
        ("no data, no errors", Reply::text("{\"data\":null}")),
        ("not UTF-8 by half", Reply::text("{\"data\":{\"_entities\":[{\"name\":\"\\ud800\"}]}}")),
    ]
}

#[tokio::test]
async fn an_entity_call_that_fails_leaves_a_gap() {
    let gateway = short().start().await;
    for (name, reply) in faults() {
        gateway.people.reply(reply);
        let errors = json!([failed("people", &json!(["book", "author"]))]);
        assert_eq!(gateway.ask(QUERY).await, json!({"errors": errors, "data": answered_without_people()}), "{name}");
        gateway.people.reply(Reply::schema(people_schema()));
        assert_eq!(gateway.ask(QUERY).await, answered(), "after {name}");
    }
}

#[tokio::test]
async fn a_root_call_that_fails_leaves_a_gap() {
    let gateway = short().start().await;
    for (name, reply) in faults() {
        gateway.catalogue.reply(reply);
        let answer = gateway.ask("{ it: book(id: \"b1\") { title } best { stars } also: shelf { __typename } }").await;
        let errors = json!([failed("catalogue", &json!(["it"])), failed("catalogue", &json!(["also"]))]);
        let data = json!({"it": null, "best": {"stars": 5}, "also": null});
        assert_eq!(answer, json!({"errors": errors, "data": data}), "{name}");
    }
}

#[tokio::test]
async fn a_subgraph_that_is_down_leaves_a_gap() {
    let gateway = TestGateway::builder().refusing("people").start().await;
    for _ in 0..2 {
        let errors = json!([failed("people", &json!(["book", "author"]))]);
        assert_eq!(gateway.ask(QUERY).await, json!({"errors": errors, "data": answered_without_people()}));
    }
}

#[tokio::test]
async fn a_subgraph_without_an_address_leaves_a_gap() {
    let url = |config: &mut gateway::config::GatewayConfig| {
        config.subgraphs.insert("people".to_owned(), "ftp://nowhere".to_owned());
    };
    let gateway = TestGateway::builder().config(url).start().await;
    let errors = json!([failed("people", &json!(["book", "author"]))]);
    assert_eq!(gateway.ask(QUERY).await, json!({"errors": errors, "data": answered_without_people()}));
}

#[tokio::test]
async fn a_slow_subgraph_is_not_waited_for() {
    let gateway = short().start().await;
    gateway.people.reply(Reply::Never);
    let began = Instant::now();
    let answer = gateway.ask(QUERY).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let error = json!({
        "message": "the service people did not answer in time",
        "path": ["book", "author"],
        "extensions": {"code": "TIMEOUT", "service": "people"},
    });
    assert_eq!(answer, json!({"errors": [error], "data": answered_without_people()}));
    gateway.people.reply(Reply::schema(people_schema()));
    assert_eq!(gateway.ask(QUERY).await, answered());
}

#[tokio::test]
async fn a_request_that_takes_too_long_as_a_whole_is_ended() {
    let gateway =
        TestGateway::builder().config(|config| config.request_timeout = Duration::from_millis(300)).start().await;
    gateway.people.reply(Reply::Never);
    let answer = gateway.post(&json!({"query": QUERY})).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (504, "TIMEOUT"));
    gateway.people.reply(Reply::schema(people_schema()));
    assert_eq!(gateway.ask(QUERY).await, answered());
}

#[tokio::test]
async fn every_gap_of_a_long_list_is_explained_by_the_first_errors() {
    let gateway = TestGateway::start().await;
    let books: Vec<Value> = (0..40)
        .map(|n| json!({"__typename": "Book", "author": {"__typename": "Person", "id": n.to_string()}}))
        .collect();
    gateway.catalogue.reply(Reply::Json(json!({"data": {"books": books}})));
    for reply in [
        Reply::html(),
        Reply::Json(
            json!({"data": null, "errors": [{"message": "m", "path": ["_entities"], "extensions": {"code": "UPSTREAM_UNAVAILABLE"}}]}),
        ),
        Reply::Json(json!({"errors": [{"message": "m", "extensions": {"code": "UPSTREAM_UNAVAILABLE"}}]})),
    ] {
        gateway.people.reply(reply);
        let answer = gateway.ask("{ books(first: 40) { author { name } } }").await;
        let gap = json!({"author": null});
        assert_eq!(answer["data"], json!({"books": vec![gap; 40]}));
        let errors = answer["errors"].as_array().expect("errors");
        assert_eq!(errors.len(), 10, "{answer}");
        for (index, error) in errors.iter().enumerate() {
            assert_eq!(error["path"], json!(["books", index, "author"]));
            assert_eq!(error["extensions"], json!({"code": "UPSTREAM_UNAVAILABLE", "service": "people"}));
        }
    }
}

#[rstest]
#[case(500)]
#[case(200)]
#[tokio::test]
async fn a_graphql_answer_is_read_whatever_its_status(#[case] status: u16) {
    let gateway = TestGateway::start().await;
    let body = json!({"data": {"best": null}, "errors": [
        {"message": "not for you", "path": ["best"], "extensions": {"code": "FORBIDDEN"}},
    ]});
    gateway.reviews.reply(Reply::Text { status, kind: "application/graphql-response+json", body: body.to_string() });
    let error = json!({
        "message": "not for you",
        "path": ["best"],
        "extensions": {"code": "FORBIDDEN", "service": "reviews"},
    });
    assert_eq!(gateway.ask("{ best { stars } }").await, json!({"errors": [error], "data": {"best": null}}));
}

#[tokio::test]
async fn a_field_that_was_not_wanted_is_not_missed() {
    let gateway = TestGateway::start().await;
    gateway.catalogue.reply(Reply::html());
    let query = "query($on: Boolean!) { book(id: \"b1\") { id } shelf @include(if: $on) { __typename } }";
    let answer = gateway.ask_with(query, json!({"on": false})).await;
    assert_eq!(answer, json!({"errors": [failed("catalogue", &json!(["book"]))], "data": {"book": null}}));
}
