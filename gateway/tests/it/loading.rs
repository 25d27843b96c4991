//! Supergraphs that are served, and those that are refused with one sentence.

use gateway::{LoadError, Supergraph};
use rstest::rstest;

use crate::harness::{PLAIN, SUPERGRAPH, TestGateway};

fn load(text: &str) -> Result<Supergraph, LoadError> {
    Supergraph::load(text, 1 << 20, std::time::Duration::MAX)
}

fn refusal(text: &str) -> String {
    load(text).expect_err("it cannot be served").to_string()
}

#[test]
fn a_composed_supergraph_is_loaded() {
    let loaded = load(SUPERGRAPH).expect("a supergraph");
    let names: Vec<&str> = loaded.subgraphs().keys().map(String::as_str).collect();
    assert_eq!(names, ["catalogue", "people", "reviews"]);
    assert_eq!(loaded.subgraphs()["people"], "http://people.invalid/graphql");
    for hidden in ["join__", "shelfMark", "DRAFT", "_entities", "@inaccessible"] {
        assert!(!loaded.public_sdl().contains(hidden), "{hidden} is not for clients");
    }
    assert!(loaded.public_sdl().contains("In cents."), "descriptions are");
}

#[rstest]
#[case("v0.3")]
#[case("v0.4")]
#[case("v0.5")]
fn these_versions_are_served(#[case] version: &str) {
    assert!(load(&SUPERGRAPH.replace("/join/v0.5", &format!("/join/{version}"))).is_ok());
}

#[rstest]
#[case("v0.1")]
#[case("v0.2")]
#[case("v0.9")]
fn other_versions_are_refused(#[case] version: &str) {
    assert_eq!(
        refusal(&SUPERGRAPH.replace("/join/v0.5", &format!("/join/{version}"))),
        format!(
            "the supergraph uses join {version}; join v0.3 to v0.5 are served (compose it again with Federation 2)"
        )
    );
}

#[test]
fn the_supergraph_of_a_first_generation_gateway_is_refused() {
    let text = "schema @core(feature: \"https://specs.apollo.dev/core/v0.1\") \
        @core(feature: \"https://specs.apollo.dev/join/v0.1\") { query: Query } type Query { a: Int }";
    assert_eq!(
        refusal(text),
        "the supergraph uses join v0.1; join v0.3 to v0.5 are served (compose it again with Federation 2)"
    );
}

#[rstest]
#[case(PLAIN)]
#[case("type Query { a: Int }")]
#[case("schema @link(url: \"https://specs.apollo.dev/federation/v2.3\") { query: Query } type Query { a: Int }")]
fn a_plain_schema_is_refused(#[case] text: &str) {
    assert_eq!(refusal(text), "the schema links no join specification: it is no composed supergraph");
}

#[rstest]
#[case("<html>")]
#[case("type Query {")]
#[case(&SUPERGRAPH[..SUPERGRAPH.len() / 2])]
fn what_is_not_graphql_is_refused(#[case] text: &str) {
    let told = refusal(text);
    assert!(told.starts_with("the supergraph is not GraphQL: ") && told.lines().count() == 1, "{told}");
}

#[rstest]
#[case(
    "books(first: Int! = 3, kind: Kind): [Book!]! @join__field(graph: CATALOGUE)",
    "books(first: Int! = 3, kind: Kind): [Book!]! @join__field(graph: NOPE)",
    "Query.books: @join__field names the subgraph NOPE, which join__Graph does not have"
)]
#[case(
    "requires: \"shelfMark\"",
    "requires: \"shelf\"",
    "Book.drawer: @join__field(requires: \"shelf\") names Book.shelf, which is not there"
)]
#[case(
    "requires: \"weight\"",
    "requires: \"weight {\"",
    "Book.postage: @join__field(requires: \"weight {\") is no set of fields"
)]
#[case(
    "type Person @join__type(graph: CATALOGUE, key: \"id\"",
    "type Person @join__type(graph: CATALOGUE, key: \"mentor { nosuch }\"",
    "Person: @join__type(key: \"mentor { nosuch }\") names Person.nosuch, which is not there"
)]
fn what_does_not_fit_together_is_refused(#[case] good: &str, #[case] bad: &str, #[case] told: &str) {
    let text = SUPERGRAPH.replace(good, bad);
    assert_ne!(text, SUPERGRAPH);
    assert_eq!(refusal(&text), format!("the supergraph does not fit together: {told}"));
}

#[test]
fn an_empty_file_is_refused() {
    assert!(load("").is_err());
}

/// Composition refuses it; whoever writes a supergraph by hand gets refusals and no end of the process.
#[tokio::test]
async fn fields_that_require_each_other_are_not_planned() {
    let weight = "weight(unit: Unit! = GRAM): Int! @join__field(graph: CATALOGUE";
    let circle = SUPERGRAPH.replace(weight, &format!("{weight}, requires: \"postage\""));
    assert_ne!(circle, SUPERGRAPH);
    let gateway = TestGateway::builder().supergraph(&circle).start().await;
    let answer = gateway.ask("{ books { title postage } }").await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL", "{answer}");
    assert_eq!(gateway.ask("{ books { title } }").await["errors"], serde_json::Value::Null);
}
