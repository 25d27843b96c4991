//! Which operation of a document runs.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::TestGateway;

const TWO: &str = "query one { book(id: \"b1\") { id } } query two { book(id: \"b2\") { id } }";

#[tokio::test]
async fn the_named_operation_runs() {
    let gateway = TestGateway::start().await;
    for (name, id) in [("one", "b1"), ("two", "b2"), ("one", "b1")] {
        let answer = gateway.post(&json!({"query": TWO, "operationName": name})).await;
        assert_eq!(answer.json(), json!({"data": {"book": {"id": id}}}));
    }
    assert_eq!(gateway.calls(), [3, 0, 0]);
}

#[rstest]
#[case::unknown(json!({"query": TWO, "operationName": "three"}))]
#[case::none_of_two(json!({"query": TWO}))]
#[case::null_of_two(json!({"query": TWO, "operationName": null}))]
#[case::unknown_of_one(json!({"query": "{ people { id } }", "operationName": "one"}))]
#[case::subscription(json!({"query": "subscription { people { id } }"}))]
#[tokio::test]
async fn no_operation_runs_by_guessing(#[case] body: Value) {
    let gateway = TestGateway::start().await;
    let answer = gateway.post(&body).await;
    let code = answer.code();
    assert!(matches!(code.as_str(), "BAD_USER_INPUT" | "GRAPHQL_VALIDATION_FAILED"), "{}", answer.text);
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn an_operation_that_was_prepared_is_not_another_of_the_same_document() {
    let gateway = TestGateway::start().await;
    let document = "query a { people { id } } mutation b { rename(id: \"p1\", name: \"Émile\") { name } }";
    let first = gateway.post(&json!({"query": document, "operationName": "b"})).await;
    assert_eq!(first.json(), json!({"data": {"rename": {"name": "Émile"}}}));
    let second = gateway.post(&json!({"query": document, "operationName": "a"})).await;
    assert_eq!(second.json(), json!({"data": {"people": [{"id": "p1"}, {"id": "p2"}]}}));
}

#[rstest]
#[case::syntax("{ books { title }", "GRAPHQL_PARSE_FAILED")]
#[case::empty("", "GRAPHQL_PARSE_FAILED")]
#[case::comment("# nothing", "GRAPHQL_PARSE_FAILED")]
#[case::only_a_fragment("fragment f on Book { id }", "GRAPHQL_VALIDATION_FAILED")]
#[case::schema("type A { b: Int }", "GRAPHQL_VALIDATION_FAILED")]
#[case::unknown_field("{ books { pages } }", "GRAPHQL_VALIDATION_FAILED")]
#[case::unknown_argument("{ books(last: 1) { id } }", "GRAPHQL_VALIDATION_FAILED")]
#[case::no_selection("{ books }", "GRAPHQL_VALIDATION_FAILED")]
#[case::undefined_variable("{ book(id: $id) { id } }", "GRAPHQL_VALIDATION_FAILED")]
#[case::conflict("{ book(id: \"b1\") { a: id a: title } }", "GRAPHQL_VALIDATION_FAILED")]
#[case::entities("{ _entities(representations: []) { __typename } }", "GRAPHQL_VALIDATION_FAILED")]
#[case::service("{ _service { sdl } }", "GRAPHQL_VALIDATION_FAILED")]
#[case::join("{ books { id @join__field } }", "GRAPHQL_VALIDATION_FAILED")]
#[tokio::test]
async fn a_document_that_does_not_fit_is_refused(#[case] query: &str, #[case] code: &str) {
    let gateway = TestGateway::start().await;
    let answer = gateway.post(&json!({"query": query})).await;
    assert_eq!(answer.code(), code, "{}", answer.text);
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn a_validation_error_says_where() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{\n  books { pages }\n}").await;
    let errors = answer["errors"].as_array().expect("errors");
    let place = json!([{"line": 2, "column": 11}]);
    assert!(errors.iter().any(|error| error["locations"] == place), "{answer}");
}
