//! Who asks, as subgraphs are told.

use kernel::Principal;
use service_kit::principal_token::HEADER;

use crate::harness::{Answer, TestGateway};

const QUERY: &str = r#"{"query":"{ people { name } best { stars } books { id } }"}"#;

#[tokio::test]
async fn the_principal_is_sent_to_subgraphs_of_the_house_and_to_no_others() {
    let gateway = TestGateway::builder().signed_for(&["people", "reviews"]).start().await;
    for _ in 0..2 {
        assert_eq!(gateway.post_bytes("application/json", QUERY).await.status.as_u16(), 200);
    }
    let requests: Vec<_> = gateway.people.requests().into_iter().chain(gateway.reviews.requests()).collect();
    let tokens: Vec<&str> = requests.iter().map(|request| request.header(HEADER).expect("a token")).collect();
    assert_eq!(tokens.len(), 4);
    assert!(tokens.iter().all(|token| *token == tokens[0]), "one token is made for a caller and reused");
    assert_eq!(gateway.verifier().verify(tokens[0]), Some(Principal::anonymous()));
    for request in gateway.catalogue.requests() {
        assert_eq!(request.header(HEADER), None);
    }
    assert_eq!(gateway.calls(), [2, 2, 2]);
}

#[tokio::test]
async fn entity_calls_carry_it_too() {
    let gateway = TestGateway::builder().signed_for(&["people"]).start().await;
    gateway.ask("{ books { author { name } } }").await;
    let call = gateway.people.only_request();
    assert_eq!(gateway.verifier().verify(call.header(HEADER).expect("a token")), Some(Principal::anonymous()));
}

#[tokio::test]
async fn without_a_key_nothing_is_sent() {
    let own = |config: &mut gateway::config::GatewayConfig| config.own_subgraphs = vec!["people".to_owned()];
    let gateway = TestGateway::builder().config(own).start().await;
    gateway.ask("{ people { name } }").await;
    assert_eq!(gateway.people.only_request().header(HEADER), None);
}

#[tokio::test]
async fn what_the_client_says_of_itself_is_not_passed_on() {
    let gateway = TestGateway::builder().signed_for(&["people"]).start().await;
    let request = gateway
        .client
        .post(format!("{}/graphql", gateway.url))
        .header("content-type", "application/json")
        .header("authorization", "Bearer abc")
        .header("cookie", "session=abc")
        .header(HEADER, "abc")
        .header("x-forwarded-for", "10.0.0.7")
        .body(QUERY);
    assert_eq!(Answer::of(request.send().await.expect("an answer")).await.status.as_u16(), 200);
    for stub in [&gateway.catalogue, &gateway.people, &gateway.reviews] {
        let request = stub.only_request();
        for name in ["authorization", "cookie", "x-forwarded-for"] {
            assert_eq!(request.header(name), None, "{name}");
        }
        assert_ne!(request.header(HEADER), Some("abc"));
    }
    assert!(gateway.verifier().verify(gateway.people.only_request().header(HEADER).expect("a token")).is_some());
}
