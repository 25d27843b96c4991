//! GraphQL by POST: what a body may be.

use rstest::rstest;
use serde_json::json;

use crate::harness::TestGateway;

#[rstest]
#[case::no_json("{\"query\": ", "the body is no JSON: ")]
#[case::empty("", "the body is no JSON: ")]
#[case::array("[{\"query\":\"{ people { id } }\"}]", "the body must be a JSON object with a member \"query\"; batches")]
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

#[rstest]
#[case("text/plain")]
#[case("application/graphql")]
#[case("application/x-www-form-urlencoded")]
#[case("multipart/form-data; boundary=x")]
#[case("application/json; charset=latin1")]
#[case("")]
#[tokio::test]
async fn another_content_type_is_a_415(#[case] kind: &str) {
    let gateway = TestGateway::start().await;
    let answer = gateway.post_bytes(kind, "{\"query\":\"{ people { id } }\"}").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (415, "BAD_USER_INPUT"));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[rstest]
#[case("application/json;charset=UTF-8")]
#[case("Application/JSON; charset=\"utf-8\"; x=y")]
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
