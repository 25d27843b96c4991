//! The id of a request: the client's own where it is plain, forwarded and returned.

use rstest::rstest;

use crate::harness::{Answer, TestGateway};

async fn ask(gateway: &TestGateway, id: Option<&str>) -> Answer {
    let mut request =
        gateway.client.post(format!("{}/graphql", gateway.url)).header("content-type", "application/json");
    if let Some(id) = id {
        request = request.header("x-request-id", id);
    }
    let request = request.body(r#"{"query":"{ books(first: 1) { author { name } } }"}"#);
    Answer::of(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn a_plain_id_is_kept_forwarded_and_returned() {
    let gateway = TestGateway::start().await;
    let answer = ask(&gateway, Some("Trace_42-a")).await;
    assert_eq!(answer.header("x-request-id"), Some("Trace_42-a"));
    assert_eq!(gateway.catalogue.only_request().header("x-request-id"), Some("Trace_42-a"));
    assert_eq!(gateway.people.only_request().header("x-request-id"), Some("Trace_42-a"));
}

#[rstest]
#[case::none(None)]
#[case::empty(Some(""))]
#[case::spaces(Some("a b"))]
#[case::punctuation(Some("a\";drop"))]
#[case::too_long(Some("a1234567890123456789012345678901234567890123456789012345678901234"))]
#[tokio::test]
async fn any_other_is_replaced(#[case] given: Option<&str>) {
    let gateway = TestGateway::start().await;
    let answer = ask(&gateway, given).await;
    let id = answer.header("x-request-id").expect("an id");
    assert!(uuid::Uuid::parse_str(id).is_ok(), "{id}");
    assert_eq!(gateway.catalogue.only_request().header("x-request-id"), Some(id));
    assert_eq!(gateway.people.only_request().header("x-request-id"), Some(id));
}

#[tokio::test]
async fn a_refusal_carries_it_too() {
    let gateway = TestGateway::start().await;
    let request = gateway.client.post(format!("{}/graphql", gateway.url)).header("x-request-id", "r1").body("{");
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-request-id")), (415, Some("r1")));
}
