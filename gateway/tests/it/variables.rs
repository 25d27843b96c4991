//! Variables: coerced before anything is fetched.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::TestGateway;

#[tokio::test]
async fn a_default_stands_where_nothing_is_given() {
    let gateway = TestGateway::start().await;
    let query = "query($n: Int! = 1, $kind: Kind) { books(first: $n, kind: $kind) { id } }";
    let ids = |ids: &[&str]| json!({"data": {"books": ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>()}});
    assert_eq!(gateway.ask(query).await, ids(&["b1"]));
    assert_eq!(gateway.ask_with(query, json!({"n": 2})).await, ids(&["b1", "b2"]));
    assert_eq!(gateway.ask_with(query, json!({"n": 4, "kind": "ESSAY"})).await, ids(&["b3"]));
    assert_eq!(gateway.ask_with(query, json!({"n": 2, "kind": null, "unknown": 1})).await, ids(&["b1", "b2"]));
}

#[tokio::test]
async fn a_variable_that_is_not_given_is_not_sent() {
    let gateway = TestGateway::start().await;
    gateway.ask("query($n: Int) { books(first: $n) { id } }").await;
    assert_eq!(gateway.catalogue.only_request().variables(), &json!({}), "not even null: the subgraph has the default");
}

#[tokio::test]
async fn a_subgraph_gets_the_variables_that_it_needs_and_no_others() {
    let gateway = TestGateway::start().await;
    let query = "query($id: ID!, $n: Int!) { book(id: $id) { reviews(first: $n) { stars } } }";
    let answer = gateway.ask_with(query, json!({"id": "b1", "n": 1})).await;
    assert_eq!(answer, json!({"data": {"book": {"reviews": [{"stars": 5}]}}}));
    assert_eq!(gateway.catalogue.only_request().variables(), &json!({"id": "b1"}));
    assert_eq!(
        gateway.reviews.only_request().variables(),
        &json!({"n": 1, "representations": [{"__typename": "Book", "id": "b1"}]})
    );
}

#[tokio::test]
async fn a_variable_may_stand_within_an_input_object() {
    let gateway = TestGateway::start().await;
    let query = "query($text: String!, $times: Int) { echo(words: {text: $text, times: $times, ratio: 2}) }";
    let answer = gateway.ask_with(query, json!({"text": "é\"\\\n\u{1f4da}", "times": -3})).await;
    assert_eq!(answer, json!({"data": {"echo": "é\"\\\n\u{1f4da}|Some(-3)|Some(2.0)"}}));
    let query = "query($words: Words!) { echo(words: $words) }";
    let answer = gateway.ask_with(query, json!({"words": {"text": "a", "ratio": 0.1}})).await;
    assert_eq!(answer, json!({"data": {"echo": "a|None|Some(0.1)"}}));
}

#[tokio::test]
async fn an_id_may_be_given_as_a_number() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask_with("query($id: ID!) { book(id: $id) { title } }", json!({"id": 7})).await;
    assert_eq!(answer, json!({"data": {"book": null}}));
}

#[tokio::test]
async fn a_variable_may_have_any_name() {
    let gateway = TestGateway::start().await;
    let query = "query($representations: Int!, $__representations_0: ID!, $query: Unit!) { \
        book(id: $__representations_0) { reviews(first: $representations) { stars } weight(unit: $query) \
        sequel { reviews(first: $representations) { stars } } } }";
    let variables = json!({"representations": 1, "__representations_0": "b1", "query": "KILOGRAM"});
    assert_eq!(
        gateway.ask_with(query, variables).await,
        json!({"data": {"book": {"reviews": [{"stars": 5}], "weight": 4, "sequel": {"reviews": []}}}})
    );
}

#[rstest]
#[case::missing("query($id: ID!) { book(id: $id) { title } }", json!({}))]
#[case::null("query($id: ID!) { book(id: $id) { title } }", json!({"id": null}))]
#[case::wrong_type("query($n: Int!) { books(first: $n) { title } }", json!({"n": "two"}))]
#[case::too_large("query($n: Int!) { books(first: $n) { title } }", json!({"n": 2_147_483_648_i64}))]
#[case::fraction("query($n: Int!) { books(first: $n) { title } }", json!({"n": 1.5}))]
#[case::list_for_one("query($n: Int!) { books(first: $n) { title } }", json!({"n": [1]}))]
#[case::unknown_enum_value("query($kind: Kind) { books(kind: $kind) { title } }", json!({"kind": "POEM"}))]
#[case::enum_value_not_public("query($kind: Kind) { books(kind: $kind) { title } }", json!({"kind": "DRAFT"}))]
#[case::unknown_field("query($words: Words!) { echo(words: $words) }", json!({"words": {"text": "a", "no": 1}}))]
#[case::missing_field("query($words: Words!) { echo(words: $words) }", json!({"words": {"times": 1}}))]
#[case::no_object("query($words: Words!) { echo(words: $words) }", json!({"words": "a"}))]
#[tokio::test]
async fn a_bad_variable_is_refused_before_anything_is_fetched(#[case] query: &str, #[case] variables: Value) {
    let gateway = TestGateway::start().await;
    let answer = gateway.post(&json!({"query": query, "variables": variables})).await;
    assert_eq!(answer.code(), "BAD_USER_INPUT", "{}", answer.text);
    assert_eq!(answer.json().get("data"), None);
    assert_eq!(gateway.calls(), [0, 0, 0]);
}
