//! GraphQL by GET.

use reqwest::Method;
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
#[case::query_twice_the_same(&[("query", "{ people { id } }"), ("query", "{ people { id } }")])]
#[case::name_twice(&[("query", "query a { people { id } }"), ("operationName", "a"), ("operationName", "a")])]
#[case::variables_twice(&[("variables", "{}"), ("query", "{ people { id } }"), ("variables", "{}")])]
#[case::extensions_twice(&[("query", "{ people { id } }"), ("extensions", "{}"), ("extensions", "")])]
#[tokio::test]
async fn what_is_no_request_is_a_400(#[case] parameters: &[(&str, &str)]) {
    let gateway = TestGateway::start().await;
    let answer = get(&gateway, parameters).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "BAD_USER_INPUT"));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn a_parameter_that_comes_twice_is_named() {
    let gateway = TestGateway::start().await;
    let answer = get(&gateway, &[("query", "{ people { id } }"), ("operationName", ""), ("operationName", "")]).await;
    assert_eq!(answer.message(), "the query string cannot be read: duplicate field `operationName`");
}

#[tokio::test]
async fn an_empty_parameter_is_as_good_as_none() {
    let gateway = TestGateway::start().await;
    let query = ("query", "query named { people { id } }");
    let answer = get(&gateway, &[query, ("operationName", ""), ("variables", ""), ("extensions", "")]).await;
    assert_eq!((answer.status.as_u16(), answer.json()["data"]["people"][0]["id"].as_str()), (200, Some("p1")));
    let answer = get(&gateway, &[query, ("variables", "null"), ("extensions", "null")]).await;
    assert_eq!((answer.status.as_u16(), answer.json().get("errors")), (200, None));
    // A name, and not the absence of one.
    let answer = get(&gateway, &[query, ("operationName", "null")]).await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
}

#[rstest]
#[case("application/json", "%7Bpeople%7Bid%7D%7D", 200)]
#[case("application/graphql-response+json", "%7Bpeople%7Bid%7D%7D", 200)]
#[case("application/graphql-response+json", "%7Bpeople%7B", 400)]
#[case("application/json", "mutation%7BaddBook(title:%22x%22)%7Bid%7D%7D", 405)]
#[case("application/json", "", 400)]
#[case("text/html", "%7Bpeople%7Bid%7D%7D", 406)]
#[tokio::test]
async fn head_has_the_head_of_get(#[case] accept: &str, #[case] query: &str, #[case] status: u16) {
    let gateway = TestGateway::start().await;
    let ask = async |method: Method| {
        let request = gateway.client.request(method, format!("{}/graphql?query={query}", gateway.url));
        Answer::of(request.header("accept", accept).send().await.expect("an answer")).await
    };
    let (get, head) = (ask(Method::GET).await, ask(Method::HEAD).await);
    assert_eq!((head.status.as_u16(), head.text.as_str()), (status, ""));
    assert_eq!(get.status, head.status);
    for name in ["content-type", "content-length", "allow", "cache-control"] {
        assert_eq!(get.header(name), head.header(name), "{name}");
    }
    assert_eq!(head.header("content-length"), Some(get.text.len().to_string().as_str()));
}

#[rstest]
#[case(Method::PUT)]
#[case(Method::PATCH)]
#[case(Method::DELETE)]
#[case(Method::OPTIONS)]
#[tokio::test]
async fn other_methods_are_refused(#[case] method: Method) {
    let gateway = TestGateway::start().await;
    let request = gateway.client.request(method, format!("{}/graphql", gateway.url));
    let request = request.header("content-type", "application/json").body("{\"query\":\"{ people { id } }\"}");
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("GET,HEAD,POST")));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}
