//! Fragments within fragments: what does not multiply is served, however often it is wrapped, and what cannot be is refused.

use std::fmt::Write;

use rstest::rstest;
use serde_json::json;

use crate::harness::TestGateway;

#[tokio::test]
async fn an_operation_as_deep_as_allowed_with_a_fragment_at_each_level() {
    let gateway = TestGateway::start().await;
    let mut query = "{ book(id: \"b3\") { ...f0 } }".to_owned();
    for index in 0..17 {
        write!(
            query,
            " fragment f{index} on Book {{ ... on Book {{ sequel {{ ... on Medium {{ ...f{} }} }} }} }}",
            index + 1
        )
        .expect("a string");
    }
    query.push_str(" fragment f17 on Book { title }");
    assert_eq!(gateway.ask(&query).await, json!({"data": {"book": {"sequel": null}}}));
}

#[rstest]
#[case::bare("...", "title author { name }")]
#[case::same_type("... on Book", "title author { name }")]
#[case::wider_type("... on Medium", "title ... on Book { author { name } }")]
#[tokio::test]
async fn fragments_that_change_nothing_may_be_many(#[case] fragment: &str, #[case] within: &str) {
    let gateway = TestGateway::start().await;
    let levels = 90;
    let query = format!(
        "{{ book(id: \"b1\") {{ {} {within} {} }} }}",
        format!("{fragment} {{ ").repeat(levels),
        "} ".repeat(levels)
    );
    assert_eq!(gateway.ask(&query).await, json!({"data": {"book": {"title": "Germinal", "author": {"name": "Zola"}}}}));
}

#[rstest]
#[case::narrowing("... on Medium { ... on Book")]
#[case::conditions("... @include(if: $on) { ... @include(if: $on)")]
#[tokio::test]
async fn fragments_that_cannot_be_taken_away_are_counted(#[case] pair: &str) {
    let gateway = TestGateway::start().await;
    for (pairs, served) in [(3, true), (60, false), (90, false)] {
        let (open, close) = (format!("{pair} {{ ").repeat(pairs), "} } ".repeat(pairs));
        let query = format!("query($on: Boolean!) {{ media @include(if: $on) {{ {open} title {close} }} }}");
        let answer = gateway.ask_with(&query, json!({"on": true})).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        if served {
            assert_eq!(answer["data"]["media"][0], json!({"title": "Germinal"}), "{answer}");
        } else {
            assert!(code == "LIMIT_EXCEEDED" || answer["data"]["media"][0]["title"] == "Germinal", "{answer:.500}");
        }
    }
}

#[rstest]
#[case(80)]
#[case(400)]
#[case(2_000)]
#[tokio::test]
async fn a_long_chain_of_fragments_harms_nobody(#[case] fragments: usize) {
    let gateway = TestGateway::start().await;
    let mut query = "{ media { ...f0 } }".to_owned();
    for index in 0..fragments {
        let on = if index % 2 == 0 { "Book" } else { "Medium" };
        write!(query, " fragment f{index} on {on} {{ ...f{} }}", index + 1).expect("a string");
    }
    write!(query, " fragment f{fragments} on Book {{ title }}").expect("a string");
    let answer = gateway.post(&json!({"query": query})).await;
    let told = answer.json();
    let code = told["errors"][0]["extensions"]["code"].as_str();
    let served = told["data"]["media"][0] == json!({"title": "Germinal"});
    assert!(
        served || matches!(code, Some("LIMIT_EXCEEDED" | "GRAPHQL_VALIDATION_FAILED" | "GRAPHQL_PARSE_FAILED")),
        "{:.500}",
        answer.text
    );
    assert_eq!(gateway.ask("{ __typename }").await, json!({"data": {"__typename": "Query"}}));
}

/// Lists and objects in a value count as much as braces of a selection.
#[tokio::test]
async fn values_nested_deeply_are_no_internal_error() {
    let gateway = TestGateway::start().await;
    for levels in [60, 190, 400] {
        let value = format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        let answer = gateway.post(&json!({"query": format!("{{ books(first: {value}) {{ id }} }}")})).await;
        let code = answer.code();
        assert!(matches!(code.as_str(), "GRAPHQL_VALIDATION_FAILED" | "LIMIT_EXCEEDED"), "{:.500}", answer.text);
    }
}

/// Brackets that no limit of the parser sees at once: each fragment nests a little, and all of them nest within each other.
#[tokio::test]
async fn a_chain_of_nested_fragments_harms_nobody() {
    let gateway = TestGateway::start().await;
    for (fragments, levels) in [(70, 40), (20, 150), (95, 30)] {
        let mut query = "{media{...f0}}".to_owned();
        for index in 0..fragments {
            let inner = "...{".repeat(levels);
            write!(query, "fragment f{index} on Medium{{{inner}...f{}{}}}", index + 1, "}".repeat(levels))
                .expect("a string");
        }
        write!(query, "fragment f{fragments} on Medium{{title}}").expect("a string");
        let answer = gateway.ask(&query).await;
        let served = answer["data"]["media"][0] == json!({"title": "Germinal"});
        assert!(served || answer["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED", "{answer:.500}");
    }
}
