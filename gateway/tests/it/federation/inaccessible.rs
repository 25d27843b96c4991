//! `@inaccessible` and `@tag`: what is not public is used between subgraphs and never leaves the gateway.

use rstest::rstest;
use serde_json::json;

use super::Graph;

#[tokio::test]
async fn it_is_used_in_requires() {
    let graph = Graph::start("inaccessible").await;
    let answer = graph.ask("{ pupils { name greeting } }", &json!({})).await;
    let pupils = json!([{"name": "Ada", "greeting": "hello s1 of 12"}, {"name": "Bo", "greeting": "hello s2 of 9"}]);
    assert_eq!(answer, json!({"data": {"pupils": pupils}}));
}

#[tokio::test]
async fn a_value_that_is_not_public_is_null() {
    let graph = Graph::start("inaccessible").await;
    let answer = graph
        .ask("{ pupils { state next states guard { ... on Parent { phone } } } guards { __typename } }", &json!({}))
        .await;
    assert_eq!(
        answer["data"],
        json!({
            "pupils": [
                {"state": "ACTIVE", "next": null, "states": ["ACTIVE", null], "guard": {"phone": "05"}},
                {"state": null, "next": null, "states": ["LEFT"], "guard": null},
            ],
            "guards": [{"__typename": "Parent"}, null],
        })
    );
    assert!(!answer.to_string().contains("HIDDEN") && !answer.to_string().contains("Agency"), "{answer}");
}

#[rstest]
#[case::a_field("{ pupils { secret } }")]
#[case::a_field_of_the_root("{ hidden }")]
#[case::a_type("{ pupils { marks { mean } } }")]
#[case::a_type_in_a_fragment("{ guards { ... on Agency { code } } }")]
#[case::an_argument("{ search(text: \"a\", limit: 2) }")]
#[case::a_field_of_an_input("{ who(by: {secret: \"s\"}) }")]
#[tokio::test]
async fn it_is_unknown_to_clients(#[case] query: &str) {
    let graph = Graph::start("inaccessible").await;
    let answer = graph.ask(query, &json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{answer}");
    assert_eq!(graph.requests("school").len(), 0);
}

#[tokio::test]
async fn a_variable_cannot_bring_it_in() {
    let graph = Graph::start("inaccessible").await;
    let answer = graph.ask("query($by: By) { who(by: $by) }", &json!({"by": {"secret": "s"}})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
    assert_eq!(graph.ask("{ search(text: \"a\") }", &json!({})).await, json!({"data": {"search": "a 10"}}));
}

#[tokio::test]
async fn introspection_has_neither_it_nor_tags() {
    let graph = Graph::start("inaccessible").await;
    let query = "{ __schema { types { name fields { name args { name } } enumValues { name } inputFields { name } } directives { name } } }";
    let answer = graph.ask(query, &json!({})).await.to_string();
    for hidden in ["secret", "Agency", "Marks", "HIDDEN", "limit", "hidden", "\"tag\"", "inaccessible"] {
        assert!(!answer.contains(hidden), "{hidden} in {answer}");
    }
}
