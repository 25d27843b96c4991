//! Machine clients: registered by an administrator, known by a secret, granted tokens, ended.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use db::testing::Backend;
use kernel::{EstablishmentKind, LegalStatus, Principal, PrincipalKind, Profile};
use rstest::rstest;
use serde_json::{Value, json};
use service_kit::access_token::Verifier;
use users::set_administrator;

use crate::house::{ECOLE, House, clock, code, registration};

const REGISTER: &str = "mutation ($input: RegisterClientInput!) { registerClient(input: $input) { clientSecret client { clientId name \
    scopes territories projects establishmentKinds legalStatus registeredAt revokedAt } } }";
const REVOKE: &str = "mutation { revokeClient(input: { clientId: \"vendor\" }) { revoked } }";
const GRANT: &str = "grant_type=client_credentials";
const FORM: &str = "application/x-www-form-urlencoded";

/// A house whose administrator asks.
async fn administered(backend: Backend) -> House {
    let mut house = House::new(backend).await;
    set_administrator(&house.store, &clock(), "alienor", "chief", true).await.expect("written");
    let chief = house.person(registration("chief", Profile::Staff, ECOLE, None)).await;
    house.by_person(chief).await;
    house
}

fn vendor() -> Value {
    json!({
        "clientId": "vendor", "name": "Éditeur d'ENT", "scopes": ["users:read", "productions:write"],
        "territories": ["ACA-04"], "projects": ["argos"], "establishmentKinds": ["COLLEGE"], "legalStatus": ["PUBLIC"],
    })
}

/// Registers the vendor. Its secret.
async fn registered(house: &House) -> String {
    let done = house.field(REGISTER, json!({ "input": vendor() }), "registerClient").await;
    done["clientSecret"].as_str().expect("a secret").to_owned()
}

async fn ask(house: &House, authorization: Option<String>, body: impl Into<Body>) -> (StatusCode, Value) {
    let (status, _, body) = whole(asked(house, authorization, body).await).await;
    (status, body)
}

async fn asked(house: &House, authorization: Option<String>, body: impl Into<Body>) -> Response {
    let mut request = Request::post("/oauth/token").header(header::CONTENT_TYPE, FORM);
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    house.subgraph.public(request.body(body.into()).expect("a request")).await
}

async fn whole(response: Response) -> (StatusCode, axum::http::HeaderMap, Value) {
    let (head, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.expect("a whole answer");
    (head.status, head.headers, serde_json::from_slice(&bytes).unwrap_or_default())
}

fn basic(client: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{client}:{secret}")))
}

fn posted(client: &str, secret: &str) -> String {
    format!("{GRANT}&client_id={client}&client_secret={secret}")
}

/// Whom a token makes known.
fn known(house: &House, answer: &Value) -> Principal {
    let verifier = Verifier::from_file(&house.issuer, clock()).expect("a key");
    verifier.verify(answer["access_token"].as_str().expect("a token")).expect("good")
}

#[rstest]
#[tokio::test]
async fn a_client_is_registered_with_a_secret_that_is_told_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = administered(backend).await;
    let done = house.field(REGISTER, json!({ "input": vendor() }), "registerClient").await;
    let mut expected = vendor();
    expected["registeredAt"] = json!("2018-11-20T09:00:00Z");
    expected["revokedAt"] = Value::Null;
    assert_eq!(done["client"], expected);
    let secret = done["clientSecret"].as_str().expect("a secret");
    assert!(secret.len() >= 43, "32 bytes");
    let kept = house.everything().await;
    assert!(!kept.iter().any(|(_, row)| row.contains(&crate::house::plain(secret))), "the secret is nowhere");
    let other = json!({ "clientId": "a-portal", "name": "Portail", "scopes": [] });
    let other = house.field(REGISTER, json!({ "input": other }), "registerClient").await;
    assert_ne!(other["clientSecret"], secret);
    let all = house.field("{ clients { clientId revokedAt } }", json!({}), "clients").await;
    assert_eq!(
        all,
        json!([{ "clientId": "a-portal", "revokedAt": null }, { "clientId": "vendor", "revokedAt": null }])
    );
}

#[rstest]
#[tokio::test]
async fn a_client_that_makes_no_sense_is_refused(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = administered(backend).await;
    let long = "a".repeat(101);
    for (field, bad) in [
        ("clientId", json!("")),
        ("clientId", json!("Vendor")),
        ("clientId", json!("a vendor")),
        ("clientId", json!("https://issuer#vendor")),
        ("clientId", json!("éditeur")),
        ("clientId", json!("passerelle")),
        ("clientId", json!(long)),
        ("name", json!(" ")),
        ("name", json!("Portal\nfake log line")),
        ("name", json!(long)),
        ("scopes", json!(["users:read", "users:write"])),
        ("scopes", json!([""])),
        ("territories", json!(["Bordeaux"])),
        ("territories", json!(["ACA-04", ""])),
        ("projects", json!(["argos", ""])),
        ("projects", json!(["argos\0"])),
    ] {
        let mut input = vendor();
        input[field] = bad.clone();
        let answer = house.subgraph.ask(REGISTER, json!({ "input": input })).await;
        assert_eq!(code(&answer), "BAD_USER_INPUT", "{field}: {bad}");
    }
    assert_eq!(house.count("clients").await, 0);
    registered(&house).await;
    assert_eq!(code(&house.subgraph.ask(REGISTER, json!({ "input": vendor() })).await), "CONFLICT");
    house.field(REVOKE, json!({}), "revokeClient").await;
    let taken = house.subgraph.ask(REGISTER, json!({ "input": vendor() })).await;
    assert_eq!(code(&taken), "CONFLICT", "a name that was ended stays taken: pseudonyms go by it");
}

