//! Values written in the document reach the subgraph as they are.

use rstest::rstest;
use serde_json::json;

use crate::harness::TestGateway;

#[rstest]
#[case::escapes(
    r#"{text: "a \"quoted\" \\ back\nnew\ttab é \u00e9 {}"}"#,
    "a \"quoted\" \\ back\nnew\ttab é é {}|None|None"
)]
#[case::block_string("{text: \"\"\"\n  two\n    lines \"so\"\n  \"\"\"}", "two\n  lines \"so\"|None|None")]
#[case::emoji("{text: \"\u{1f4da}\"}", "\u{1f4da}|None|None")]
#[case::numbers(r#"{text: "", times: -2147483648, ratio: -1.5e3}"#, "|Some(-2147483648)|Some(-1500.0)")]
#[case::small_number(r#"{text: "", ratio: 1e-7}"#, "|None|Some(1e-7)")]
#[case::whole_float(r#"{text: "", ratio: 3}"#, "|None|Some(3.0)")]
#[case::null(r#"{text: "x", times: null, ratio: null}"#, "x|None|None")]
#[case::like_a_variable(r#"{text: "$id } # no comment"}"#, "$id } # no comment|None|None")]
#[case::empty(r#"{text: ""}"#, "|None|None")]
#[tokio::test]
async fn a_literal_arrives_as_it_was_written(#[case] words: &str, #[case] said: &str) {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask(&format!("{{ echo(words: {words}) }}")).await;
    assert_eq!(answer, json!({"data": {"echo": said}}));
}

#[tokio::test]
async fn defaults_of_variables_arrive_as_they_were_written() {
    let gateway = TestGateway::start().await;
    let query = r#"query($words: Words! = {text: "a \"b\"", times: 2}, $id: ID! = "b\"1") { echo(words: $words) book(id: $id) { id } }"#;
    assert_eq!(gateway.ask(query).await, json!({"data": {"echo": "a \"b\"|Some(2)|None", "book": null}}));
}

#[tokio::test]
async fn literals_of_entity_fields_and_enums() {
    let gateway = TestGateway::start().await;
    let query = "{ books(kind: ESSAY, first: 9) { reviews(first: 1) { stars } weight(unit: KILOGRAM) } }";
    let answer = gateway.ask(query).await;
    assert_eq!(answer, json!({"data": {"books": [{"reviews": [{"stars": 4}], "weight": 9}]}}));
}
