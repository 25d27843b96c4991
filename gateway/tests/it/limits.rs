//! Documents that ask for too much are refused quickly, and no subgraph hears of them.

use std::fmt::Write;
use std::time::Duration;

use gateway::config::{GatewayConfig, LimitsConfig};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::harness::{Builder, TestGateway};

const LIMIT: &[&str] = &["LIMIT_EXCEEDED"];

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
    let message = refused(&gateway, &deep(4), LIMIT).await;
    assert_eq!(message, "the operation is 6 fields deep; 5 at most");
    let answer = gateway.ask(&deep(3)).await;
    assert_eq!(answer, json!({"data": {"book": {"sequel": {"sequel": null}}}}));
}

#[tokio::test]
async fn depth_through_fragments() {
    let gateway = TestGateway::builder().config(|config| config.max_depth = 5).start().await;
    let query = "{ book(id: \"b1\") { ...a } } fragment a on Book { sequel { ...b } } fragment b on Book { sequel { ...c } } \
        fragment c on Book { sequel { ... { sequel { id } } } }";
    let message = refused(&gateway, query, LIMIT).await;
    assert_eq!(message, "the operation is 6 fields deep; 5 at most");
}

#[tokio::test]
async fn fields_through_fragments() {
    let gateway = TestGateway::builder().config(|config| config.max_fields = 9).start().await;
    let query = |twice: &str| {
        format!("{{ book(id: \"b1\") {{ ...f sequel {{ ...f {twice} }} }} }} fragment f on Book {{ id title kind }}")
    };
    let message = refused(&gateway, &query("a: id b: id"), LIMIT).await;
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
    refused(&gateway, &query, LIMIT).await;
}

#[tokio::test]
async fn tokens() {
    let gateway = TestGateway::builder().config(|config| config.max_tokens = 100).start().await;
    let query = |fields: usize| format!("{{ people {{ {} }} }}", "id ".repeat(fields));
    let message = refused(&gateway, &query(200), LIMIT).await;
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
    refused(&gateway, &query, LIMIT).await;
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

fn few(change: impl FnOnce(&mut LimitsConfig)) -> Builder {
    TestGateway::builder().config(|config| change(&mut config.limits))
}

#[tokio::test]
async fn operations() {
    let gateway = few(|limits| limits.max_operations = 2).start().await;
    let query = "query a { people { id } } query b { people { name } }";
    let message = refused(&gateway, &format!("{query} mutation c {{ addBook(title: \"x\") {{ id }} }}"), LIMIT).await;
    assert_eq!(message, "the document has 3 operations; 2 at most");
    let answer = gateway.post(&json!({"query": query, "operationName": "a"})).await;
    assert_eq!(answer.json()["data"]["people"][0]["id"], "p1", "{}", answer.text);
}

#[tokio::test]
async fn root_fields_are_response_names_through_fragments() {
    let gateway = few(|limits| limits.max_root_fields = 2).start().await;
    let query = "{ ...f ... { people { id } } people { name } } fragment f on Query { best { stars } ...g }";
    let message = refused(&gateway, &format!("{query} fragment g on Query {{ again: best {{ stars }} }}"), LIMIT).await;
    assert_eq!(message, "the operation has 3 root fields; 2 at most");
    let answer = gateway.ask(&format!("{query} fragment g on Query {{ best {{ id }} }}")).await;
    assert_eq!(answer["data"]["best"], json!({"stars": 5, "id": "r1"}), "{answer}");
}

#[tokio::test]
async fn aliases_through_fragments() {
    let gateway = few(|limits| limits.max_aliases = 4).start().await;
    let query = |third: &str| {
        let fragment = format!("fragment f on Book {{ a: id b: title {third} }}");
        format!("{{ book(id: \"b1\") {{ ...f sequel {{ ...f }} }} }} {fragment}")
    };
    let message = refused(&gateway, &query("c: kind"), LIMIT).await;
    assert_eq!(message, "the operation has 6 aliases; 4 at most");
    assert_eq!(gateway.ask(&query("kind")).await["data"]["book"]["sequel"]["a"], "b2");
}

#[tokio::test]
async fn directives_through_fragments() {
    let gateway = few(|limits| limits.max_directives = 4).start().await;
    let query = |mark: &str| {
        let fragment = format!("fragment f on Book {{ id @skip(if: false) title {mark} }}");
        format!("{{ book(id: \"b1\") {{ ...f ... @include(if: true) {{ sequel {{ ...f }} }} }} }} {fragment}")
    };
    let message = refused(&gateway, &query("@include(if: true)"), LIMIT).await;
    assert_eq!(message, "the operation has 5 directives; 4 at most");
    assert_eq!(gateway.ask(&query("")).await["data"]["book"]["sequel"]["id"], "b2");
}

#[tokio::test]
async fn default_values() {
    let gateway = few(|limits| limits.max_default_bytes = 12).start().await;
    let query = |title: &str| format!("query($words: Words! = {{text: \"{title}\"}}) {{ echo(words: $words) }}");
    let message = refused(&gateway, &query("longer"), LIMIT).await;
    let told =
        "the default values of the operation's variables have 16 bytes; give long values as variables; 12 at most";
    assert_eq!(message, told);
    assert_eq!(gateway.ask(&query("x")).await["data"]["echo"], "x|None|None");
}

/// What a client sent is told to it, but not at any length.
#[tokio::test]
async fn messages() {
    let gateway = TestGateway::start().await;
    let name = "é".repeat(10_000);
    let answer = gateway.post(&json!({"query": "{ people { id } }", "operationName": name})).await;
    let message = answer.message();
    assert!(message.len() < 2_010 && message.contains("éé") && message.ends_with('…'), "{message}");
}

#[rstest]
#[case(json!({"kinds": [[["NOVEL"]]], "words": {"text": "x"}}), "the variable $kinds has 3 lists and objects within each other; 2 at most")]
#[case(json!({"kinds": [], "words": {"text": [1, 2, 3, 4]}}), "a list in the variable $words has 4 items; 3 at most")]
#[tokio::test]
async fn variables_too_deep_or_too_long(#[case] variables: Value, #[case] message: &str) {
    let gateway = few(|limits| (limits.max_variable_depth, limits.max_list_items) = (2, 3)).start().await;
    let query = "query($words: Words!) { echo(words: $words) }";
    let answer = gateway.post(&json!({"query": query, "variables": variables})).await;
    assert_eq!((answer.code().as_str(), answer.message().as_str()), ("LIMIT_EXCEEDED", message));
    assert_eq!(gateway.calls(), [0, 0, 0]);
    let variables = json!({"words": {"text": "x"}, "more": [1, [2], 3]});
    assert_eq!(gateway.ask_with(query, variables).await["data"]["echo"], "x|None|None");
}

#[test]
fn a_limit_that_lets_nothing_through_is_refused() {
    let mut config = GatewayConfig::default();
    assert_eq!(config.check(), Ok(()));
    config.limits.max_root_fields = 0;
    assert_eq!(config.check(), Err("gateway.limits.max_root_fields: 0 lets no request through".to_owned()));
}
