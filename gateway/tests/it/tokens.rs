//! Access tokens at the door: who is known by them, and who is turned away.

use kernel::{Perimeter, Principal, PrincipalKind};
use rstest::rstest;
use serde_json::json;
use service_kit::access_token::Grant;
use service_kit::principal_token::HEADER;

use crate::harness::{Answer, TestGateway};

const QUERY: &str = r#"{"query":"{ people { name } }"}"#;

async fn with_header(gateway: &TestGateway, values: &[&str]) -> Answer {
    let mut request =
        gateway.client.post(format!("{}/graphql", gateway.url)).header("content-type", "application/json");
    for value in values {
        request = request.header("authorization", *value);
    }
    Answer::of(request.body(QUERY).send().await.expect("an answer")).await
}

#[tokio::test]
async fn a_token_becomes_the_principal_that_subgraphs_are_told() {
    let gateway = TestGateway::builder().signed_for(&["people"]).with_issuer().start().await;
    let perimeter = Perimeter { territories: ["ACA-04".to_owned()].into(), ..Perimeter::default() };
    let grant = Grant {
        client: "portal".to_owned(),
        subject: Some("p-1".to_owned()),
        scopes: ["users:read".to_owned()].into(),
        perimeter: perimeter.clone(),
    };
    let answer = with_header(&gateway, &[&format!("bearer  {}", gateway.token(&grant))]).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    let call = gateway.people.only_request();
    assert_eq!(call.header("authorization"), None);
    let told = gateway.verifier().verify(call.header(HEADER).expect("a token")).expect("signed");
    assert_eq!((told.kind, told.client.as_deref()), (PrincipalKind::Person, Some("portal")));
    assert_eq!(told.person.map(|person| person.subject).as_deref(), Some("p-1"));
    assert_eq!((told.scopes, told.perimeter), (grant.scopes, perimeter));
}

#[tokio::test]
async fn without_the_header_nobody_is_known() {
    let gateway = TestGateway::builder().signed_for(&["people"]).with_issuer().start().await;
    assert_eq!(with_header(&gateway, &[]).await.status.as_u16(), 200);
    let call = gateway.people.only_request();
    assert_eq!(gateway.verifier().verify(call.header(HEADER).expect("a token")), Some(Principal::anonymous()));
}

#[rstest]
#[case(&["Bearer whatever"])]
#[case(&["Bearer "])]
#[case(&["Bearer"])]
#[case(&[""])]
#[case(&["Basic cG9ydGFsOnNlY3JldA=="])]
#[case(&["Bearer a", "Bearer b"])]
#[tokio::test]
async fn who_is_not_believed_is_told_so_and_nothing_is_asked_for_them(#[case] values: &[&str]) {
    let gateway = TestGateway::builder().with_issuer().start().await;
    let answer = with_header(&gateway, values).await;
    assert_eq!(answer.status.as_u16(), 401, "{}", answer.text);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(answer.code(), "UNAUTHENTICATED");
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn an_altered_token_another_issuers_and_one_beside_a_good_one_are_refused() {
    let gateway = TestGateway::builder().with_issuer().start().await;
    let other = TestGateway::builder().with_issuer().start().await;
    let good = format!("Bearer {}", gateway.token_with(&[]));
    assert_eq!(with_header(&gateway, &[&good]).await.status.as_u16(), 200);
    let altered = good.replacen("Bearer ey", "Bearer eY", 1);
    let foreign = format!("Bearer {}", other.token_with(&[]));
    for values in [vec![altered.as_str()], vec![foreign.as_str()], vec![good.as_str(), good.as_str()]] {
        assert_eq!(with_header(&gateway, &values).await.status.as_u16(), 401);
    }
}

#[tokio::test]
async fn a_get_is_refused_likewise_in_the_media_type_that_it_takes() {
    let gateway = TestGateway::builder().with_issuer().start().await;
    let request = gateway.client.get(format!("{}/graphql?query=%7B__typename%7D", gateway.url));
    let request = request.header("accept", "application/graphql-response+json").bearer_auth("x");
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!(answer.status.as_u16(), 401);
    assert_eq!(answer.header("content-type"), Some("application/graphql-response+json; charset=utf-8"));
}

#[tokio::test]
async fn where_there_is_no_issuer_the_header_means_nothing() {
    let gateway = TestGateway::start().await;
    for values in [&["Bearer whatever"][..], &["Basic x"], &["a", "b"]] {
        let answer = with_header(&gateway, values).await;
        assert_eq!(answer.status.as_u16(), 200);
        assert_eq!(answer.json(), json!({"data": {"people": [{"name": "Zola"}, {"name": "Montaigne"}]}}));
    }
}
