//! People who ask: what the house knows of them is learned once, carried to subgraphs, and never guessed.

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use kernel::{PersonFacts, Profile};
use rstest::rstest;
use serde_json::{Value, json};
use service_kit::access_token::Grant;
use service_kit::principal_token::HEADER;

use crate::harness::{Reply, TestGateway};

const QUERY: &str = "{ people { name } }";

/// A gateway for which `reviews` is the service that knows people.
async fn gateway() -> TestGateway {
    let service = |config: &mut gateway::config::GatewayConfig| {
        "reviews".clone_into(&mut config.person_service);
        config.public_routes = [("catalogue".to_owned(), vec!["/files".to_owned()])].into();
        config.subgraph_timeout = Duration::from_millis(500);
    };
    let files = Router::new().route("/files/one", get(|| async { "a file" }));
    let builder = TestGateway::builder().with_issuer().config(service).public("catalogue", files);
    builder.signed_for(&["people", "reviews"]).start().await
}

fn person(gateway: &TestGateway) -> String {
    gateway.token(&Grant { client: "portal".to_owned(), subject: Some("p-1".to_owned()), ..Grant::default() })
}

fn known() -> Reply {
    Reply::Json(json!({ "data": { "callingPerson": {
        "personId": "id-1", "profiles": ["TEACHER"], "establishments": ["0350122T"], "workplaces": ["0350122T"], "classes": ["0350122T:CM2"],
        "inspects": ["ACA-14"], "administrator": true } } }))
}

/// What the last call to `people` said of who asks.
fn told(gateway: &TestGateway) -> PersonFacts {
    let last = gateway.people.requests().pop().expect("a call");
    let principal = gateway.verifier().verify(last.header(HEADER).expect("a token")).expect("signed");
    principal.person.expect("a person")
}

#[tokio::test]
async fn a_person_is_recognised_once_and_told_to_subgraphs() {
    let gateway = gateway().await;
    gateway.reviews.reply(known());
    for _ in 0..2 {
        let answer = gateway.ask_as(&person(&gateway), QUERY).await;
        assert_eq!(answer["errors"], Value::Null, "{answer}");
    }
    let facts = PersonFacts {
        subject: "p-1".to_owned(),
        person_id: Some("id-1".to_owned()),
        profiles: [Profile::Teacher].into(),
        establishments: ["0350122T".to_owned()].into(),
        workplaces: ["0350122T".to_owned()].into(),
        classes: ["0350122T:CM2".to_owned()].into(),
        inspects: ["ACA-14".to_owned()].into(),
        administrator: true,
        session: None,
    };
    assert_eq!(told(&gateway), facts);
    let asked = gateway.reviews.only_request();
    let asking = gateway.verifier().verify(asked.header(HEADER).expect("a token")).expect("signed");
    assert_eq!(asking.person, Some(PersonFacts { subject: "p-1".to_owned(), ..PersonFacts::default() }));
    let another = Grant { client: "other".to_owned(), subject: Some("p-1".to_owned()), ..Grant::default() };
    gateway.ask_as(&gateway.token(&another), QUERY).await;
    assert_eq!(gateway.reviews.calls(), 2, "the same pseudonym of another client is another person");
}

#[tokio::test]
async fn nobody_is_asked_about_applications_and_the_unknown() {
    let gateway = gateway().await;
    gateway.ask_as(&gateway.token_with(&[]), QUERY).await;
    gateway.ask(QUERY).await;
    assert_eq!(gateway.reviews.calls(), 0);
}

/// A supergraph of others, whose people come with tokens all the same.
#[tokio::test]
async fn a_graph_without_a_service_of_people_has_nobody_to_ask() {
    let gateway = TestGateway::builder().with_issuer().signed_for(&["people", "users"]).start().await;
    let answer = gateway.ask_as(&person(&gateway), QUERY).await;
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    assert_eq!(told(&gateway), PersonFacts { subject: "p-1".to_owned(), ..PersonFacts::default() });
    assert_eq!(gateway.reviews.calls(), 0);
}

#[rstest]
#[case(Reply::html())]
#[case(Reply::Never)]
#[case(Reply::BreaksOff)]
#[case(Reply::Json(json!({ "data": null, "errors": [{ "message": "no" }] })))]
#[case(Reply::Json(json!({ "data": { "callingPerson": { "personId": 7 } } })))]
#[case(Reply::Json(json!({ "data": { "callingPerson": null }, "errors": [{ "message": "no" }] })))]
#[tokio::test]
async fn who_cannot_be_recognised_has_anybodys_rights_and_is_told_so(#[case] reply: Reply) {
    let gateway = gateway().await;
    gateway.reviews.reply(reply);
    let answer = gateway.ask_as(&person(&gateway), QUERY).await;
    assert_eq!(answer["data"]["people"][0]["name"], "Zola");
    let errors = answer["errors"].as_array().expect("errors");
    assert_eq!(
        (errors.len(), &errors[0]["extensions"]),
        (1, &json!({ "code": "UPSTREAM_UNAVAILABLE", "service": "reviews" }))
    );
    assert_eq!(told(&gateway), PersonFacts { subject: "p-1".to_owned(), ..PersonFacts::default() });

    let file = gateway.client.get(format!("{}/files/one", gateway.url)).bearer_auth(person(&gateway));
    assert_eq!(file.send().await.expect("an answer").status().as_u16(), 502, "and is not told that nothing is there");

    assert_eq!(gateway.reviews.calls(), 1, "who asks again at once is not made to wait again");

    gateway.reviews.reply(known());
    // A failure is remembered for a second.
    let begun = Instant::now();
    let answer = loop {
        let answer = gateway.ask_as(&person(&gateway), QUERY).await;
        if answer["errors"].is_null() {
            break answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{answer}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!((&answer["errors"], told(&gateway).establishments.len()), (&Value::Null, 1), "and no longer");
}

#[tokio::test]
async fn a_pseudonym_that_is_nobodys_is_no_failure() {
    let gateway = gateway().await;
    gateway.reviews.reply(Reply::Json(json!({ "data": { "callingPerson": null } })));
    let answer = gateway.ask_as(&person(&gateway), QUERY).await;
    assert_eq!(answer["errors"], Value::Null);
    assert_eq!(told(&gateway), PersonFacts { subject: "p-1".to_owned(), ..PersonFacts::default() });
}
