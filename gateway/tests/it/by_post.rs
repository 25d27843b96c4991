//! GraphQL by POST: what a body may be.

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use rstest::rstest;
use serde_json::json;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Answer, TestGateway};

const JSON: (HeaderName, HeaderValue) = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));

/// Posts a query under these headers, each as often as it is given.
async fn post(gateway: &TestGateway, headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>) -> Answer {
    let mut all = HeaderMap::new();
    for (name, value) in headers {
        all.append(name, value);
    }
    let request = gateway.client.post(format!("{}/graphql", gateway.url)).headers(all);
    Answer::of(request.body("{\"query\":\"{ people { id } }\"}").send().await.expect("an answer")).await
}

#[rstest]
#[case::no_json("{\"query\": ", "the body is no JSON: ")]
#[case::empty("", "the body is empty; send a JSON object with a member \"query\"")]
#[case::blank(" \r\n", "the body is empty; ")]
#[case::byte_order_mark_alone("\u{feff}", "the body is empty; ")]
#[case::byte_order_marks("\u{feff}\u{feff}{}", "the body is no JSON: ")]
#[case::array(
    "[{\"query\":\"{ people { id } }\"}]",
    "batches are not served; send each operation in a request of its own"
)]
#[case::empty_array("[]", "batches are not served; ")]
#[case::string("\"{ people { id } }\"", "the body must be a JSON object")]
#[case::missing_query("{}", "the body has no member \"query\"")]
#[case::null_query("{\"query\":null}", "the body has no member \"query\"")]
#[case::no_string("{\"query\":5}", "\"query\" must be a string")]
#[case::name_no_string(
    "{\"query\":\"{ people { id } }\",\"operationName\":1}",
    "\"operationName\" must be a string or null"
)]
#[case::variables_no_object(
    "{\"query\":\"{ people { id } }\",\"variables\":[]}",
    "\"variables\" must be an object or null"
)]
#[case::extensions_no_object(
    "{\"query\":\"{ people { id } }\",\"extensions\":1}",
    "\"extensions\" must be an object or null"
)]
#[case::two_documents("{\"query\":\"{ people { id } }\"} {}", "the body is no JSON: ")]
#[tokio::test]
async fn what_is_no_request_is_a_400(#[case] body: &str, #[case] message: &str) {
    let gateway = TestGateway::start().await;
    let answer = gateway.post_bytes("application/json", body).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "BAD_USER_INPUT"));
    assert!(answer.message().starts_with(message), "{}", answer.message());
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn what_is_not_utf_8_is_a_400() {
    let gateway = TestGateway::start().await;
    let answer = gateway.post_bytes("application/json", *b"{\"query\":\"{ people { id } } # \xff\"}").await;
    assert_eq!(answer.status.as_u16(), 400);
    assert_eq!(
        answer.json(),
        json!({"errors": [{"message": "the body is not UTF-8", "extensions": {"code": "BAD_USER_INPUT"}}]})
    );
}

#[tokio::test]
async fn json_nested_without_end_is_a_400() {
    let gateway = TestGateway::start().await;
    let answer = gateway.post_bytes("application/json", "[".repeat(500_000)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "BAD_USER_INPUT"));
}

/// As .NET's writers begin a text.
#[tokio::test]
async fn a_byte_order_mark_is_passed_over() {
    let gateway = TestGateway::start().await;
    let query = "\u{feff}{\"query\":\"\u{feff}{ people { id } }\"}";
    let answer = gateway.post_bytes("application/json", query).await;
    assert_eq!(answer.json(), json!({"data": {"people": [{"id": "p1"}, {"id": "p2"}]}}));
    let utf_16: Vec<u8> = query.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let answer = gateway.post_bytes("application/json", utf_16).await;
    assert_eq!((answer.status.as_u16(), answer.message().as_str()), (400, "the body is not UTF-8"));
}

#[tokio::test]
async fn an_empty_operation_name_is_as_good_as_none() {
    let gateway = TestGateway::start().await;
    let ask = async |query: &str| gateway.post(&json!({"query": query, "operationName": ""})).await;
    let answer = ask("query named { people { id } }").await;
    assert_eq!(answer.json(), json!({"data": {"people": [{"id": "p1"}, {"id": "p2"}]}}));
    let answer = ask("query one { people { id } } query two { people { name } }").await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
    assert_eq!(gateway.calls(), [0, 1, 0]);
}

