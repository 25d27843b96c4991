//! `@skip` and `@include`: what is not wanted is not fetched either.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::TestGateway;

#[rstest]
#[case::include("author @include(if: $on) { name }", true)]
#[case::skip("author @skip(if: $on) { name }", false)]
#[case::inline("... @include(if: $on) { author { name } }", true)]
#[case::typed("... on Book @skip(if: $on) { author { name } }", false)]
#[case::spread("...f @include(if: $on)", true)]
#[tokio::test]
async fn a_variable_decides_and_saves_the_fetch(#[case] selection: &str, #[case] when: bool) {
    let gateway = TestGateway::start().await;
    let fragment = if selection.starts_with("...f") { "fragment f on Book { author { name } }" } else { "" };
    let query = format!("query($on: Boolean!) {{ book(id: \"b1\") {{ title {selection} }} }} {fragment}");
    let answer = gateway.ask_with(&query, json!({"on": !when})).await;
    assert_eq!(answer, json!({"data": {"book": {"title": "Germinal"}}}));
    assert_eq!(gateway.calls(), [1, 0, 0]);
    let answer = gateway.ask_with(&query, json!({"on": when})).await;
    assert_eq!(answer, json!({"data": {"book": {"title": "Germinal", "author": {"name": "Zola"}}}}));
    assert_eq!(gateway.calls(), [2, 1, 0]);
}

#[tokio::test]
async fn a_default_decides_where_nothing_is_given() {
    let gateway = TestGateway::start().await;
    let query = "query($on: Boolean = false) { people @include(if: $on) { id } best { stars } }";
    assert_eq!(gateway.ask(query).await, json!({"data": {"best": {"stars": 5}}}));
    assert_eq!(gateway.calls(), [0, 0, 1]);
}

#[rstest]
#[case::skipped("{ people @skip(if: true) { id } best { stars } }")]
#[case::not_included("{ people @include(if: false) { id } best { stars } }")]
#[case::both("{ people @include(if: true) @skip(if: true) { id } best { stars } }")]
#[case::around("{ ... @include(if: false) { people { id } } best @skip(if: false) { stars } }")]
#[tokio::test]
async fn a_literal_decides(#[case] query: &str) {
    let gateway = TestGateway::start().await;
    assert_eq!(gateway.ask(query).await, json!({"data": {"best": {"stars": 5}}}));
    assert_eq!(gateway.calls(), [0, 0, 1]);
}

#[tokio::test]
async fn nothing_left_is_an_empty_object() {
    let gateway = TestGateway::start().await;
    let query = "query($off: Boolean!) { ... @skip(if: $off) { people { id } books { title } } }";
    assert_eq!(gateway.ask_with(query, json!({"off": true})).await, json!({"data": {}}));
    assert_eq!(gateway.calls(), [0, 0, 0]);
    let query = "query($off: Boolean!) { book(id: \"b1\") { title @skip(if: $off) author { name @skip(if: $off) } } }";
    assert_eq!(gateway.ask_with(query, json!({"off": true})).await, json!({"data": {"book": {"author": {}}}}));
    assert_eq!(gateway.calls(), [1, 0, 0]);
}

fn both(with: bool, without: bool) -> Value {
    json!({"with": with, "without": without})
}

#[rstest]
#[case(both(true, false), json!({"title": "Germinal", "reviews": [{"stars": 5, "author": {"name": "Montaigne"}}]}))]
#[case(both(true, true), json!({"title": "Germinal", "reviews": [{"stars": 5}]}))]
#[case(both(false, false), json!({"title": "Germinal"}))]
#[case(both(false, true), json!({"title": "Germinal"}))]
#[tokio::test]
async fn conditions_within_conditions(#[case] variables: Value, #[case] book: Value) {
    let gateway = TestGateway::start().await;
    let query = "query($with: Boolean!, $without: Boolean!) { book(id: \"b1\") { title \
        reviews(first: 1) @include(if: $with) { stars ... @skip(if: $without) { author { name } } } } }";
    assert_eq!(gateway.ask_with(query, variables).await, json!({"data": {"book": book}}));
}

#[rstest]
#[case(true)]
#[case(false)]
#[tokio::test]
async fn one_field_with_and_without_a_condition(#[case] on: bool) {
    let gateway = TestGateway::start().await;
    let query =
        "query($on: Boolean!) { book(id: \"b1\") { author @include(if: $on) { mentor { name } } author { name } } }";
    let author = if on { json!({"mentor": {"name": "Montaigne"}, "name": "Zola"}) } else { json!({"name": "Zola"}) };
    assert_eq!(gateway.ask_with(query, json!({"on": on})).await, json!({"data": {"book": {"author": author}}}));
}

#[rstest]
#[case::field("{ people @skip(if: true) { id } }")]
#[case::fragment("{ ...f @include(if: false) } fragment f on Query { people { id } }")]
#[tokio::test]
async fn an_operation_of_which_nothing_is_left_is_answered(#[case] query: &str) {
    let gateway = TestGateway::start().await;
    assert_eq!(gateway.ask(query).await, json!({"data": {}}));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}
