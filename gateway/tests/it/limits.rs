//! Documents that ask for too much are refused quickly, and no subgraph hears of them.

use std::fmt::Write;
use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use tokio::time::Instant;

use crate::harness::TestGateway;

/// Refused within a second or so, with one of `codes`; and the next request is answered.
async fn refused(gateway: &TestGateway, query: &str, codes: &[&str]) -> String {
    let began = Instant::now();
    let answer = gateway.post(&json!({"query": query})).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert!(codes.contains(&answer.code().as_str()), "{:.500}", answer.text);
    assert_eq!(gateway.calls(), [0, 0, 0]);
    assert_eq!(gateway.ask("{ __typename }").await, json!({"data": {"__typename": "Query"}}));
    answer.message()
}

fn deep(levels: usize) -> String {
    format!("{{ book(id: \"b1\") {}id{} }}", "{ sequel ".repeat(levels) + "{ ", " }".repeat(levels + 1))
}

#[tokio::test]
async fn depth() {
    let gateway = TestGateway::builder().config(|config| config.max_depth = 5).start().await;
    let message = refused(&gateway, &deep(4), &["LIMIT_EXCEEDED"]).await;
    assert_eq!(message, "the operation is 6 fields deep; 5 at most");
    let answer = gateway.ask(&deep(3)).await;
    assert_eq!(answer, json!({"data": {"book": {"sequel": {"sequel": null}}}}));
}

#[tokio::test]
async fn depth_through_fragments() {
    let gateway = TestGateway::builder().config(|config| config.max_depth = 5).start().await;
    let query = "{ book(id: \"b1\") { ...a } } fragment a on Book { sequel { ...b } } fragment b on Book { sequel { ...c } } \
        fragment c on Book { sequel { ... { sequel { id } } } }";
    let message = refused(&gateway, query, &["LIMIT_EXCEEDED"]).await;
    assert_eq!(message, "the operation is 6 fields deep; 5 at most");
}

#[tokio::test]
async fn fields_through_fragments() {
    let gateway = TestGateway::builder().config(|config| config.max_fields = 9).start().await;
    let query = |twice: &str| {
        format!("{{ book(id: \"b1\") {{ ...f sequel {{ ...f {twice} }} }} }} fragment f on Book {{ id title kind }}")
    };
    let message = refused(&gateway, &query("a: id b: id"), &["LIMIT_EXCEEDED"]).await;
    assert_eq!(message, "the operation has 10 fields; 9 at most");
    let answer = gateway.ask(&query("a: id")).await;
    assert_eq!(answer["data"]["book"]["sequel"]["a"], "b2", "{answer}");
}

#[rstest]
#[case::spreads("...f{next} ...f{next} ...f{next}", "on Query", "__typename people { id }")]
#[case::aliases("a: sequel { ...f{next} } b: sequel { ...f{next} }", "on Book", "id")]
#[case::same_key("sequel { ...f{next} } sequel { ...f{next} }", "on Book", "id")]
#[case::inline("... { ...f{next} } ... @skip(if: false) { ...f{next} }", "on Book", "id")]
#[tokio::test]
async fn a_fragment_bomb(#[case] body: &str, #[case] on: &str, #[case] last: &str) {
    let gateway = TestGateway::start().await;
    let mut query = if on == "on Query" { "{ ...f0 }".to_owned() } else { "{ book(id: \"b1\") { ...f0 } }".to_owned() };
    for index in 0..30 {
        let body = body.replace("{next}", &(index + 1).to_string());
        write!(query, " fragment f{index} {on} {{ {body} }}").expect("a string");
    }
    write!(query, " fragment f30 {on} {{ {last} }}").expect("a string");
    refused(&gateway, &query, &["LIMIT_EXCEEDED"]).await;
}

#[tokio::test]
async fn tokens() {
    let gateway = TestGateway::builder().config(|config| config.max_tokens = 100).start().await;
    let query = |fields: usize| format!("{{ people {{ {} }} }}", "id ".repeat(fields));
    let message = refused(&gateway, &query(200), &["LIMIT_EXCEEDED"]).await;
    assert_eq!(message, "the document has more than 100 tokens");
    assert_eq!(gateway.ask(&query(40)).await, json!({"data": {"people": [{"id": "p1"}, {"id": "p2"}]}}));
}

#[rstest]
#[case::braces("{".repeat(100_000))]
#[case::fields("{a".repeat(100_000))]
#[case::closed(format!("{}{}", "{a".repeat(4_000), "}".repeat(4_000)))]
#[case::lists(format!("{{ book(id: {}", "[".repeat(100_000)))]
#[case::objects(format!("{{ echo(words: {}", "{a:".repeat(100_000)))]
#[case::types(format!("query($a: {}", "[".repeat(100_000)))]
#[case::inline_fragments("{...".repeat(100_000))]
#[case::directives(format!("{{ people {{ id {} }} }}", "@skip(if: true) ".repeat(50_000)))]
#[case::operations("query { people { id } } ".repeat(20_000))]
#[case::aliases(format!("{{ {} }}", (0..3_000).map(|n| format!("a{n}: people {{ id }} ")).collect::<String>()))]
#[case::deep(deep(60))]
#[case::very_deep(deep(190))]
#[case::deeper_than_the_parser(deep(900))]
#[tokio::test]
async fn a_document_made_to_hurt(#[case] query: String) {
    let gateway = TestGateway::start().await;
    refused(&gateway, &query, &["LIMIT_EXCEEDED", "GRAPHQL_PARSE_FAILED"]).await;
}

#[tokio::test]
async fn overlapping_selections_made_to_hurt() {
    let gateway = TestGateway::start().await;
    let query = format!("{{ {} }}", "book(id: \"b1\") { id title } ".repeat(400));
    let began = Instant::now();
    let answer = gateway.ask(&query).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(answer, json!({"data": {"book": {"id": "b1", "title": "Germinal"}}}));
}

/// A short document whose fragments repeat one long argument: written out, it would have gigabytes.
#[tokio::test]
async fn a_long_argument_in_a_fragment_that_is_spread_often() {
    let gateway = TestGateway::start().await;
    let long = "x".repeat(900_000);
    let spreads = "...f ".repeat(2_000);
    let query = format!("{{ {spreads} }} fragment f on Query {{ book(id: \"{long}\") {{ id }} }}");
    refused(&gateway, &query, &["LIMIT_EXCEEDED"]).await;
}

#[tokio::test]
async fn more_variables_than_fields() {
    let gateway = TestGateway::start().await;
    let names: Vec<String> = (0..1_000).map(|n| format!("$v{n}: Int")).collect();
    let answer = gateway.post(&json!({"query": format!("query({}) {{ people {{ id }} }}", names.join(" "))})).await;
    assert_eq!(answer.code(), "GRAPHQL_VALIDATION_FAILED", "unused variables");
    let errors = answer.json()["errors"].as_array().map(Vec::len);
    assert_eq!(errors, Some(20), "no more errors than anyone reads");
}