#[rstest]
#[case("text/plain")]
#[case("application/graphql")]
#[case("application/x-www-form-urlencoded")]
#[case("multipart/form-data; boundary=x")]
#[case("application/json; charset=latin1")]
#[case("application/json, text/plain")]
#[case("application/json; charset")]
#[case("application/jsonx")]
#[case("application/graphql-response+json")]
#[case("text/json")]
#[case("")]
#[tokio::test]
async fn another_content_type_is_a_415(#[case] kind: &str) {
    let gateway = TestGateway::start().await;
    let answer = gateway.post_bytes(kind, "{\"query\":\"{ people { id } }\"}").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (415, "BAD_USER_INPUT"));
    assert_eq!(answer.message(), "send the request with content-type: application/json");
    assert_eq!(answer.header("accept"), Some("application/json"));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[rstest]
#[case::none(&[])]
#[case::two(&["application/json", "text/plain"])]
#[case::twice(&["application/json", "application/json"])]
#[tokio::test]
async fn there_is_one_content_type(#[case] kinds: &[&'static str]) {
    let gateway = TestGateway::start().await;
    let headers = kinds.iter().map(|&kind| (header::CONTENT_TYPE, HeaderValue::from_static(kind)));
    let answer = post(&gateway, headers).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (415, "BAD_USER_INPUT"));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[rstest]
#[case("gzip")]
#[case("br")]
#[case("identity, gzip")]
#[case("nonsense")]
#[tokio::test]
async fn a_body_of_another_encoding_is_a_415(#[case] encoding: &'static str) {
    let gateway = TestGateway::start().await;
    let encoding = (header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    let answer = post(&gateway, [JSON, encoding]).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (415, "BAD_USER_INPUT"));
    assert_eq!(answer.message(), "send the body as it is, without content-encoding");
    assert_eq!(answer.header("accept-encoding"), Some("identity"));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[rstest]
#[case("identity")]
#[case("Identity")]
#[case("")]
#[tokio::test]
async fn a_body_that_says_that_it_is_as_it_is_is_read(#[case] encoding: &'static str) {
    let gateway = TestGateway::start().await;
    let answer = post(&gateway, [JSON, (header::CONTENT_ENCODING, HeaderValue::from_static(encoding))]).await;
    assert_eq!((answer.status.as_u16(), answer.json().get("errors")), (200, None));
}

#[rstest]
#[case("application/json;charset=UTF-8")]
#[case("Application/JSON; charset=\"utf-8\"; x=y")]
#[case("application/json ; CHARSET=utf8;")]
#[tokio::test]
async fn json_by_any_spelling_is_read(#[case] kind: &str) {
    let gateway = TestGateway::start().await;
    let body = "{\"query\":\"{ people { id } }\",\"variables\":null,\"operationName\":null,\"extensions\":{},\"id\":1}";
    let answer = gateway.post_bytes(kind, body).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!({"data": {"people": [{"id": "p1"}, {"id": "p2"}]}}))
    );
}

#[tokio::test]
async fn a_body_that_is_too_long_is_a_413() {
    let gateway = TestGateway::builder().config(|config| config.max_body_bytes = 500).start().await;
    let body = |bytes: usize| format!("{:bytes$}", "{\"query\":\"{ people { id } }\"}");
    assert_eq!(gateway.post_bytes("application/json", body(500)).await.status.as_u16(), 200);
    let answer = gateway.post_bytes("application/json", body(501)).await;
    assert_eq!(answer.status.as_u16(), 413);
    let error = json!({"message": "the body is longer than 500 bytes", "extensions": {"code": "LIMIT_EXCEEDED"}});
    assert_eq!(answer.json(), json!({"errors": [error]}));
    assert_eq!(gateway.calls(), [0, 1, 0]);
}

#[tokio::test]
async fn a_body_that_would_be_too_long_is_refused_unread() {
    let gateway = TestGateway::builder().config(|config| config.max_body_bytes = 500).start().await;
    let mut connection = TcpStream::connect(gateway.url.trim_start_matches("http://")).await.expect("a connection");
    let head = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 501\r\n\
                expect: 100-continue\r\n\r\n";
    connection.write_all(head.as_bytes()).await.expect("it is sent");
    let mut answer = [0; 12];
    connection.read_exact(&mut answer).await.expect("an answer to the head alone");
    assert_eq!(&answer, b"HTTP/1.1 413");
}