#[rstest]
#[tokio::test]
async fn by_header_or_by_form_a_client_gets_a_token_of_what_it_was_granted(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = administered(backend).await;
    let secret = registered(&house).await;
    for (authorization, form) in [
        (Some(basic("vendor", &secret)), GRANT.to_owned()),
        (Some(basic("vendor", &secret)), format!("{GRANT}&client_id=vendor")),
        (None, posted("vendor", &secret)),
    ] {
        let (status, headers, answer) = whole(asked(&house, authorization, form).await).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(3600)));
        assert_eq!(answer["scope"], "productions:write users:read");
        let principal = known(&house, &answer);
        assert_eq!((principal.kind, principal.client.as_deref()), (PrincipalKind::Application, Some("vendor")));
        assert_eq!(principal.scopes, ["users:read", "productions:write"].map(str::to_owned).into());
        let perimeter = principal.perimeter;
        assert_eq!(perimeter.territories, ["ACA-04".to_owned()].into());
        assert_eq!(perimeter.projects, ["argos".to_owned()].into());
        assert_eq!(perimeter.kinds, [EstablishmentKind::College].into());
        assert_eq!(perimeter.legal_status, [LegalStatus::Public].into());
    }
}

#[rstest]
#[tokio::test]
async fn scopes_can_be_narrowed_and_not_widened(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = administered(backend).await;
    let secret = registered(&house).await;
    for (scope, granted) in [
        ("users%3Aread", Some("users:read")),
        ("users:read+productions:write", Some("productions:write users:read")),
        ("", Some("")),
        ("statistics:exact", None),
        ("users:read+statistics:exact", None),
    ] {
        let (status, answer) = ask(&house, Some(basic("vendor", &secret)), format!("{GRANT}&scope={scope}")).await;
        if let Some(granted) = granted {
            assert_eq!((status, &answer["scope"]), (StatusCode::OK, &json!(granted)));
            let scopes = known(&house, &answer).scopes;
            assert_eq!(scopes, granted.split_ascii_whitespace().map(str::to_owned).collect());
        } else {
            assert_eq!((status, &answer["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_scope")));
        }
    }
}

#[rstest]
#[tokio::test]
async fn who_does_not_prove_the_secret_gets_nothing(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = administered(backend).await;
    let secret = registered(&house).await;
    let hash = house.select("SELECT secret_hash FROM clients").await.remove(0);
    let both = format!("{GRANT}&client_secret={secret}");
    for (authorization, form) in [
        (Some(basic("vendor", "wrong")), GRANT.to_owned()),
        (Some(basic("vendor", "")), GRANT.to_owned()),
        (Some(basic("vendor", &hash)), GRANT.to_owned()),
        (Some(basic("nobody", &secret)), GRANT.to_owned()),
        (Some(basic("VENDOR", &secret)), GRANT.to_owned()),
        (Some(format!("Bearer {secret}")), GRANT.to_owned()),
        (Some("Basic".to_owned()), GRANT.to_owned()),
        (Some("Basic !!!".to_owned()), GRANT.to_owned()),
        (Some(format!("Basic {}", STANDARD.encode("vendor"))), GRANT.to_owned()),
        (Some(basic("vendor", &secret)), both),
        (None, GRANT.to_owned()),
        (None, format!("{GRANT}&client_id=vendor")),
        (None, posted("vendor", "wrong")),
        (None, posted("vendor%00", &secret)),
    ] {
        let told = format!("{authorization:?} {form}");
        let (status, headers, answer) = whole(asked(&house, authorization, form).await).await;
        assert_eq!((status, &answer["error"]), (StatusCode::UNAUTHORIZED, &json!("invalid_client")), "{told}");
        assert!(headers[header::WWW_AUTHENTICATE].to_str().expect("a text").starts_with("Basic"), "{told}");
        assert!(!answer.to_string().contains(&secret), "{told}");
    }
    house.field(REVOKE, json!({}), "revokeClient").await;
    assert_eq!(house.field(REVOKE, json!({}), "revokeClient").await, json!({ "revoked": false }), "once");
    let (status, _) = ask(&house, Some(basic("vendor", &secret)), GRANT).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "ended");
    let all = house.field("{ clients { revokedAt } }", json!({}), "clients").await;
    assert_eq!(all, json!([{ "revokedAt": "2018-11-20T09:00:00Z" }]));
}

#[rstest]
#[tokio::test]
async fn a_request_that_is_none_is_refused(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = administered(backend).await;
    let secret = registered(&house).await;
    for (form, error) in [
        ("grant_type=password&username=a&password=b", "unsupported_grant_type"),
        ("grant_type=authorization_code&code=x", "unsupported_grant_type"),
        ("scope=users:read", "unsupported_grant_type"),
        ("", "unsupported_grant_type"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&scope=users:read&scope=users:read", "invalid_request"),
    ] {
        let (status, answer) = ask(&house, Some(basic("vendor", &secret)), form).await;
        assert_eq!((status, &answer["error"]), (StatusCode::BAD_REQUEST, &json!(error)), "{form}");
    }
    let large = format!("{GRANT}&padding={}", "a".repeat(8 << 10));
    let (status, _) = ask(&house, Some(basic("vendor", &secret)), large).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let request = Request::get("/oauth/token").body(Body::empty()).expect("a request");
    assert_eq!(house.subgraph.public(request).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}
