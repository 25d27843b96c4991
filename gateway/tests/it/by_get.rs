//! GraphQL by GET.

use rstest::rstest;
use serde_json::json;

use crate::harness::{Answer, TestGateway};

async fn get(gateway: &TestGateway, parameters: &[(&str, &str)]) -> Answer {
    let query = serde_urlencoded::to_string(parameters).expect("plain text");
    gateway.get(&format!("/graphql?{query}")).await
}

#[tokio::test]
async fn a_query_is_answered() {
    let gateway = TestGateway::start().await;
    let query = "query one($id: ID!) { book(id: $id) { title } } query two { people { id } }";
    let parameters = [("query", query), ("variables", r#"{"id":"b1"}"#), ("operationName", "one"), ("utm", "x")];
    let answer = get(&gateway, &parameters).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"data": {"book": {"title": "Germinal"}}})));
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
}

#[rstest]
#[case("application/json")]
#[case("application/graphql-response+json")]
#[tokio::test]
async fn a_mutation_is_refused(#[case] accept: &str) {
    let gateway = TestGateway::start().await;
    let query = "mutation%7BaddBook(title:%22x%22)%7Bid%7D%7D";
    let request = gateway.client.get(format!("{}/graphql?query={query}", gateway.url)).header("accept", accept);
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("POST")));
    assert_eq!(answer.code(), "BAD_USER_INPUT");
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn a_query_beside_a_mutation_runs() {
    let gateway = TestGateway::start().await;
    let query = "query q { people { id } } mutation m { addBook(title: \"x\") { id } }";
    assert_eq!(get(&gateway, &[("query", query), ("operationName", "q")]).await.status.as_u16(), 200);
    assert_eq!(get(&gateway, &[("query", query), ("operationName", "m")]).await.status.as_u16(), 405);
    assert_eq!(gateway.calls(), [0, 1, 0]);
}

#[rstest]
#[case::nothing(&[])]
#[case::empty(&[("query", "")])]
#[case::variables_no_json(&[("query", "{ people { id } }"), ("variables", "{id")])]
#[case::variables_no_object(&[("query", "{ people { id } }"), ("variables", "[1]")])]
#[case::extensions_no_object(&[("query", "{ people { id } }"), ("extensions", "1")])]
#[case::query_twice(&[("query", "{ people { id } }"), ("query", "{ people { name } }")])]
#[tokio::test]
async fn what_is_no_request_is_a_400(#[case] parameters: &[(&str, &str)]) {
    let gateway = TestGateway::start().await;
    let answer = get(&gateway, parameters).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "BAD_USER_INPUT"));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn head_has_no_body() {
    let gateway = TestGateway::start().await;
    let request = gateway.client.head(format!("{}/graphql?query=%7Bpeople%7Bid%7D%7D", gateway.url));
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
}

#[tokio::test]
async fn other_methods_are_refused() {
    let gateway = TestGateway::start().await;
    let request = gateway.client.put(format!("{}/graphql", gateway.url)).body("{}");
    assert_eq!(request.send().await.expect("an answer").status().as_u16(), 405);
}
