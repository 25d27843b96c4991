//! Errors of subgraphs: those that are meant for clients pass, of all others nothing is told.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Reply, TestGateway};

const SECRET: &str = "relation \"books\" does not exist at 10.0.0.7";

#[rstest]
#[case("NOT_FOUND")]
#[case("CONFLICT")]
#[case("BAD_USER_INPUT")]
#[case("UNAUTHENTICATED")]
#[case("FORBIDDEN")]
#[case("RATE_LIMITED")]
#[case("LIMIT_EXCEEDED")]
#[tokio::test]
async fn what_is_meant_for_clients_passes(#[case] code: &str) {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask(&format!("{{ oops: fault(code: \"{code}\") people {{ id }} }}")).await;
    assert_eq!(
        answer,
        json!({
            "errors": [{
                "message": SECRET,
                "path": ["oops"],
                "extensions": {"code": code, "service": "catalogue"},
            }],
            "data": {"oops": null, "people": [{"id": "p1"}, {"id": "p2"}]},
        })
    );
}

#[rstest]
#[case::internal("(code: \"INTERNAL\")", "INTERNAL", "failed at this part")]
#[case::no_code("", "INTERNAL", "failed at this part")]
#[case::unknown_code("(code: \"SQLSTATE_42P01\")", "INTERNAL", "failed at this part")]
#[case::small_letters("(code: \"not_found\")", "INTERNAL", "failed at this part")]
#[case::of_the_gateway("(code: \"GRAPHQL_VALIDATION_FAILED\")", "INTERNAL", "failed at this part")]
#[case::upstream("(code: \"UPSTREAM_UNAVAILABLE\")", "UPSTREAM_UNAVAILABLE", "could not answer this part")]
#[case::timeout("(code: \"TIMEOUT\")", "TIMEOUT", "could not answer this part")]
#[tokio::test]
async fn anything_else_is_masked(#[case] argument: &str, #[case] code: &str, #[case] message: &str) {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask(&format!("{{ fault{argument} }}")).await;
    assert_eq!(
        answer,
        json!({
            "errors": [{
                "message": format!("the service catalogue {message}"),
                "path": ["fault"],
                "extensions": {"code": code, "service": "catalogue"},
            }],
            "data": {"fault": null},
        })
    );
}

#[rstest]
#[case::text(json!(["10.0.0.7"]))]
#[case::more_extensions(json!([{"message": "10.0.0.7", "extensions": {"trace": "10.0.0.7", "code": 5}, "x": "10.0.0.7"}]))]
#[case::code_with_more(json!([{"message": "no", "path": ["best"], "extensions": {"code": "FORBIDDEN", "trace": "10.0.0.7"}}]))]
#[case::no_message(json!([{"path": ["best"], "trace": "10.0.0.7"}]))]
#[case::message_no_text(json!([{"message": {"at": "10.0.0.7"}}]))]
#[case::path_no_path(json!([{"message": "no", "path": [{"at": "10.0.0.7"}, true]}]))]
#[tokio::test]
async fn nothing_internal_leaks(#[case] errors: Value) {
    let gateway = TestGateway::start().await;
    gateway.reviews.reply(Reply::Json(json!({"data": {"best": null}, "errors": errors})));
    let answer = gateway.post(&json!({"query": "{ best { stars } }"})).await;
    assert!(!answer.text.contains("10.0.0.7"), "{}", answer.text);
    assert_eq!(answer.json()["errors"].as_array().map(Vec::len), Some(1));
    assert_eq!(answer.json()["data"], json!({"best": null}));
}

#[tokio::test]
async fn what_a_broken_subgraph_says_does_not_leak() {
    let gateway = TestGateway::start().await;
    for reply in [Reply::html(), Reply::text("panicked at 10.0.0.7"), Reply::text("{\"oops\":\"10.0.0.7\"}")] {
        gateway.reviews.reply(reply);
        let answer = gateway.post(&json!({"query": "{ best { stars } }"})).await;
        assert!(!answer.text.contains("10.0.0.7"), "{}", answer.text);
        assert_eq!(answer.code(), "UPSTREAM_UNAVAILABLE");
    }
    let down = TestGateway::builder().refusing("reviews").start().await;
    let answer = down.post(&json!({"query": "{ best { stars } }"})).await;
    assert!(!answer.text.contains("127.0.0.1"), "{}", answer.text);
}

#[tokio::test]
async fn many_errors_of_one_answer_are_few() {
    let gateway = TestGateway::start().await;
    for (code, told) in [("NOT_FOUND", 100), ("INTERNAL", 1)] {
        let error = |n| json!({"message": format!("{n}"), "path": ["best"], "extensions": {"code": code}});
        let errors: Vec<Value> = (0..5_000).map(error).collect();
        gateway.reviews.reply(Reply::Json(json!({"data": {"best": null}, "errors": errors})));
        let answer = gateway.ask("{ best { stars } }").await;
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(told), "masked ones are one");
    }
}

#[tokio::test]
async fn a_path_into_what_the_client_did_not_ask_is_shortened() {
    let gateway = TestGateway::start().await;
    gateway.catalogue.reply(Reply::Json(json!({
        "data": {"book": {"__typename": "Book", "id": "b1", "shelfMark": null}},
        "errors": [{"message": "m", "path": ["book", "shelfMark"], "extensions": {"code": "INTERNAL"}}],
    })));
    let answer = gateway.ask("{ book(id: \"b1\") { drawer } }").await;
    assert_eq!(
        answer,
        json!({
            "errors": [{
                "message": "the service catalogue failed at this part",
                "path": ["book"],
                "extensions": {"code": "INTERNAL", "service": "catalogue"},
            }],
            "data": {"book": {"drawer": null}},
        })
    );
}
