//! `Accept`: which media type is answered, and which status goes with it.

use reqwest::header::HeaderMap;
use rstest::rstest;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Answer, TestGateway};

const GOOD: &str = "{ people { id } }";
const INVALID: &str = "{ people { pages } }";
const UNPARSED: &str = "{ people {";
const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";

async fn ask(gateway: &TestGateway, accept: &[&str], query: &str) -> Answer {
    let mut headers = HeaderMap::new();
    for accept in accept {
        headers.append("accept", accept.parse().expect("a header"));
    }
    let request =
        gateway.client.post(format!("{}/graphql", gateway.url)).headers(headers).json(&json!({"query": query}));
    Answer::of(request.send().await.expect("an answer")).await
}

#[rstest]
#[case::graphql("application/graphql-response+json", GRAPHQL)]
#[case::json("application/json", JSON)]
#[case::anything("*/*", JSON)]
#[case::any_application("text/html, application/*;q=0.1", JSON)]
#[case::graphql_first("application/graphql-response+json, application/json", GRAPHQL)]
#[case::graphql_preferred("application/json;q=0.9, application/graphql-response+json", GRAPHQL)]
#[case::json_preferred("application/graphql-response+json;q=0.5, application/json;q=0.8", JSON)]
#[case::graphql_refused("application/graphql-response+json;q=0, */*", JSON)]
#[case::parameters("application/graphql-response+json; charset=utf-8; q=1.0, text/plain", GRAPHQL)]
#[case::case("Application/GraphQL-Response+JSON", GRAPHQL)]
#[case::recommended("application/graphql-response+json, application/json;q=0.9", GRAPHQL)]
#[case::json_first("application/json, application/graphql-response+json", JSON)]
#[case::named_before_wildcard("*/*, application/graphql-response+json", GRAPHQL)]
#[case::json_refused("application/json;q=0, */*", GRAPHQL)]
#[case::json_refused_last("*/*;q=0.1, application/json;q=0", GRAPHQL)]
#[case::json_less_than_any("application/*, application/json;q=0.5", GRAPHQL)]
#[case::kind_before_anything("application/*;q=0.2, */*;q=0.9, application/json;q=0.3", JSON)]
#[case::both_refused_but_one("application/*;q=0, application/graphql-response+json;q=0.1, text/html", GRAPHQL)]
#[case::finest_weight("application/json;q=0.998, application/graphql-response+json;q=0.999", GRAPHQL)]
#[case::capital_q("application/json;Q=0.1, application/graphql-response+json;Q=0.2", GRAPHQL)]
#[case::no_weight(
    "application/graphql-response+json;q=high, application/graphql-response+json;q=9, application/json;q=0.1",
    JSON
)]
#[case::not_a_number("application/graphql-response+json;q=nan, application/json;q=0.1", JSON)]
#[case::other_charset("application/graphql-response+json;charset=utf-16, application/json;q=0.1", JSON)]
#[case::same_charset("application/graphql-response+json;charset=\"UTF-8\", application/json", GRAPHQL)]
#[case::comma_in_quotes("text/html;a=\", application/json, \", application/graphql-response+json;q=0.1", GRAPHQL)]
#[case::empty_elements(", ,application/graphql-response+json,", GRAPHQL)]
#[case::unreadable_beside("nonsense, application/graphql-response+json;q=0.1", GRAPHQL)]
#[case::empty("", JSON)]
#[tokio::test]
async fn the_best_of_what_is_accepted_is_answered(#[case] accept: &str, #[case] kind: &str) {
    let gateway = TestGateway::start().await;
    let answer = ask(&gateway, &[accept], GOOD).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some(kind)));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn accept_may_come_in_several_headers() {
    let gateway = TestGateway::start().await;
    let answer = ask(&gateway, &["text/html", "application/graphql-response+json"], GOOD).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some(GRAPHQL)));
}

/// By hand, since the client says `*/*` by itself.
#[tokio::test]
async fn without_accept_it_is_json() {
    let gateway = TestGateway::start().await;
    let mut connection = TcpStream::connect(gateway.url.trim_start_matches("http://")).await.expect("a connection");
    let body = json!({"query": GOOD}).to_string();
    let head = "POST /graphql HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\ncontent-type: application/json\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    connection.write_all(request.as_bytes()).await.expect("a request");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains(&format!("content-type: {JSON}\r\n")), "{answer}");
}

#[rstest]
#[case("text/html")]
#[case("application/json;q=0")]
#[case("*/*;q=0")]
#[case("application/json;q=0, application/graphql-response+json;q=0.0, */*;q=0.000")]
#[case("application/*;q=0, */*")]
#[case("application/json;charset=iso-8859-1")]
#[case("application/graphql+json, application/js*, */json")]
#[case("nonsense")]
#[case(",")]
#[tokio::test]
async fn nothing_that_is_accepted_is_a_406(#[case] accept: &str) {
    let gateway = TestGateway::start().await;
    let answer = ask(&gateway, &[accept], GOOD).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (406, Some(JSON)));
    assert_eq!(answer.code(), "BAD_USER_INPUT");
    assert_eq!(
        answer.message(),
        "only application/graphql-response+json, application/json and text/event-stream are served, in UTF-8"
    );
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[rstest]
#[case(INVALID, "GRAPHQL_VALIDATION_FAILED")]
#[case(UNPARSED, "GRAPHQL_PARSE_FAILED")]
#[case("query($n: Int!) { books(first: $n) { id } }", "BAD_USER_INPUT")]
#[tokio::test]
async fn a_refused_document_has_the_status_of_its_media_type(#[case] query: &str, #[case] code: &str) {
    let gateway = TestGateway::start().await;
    for (accept, status) in [("application/graphql-response+json", 400), ("application/json", 200), ("*/*", 200)] {
        let answer = ask(&gateway, &[accept], query).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{accept}");
        assert_eq!(answer.json().get("data"), None);
    }
}

#[tokio::test]
async fn a_partial_answer_is_a_200() {
    let gateway = TestGateway::builder().refusing("people").start().await;
    let answer =
        ask(&gateway, &["application/graphql-response+json"], "{ book(id: \"b1\") { id author { name } } }").await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.json()["data"], json!({"book": {"id": "b1", "author": null}}));
}
