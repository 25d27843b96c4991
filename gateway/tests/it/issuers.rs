//! Access tokens of other issuers at the door. Which of them are good is tried where they are checked (`src/issuers/tests/`).

use std::path::PathBuf;

use axum::Router;
use axum::routing::get;
use chrono::TimeDelta;
use gateway::config::{GatewayConfig, IssuerConfig};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use kernel::{Clock, Perimeter, Principal, PrincipalKind};
use rstest::rstest;
use serde_json::{Value, json};
use service_kit::keys::KeyFiles;
use service_kit::principal_token::HEADER;
use tempfile::TempDir;

use crate::harness::{Answer, Builder, Reply, TestGateway};

const NAME: &str = "https://op.example";
const QUERY: &str = "{ people { name } }";

/// An issuer whose keys lie in a file.
struct Op {
    folder: TempDir,
    private: EncodingKey,
}

impl Op {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let files = KeyFiles::of_issuer(folder.path());
        files.ensure().expect("keys");
        let read = |path| std::fs::read(path).expect("a key");
        let public = DecodingKey::from_ed_pem(&read(&files.public)).expect("a key");
        let key = Jwk::from_decoding_key(&public, Some(Algorithm::EdDSA)).expect("a key");
        std::fs::write(folder.path().join("keys.json"), json!({ "keys": [key] }).to_string()).expect("written");
        Self { private: EncodingKey::from_ed_pem(&read(&files.private)).expect("a key"), folder }
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys.json")
    }

    fn config(&self) -> IssuerConfig {
        IssuerConfig {
            issuer: NAME.to_owned(),
            jwks_file: Some(self.keys()),
            audiences: ["urn:api".to_owned()].into(),
            allowed_scopes: ["users:read".to_owned()].into(),
            territories: ["ACA-04".to_owned()].into(),
            ..IssuerConfig::default()
        }
    }

    /// A token for `subject`, given to the client `portal`.
    fn token(&self, subject: &str, audience: &str) -> String {
        let now = Clock::System.now();
        let claims = json!({
            "iss": NAME, "aud": audience, "sub": subject, "client_id": "portal", "scope": "users:read",
            "iat": now.timestamp(), "exp": (now + TimeDelta::hours(1)).timestamp(),
        });
        let header = Header { typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &self.private).expect("signed")
    }
}

fn knowing(op: &Op) -> Builder {
    TestGateway::builder().signed_for(&["people"]).config(|config| config.issuers = vec![op.config()])
}

async fn ask(gateway: &TestGateway, token: &str) -> Answer {
    let request = gateway.client.post(format!("{}/graphql", gateway.url)).bearer_auth(token);
    Answer::of(request.json(&json!({ "query": QUERY })).send().await.expect("an answer")).await
}

/// Who `people` was told to be asked by.
fn told(gateway: &TestGateway) -> Principal {
    let call = gateway.people.requests().pop().expect("a call");
    gateway.verifier().verify(call.header(HEADER).expect("a token")).expect("signed")
}

#[tokio::test]
async fn subgraphs_are_told_whose_client_asks() {
    let op = Op::new();
    let gateway = knowing(&op).start().await;
    let answer = ask(&gateway, &op.token("portal", "urn:api")).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    let perimeter = Perimeter { territories: ["ACA-04".to_owned()].into(), ..Perimeter::default() };
    let expected = Principal {
        scopes: ["users:read".to_owned()].into(),
        perimeter,
        ..Principal::application("https://op.example#portal")
    };
    assert_eq!(told(&gateway), expected);
    let another = TestGateway::builder().with_issuer().start().await;
    let refused = ask(&gateway, &another.token_with(&[])).await;
    assert_eq!(refused.status.as_u16(), 401, "this gateway has no issuer of its own: {}", refused.text);
}

#[tokio::test]
async fn the_own_issuer_stays_beside_it() {
    let op = Op::new();
    let gateway = knowing(&op).with_issuer().start().await;
    assert_eq!(ask(&gateway, &gateway.token_with(&[])).await.status.as_u16(), 200);
    assert_eq!(told(&gateway), Principal::application("portal"));
    assert_eq!(ask(&gateway, &op.token("portal", "urn:api")).await.status.as_u16(), 200);
    assert_eq!(told(&gateway).client.as_deref(), Some("https://op.example#portal"));
}

#[rstest]
#[case::opaque("whatever".to_owned(), "no JWT")]
#[case::forged(Op::new().token("portal", "urn:api"), "its issuer has not signed it")]
#[case::long("x".repeat(9000), "8 KB")]
#[tokio::test]
async fn who_is_not_believed_is_told_why_and_nothing_is_asked_for_them(#[case] token: String, #[case] why: &str) {
    let op = Op::new();
    let gateway = knowing(&op).start().await;
    let answer = ask(&gateway, &token).await;
    assert_eq!(answer.status.as_u16(), 401, "{}", answer.text);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    assert_eq!(answer.code(), "UNAUTHENTICATED");
    assert!(answer.message().contains(why), "{}", answer.text);
    let other = ask(&gateway, &op.token("portal", "urn:other")).await;
    assert_eq!((other.status.as_u16(), other.code().as_str()), (401, "UNAUTHENTICATED"));
    assert!(other.message().contains("for another API"), "{}", other.text);
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn a_token_that_cannot_be_checked_is_not_its_bearers_fault() {
    let op = Op::new();
    std::fs::remove_file(op.keys()).expect("removed");
    let gateway = knowing(&op).start().await;
    let answer = ask(&gateway, &op.token("portal", "urn:api")).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (502, "UPSTREAM_UNAVAILABLE"), "{}", answer.text);
    assert_eq!(answer.header("www-authenticate"), None);
    assert!(!answer.text.contains("keys.json"), "where keys are is nobody's to know: {}", answer.text);
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn a_person_is_asked_about_under_the_issuers_client() {
    let op = Op::new();
    let service = |config: &mut GatewayConfig| "reviews".clone_into(&mut config.person_service);
    let gateway = knowing(&op).config(service).signed_for(&["people", "reviews"]).start().await;
    gateway.reviews.reply(Reply::Json(json!({ "data": { "callingPerson": null } })));
    let answer = ask(&gateway, &op.token("p-1", "urn:api")).await.json();
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    let asked = gateway.reviews.only_request();
    let asking = gateway.verifier().verify(asked.header(HEADER).expect("a token")).expect("signed");
    assert_eq!((asking.kind, asking.client.as_deref()), (PrincipalKind::Person, Some("https://op.example#portal")));
    assert_eq!(told(&gateway).person.map(|person| person.subject).as_deref(), Some("p-1"));
}

#[tokio::test]
async fn public_routes_know_them_too() {
    let op = Op::new();
    let routes = |config: &mut GatewayConfig| {
        config.public_routes = [("catalogue".to_owned(), vec!["/files".to_owned()])].into();
    };
    let files = Router::new().route("/files/one", get(|| async { "a file" }));
    let gateway = knowing(&op).config(routes).public("catalogue", files).start().await;
    let file = async |token: &str| {
        let request = gateway.client.get(format!("{}/files/one", gateway.url)).bearer_auth(token);
        Answer::of(request.send().await.expect("an answer")).await
    };
    assert_eq!(file(&op.token("portal", "urn:api")).await.text, "a file");
    let refused = file(&op.token("portal", "urn:other")).await;
    assert_eq!((refused.status.as_u16(), refused.json()["code"].as_str()), (401, Some("UNAUTHENTICATED")));
    assert_eq!(refused.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
}
