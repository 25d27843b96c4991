use std::path::Path;

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::{Clock, EstablishmentKind, LegalStatus, Perimeter, PersonFacts, Principal, PrincipalKind};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{AUDIENCE, BadToken, Grant, ISSUER, Issuer, LONGEST, Verifier};
use crate::keys::KeyFiles;

const NOON: &str = "2026-01-01T12:00:00Z";

fn at(text: &str) -> Clock {
    Clock::Fixed(text.parse().expect("a moment"))
}

fn keys() -> (TempDir, KeyFiles) {
    let folder = tempfile::tempdir().expect("a folder");
    let files = KeyFiles::of_issuer(folder.path());
    files.ensure().expect("keys");
    (folder, files)
}

fn verify(files: &KeyFiles, token: &str, when: &str) -> Result<Principal, BadToken> {
    Verifier::from_file(&files.public, at(when)).expect("a verifier").verify(token)
}

fn issue(files: &KeyFiles, grant: &Grant, lifetime: TimeDelta) -> String {
    Issuer::from_file(&files.private, at(NOON)).expect("an issuer").issue(grant, lifetime)
}

fn vendor() -> Grant {
    Grant {
        client: "vendor".to_owned(),
        subject: None,
        scopes: ["users:read".to_owned(), "deployments:write".to_owned()].into(),
        perimeter: Perimeter {
            territories: ["ACA-04".to_owned()].into(),
            kinds: [EstablishmentKind::College].into(),
            legal_status: [LegalStatus::Public].into(),
            projects: ["argos".to_owned()].into(),
        },
    }
}

/// Signs whatever is given with the installation's own key.
fn sign(private: &Path, typ: Option<&str>, claims: &Value) -> String {
    let key = EncodingKey::from_ed_pem(&std::fs::read(private).expect("read")).expect("a key");
    let header = Header { typ: typ.map(str::to_owned), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, claims, &key).expect("signed")
}

#[test]
fn what_was_granted_is_what_is_known() {
    let (_folder, files) = keys();
    let grant = vendor();
    let known = verify(&files, &issue(&files, &grant, TimeDelta::hours(1)), NOON).expect("good");
    assert_eq!(known.kind, PrincipalKind::Application);
    assert_eq!((known.client.as_deref(), known.person), (Some("vendor"), None));
    assert_eq!((known.scopes, known.perimeter), (grant.scopes, grant.perimeter));

    let person = Grant { client: "portal".to_owned(), subject: Some("p-1".to_owned()), ..Grant::default() };
    let known = verify(&files, &issue(&files, &person, TimeDelta::hours(1)), NOON).expect("good");
    let facts = PersonFacts { subject: "p-1".to_owned(), ..PersonFacts::default() };
    assert_eq!((known.kind, known.client.as_deref()), (PrincipalKind::Person, Some("portal")));
    assert_eq!(known.person, Some(facts));
    assert!(!known.perimeter.reaches_anything());
}

#[test]
fn a_token_has_the_shape_of_rfc_9068() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let (_folder, files) = keys();
    let token = issue(&files, &vendor(), TimeDelta::hours(1));
    let parts: Vec<Value> = token
        .split('.')
        .take(2)
        .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON"))
        .collect();
    assert_eq!(parts[0], json!({"typ": "at+jwt", "alg": "EdDSA"}));
    let mut claims = parts[1].clone();
    let id = claims["jti"].take();
    assert!(id.as_str().is_some_and(|id| id.len() == 36), "{id}");
    let iat = 1_767_268_800;
    assert_eq!(
        claims,
        json!({
            "iss": "urn:passerelle:installation", "aud": "urn:passerelle:api", "sub": "vendor", "client_id": "vendor",
            "scope": "deployments:write users:read", "iat": iat, "exp": iat + 3600, "jti": null,
            "passerelle": {
                "kind": "application", "territories": ["ACA-04"], "projects": ["argos"],
                "establishment_kinds": ["COLLEGE"], "legal_status": ["PUBLIC"],
            },
        })
    );
}

#[test]
fn it_expires_with_a_little_leeway_also_where_it_is_remembered() {
    let (_folder, files) = keys();
    let token = issue(&files, &vendor(), TimeDelta::hours(1));
    assert!(verify(&files, &token, "2026-01-01T13:00:29Z").is_ok());
    assert_eq!(verify(&files, &token, "2026-01-01T13:00:30Z"), Err(BadToken::Expired));
    assert_eq!(verify(&files, &token, "2026-01-01T11:59:29Z"), Err(BadToken::Invalid), "not issued yet");
    let mut verifier = Verifier::from_file(&files.public, at(NOON)).expect("a verifier");
    assert!(verifier.verify(&token).is_ok());
    verifier.clock = at("2026-01-01T13:00:30Z");
    assert_eq!(verifier.verify(&token), Err(BadToken::Expired));
}

#[test]
fn no_token_lives_longer_than_a_month() {
    let (_folder, files) = keys();
    let token = issue(&files, &vendor(), TimeDelta::days(400));
    assert!(verify(&files, &token, "2026-01-31T11:59:59Z").is_ok());
    assert_eq!(verify(&files, &token, "2026-01-31T12:00:31Z"), Err(BadToken::Expired));
    assert_eq!(LONGEST, TimeDelta::days(30));
}

#[test]
fn another_key_another_algorithm_and_an_altered_token_are_refused() {
    let (_folder, files) = keys();
    let (_other_folder, others) = keys();
    let good = issue(&files, &vendor(), TimeDelta::hours(1));
    let (head, signature) = good.rsplit_once('.').expect("three parts");
    let payload = head.split_once('.').expect("two parts").1;
    // {"alg":"none","typ":"at+jwt"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
    let public = std::fs::read(&files.public).expect("read");
    let hmac = jsonwebtoken::encode(
        &Header { typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::HS256) },
        &json!({}),
        &EncodingKey::from_secret(&public),
    )
    .expect("signed");
    for bad in [
        issue(&others, &vendor(), TimeDelta::hours(1)),
        format!("{head}."),
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{good}x"),
        good.replacen("ey", "eY", 1),
        hmac,
        String::new(),
        "whatever".to_owned(),
        "x".repeat(10_000),
    ] {
        let refused = verify(&files, &bad, NOON);
        assert!(matches!(refused, Err(BadToken::Invalid | BadToken::Malformed)), "{bad:.60}");
    }
}

#[test]
fn what_our_key_signed_is_a_token_only_with_every_claim_in_order() {
    let (_folder, files) = keys();
    let now = 1_767_268_800;
    let good = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "c", "client_id": "c", "scope": "", "iat": now, "exp": now + 60, "jti": "1",
        "passerelle": {"kind": "application"},
    });
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().expect("an object").remove(name);
        claims
    };
    assert!(verify(&files, &sign(&files.private, Some("at+jwt"), &good), NOON).is_ok());
    for typ in [None, Some("JWT"), Some("logout+jwt")] {
        assert_eq!(verify(&files, &sign(&files.private, typ, &good), NOON), Err(BadToken::Invalid), "{typ:?}");
    }
    let mut bad: Vec<Value> =
        ["iss", "aud", "sub", "client_id", "iat", "exp", "jti", "passerelle"].map(without).to_vec();
    bad.extend([
        with("iss", json!("https://elsewhere.example")),
        with("aud", json!("urn:somebody:else")),
        with("exp", json!("tomorrow")),
        with("client_id", json!("https://op.example#c")),
        with("passerelle", json!({"kind": "anonymous"})),
        with("passerelle", json!({"kind": "application", "establishment_kinds": ["CASTLE"]})),
        with("passerelle", json!({"kind": "application", "unheard": []})),
    ]);
    for claims in bad {
        let token = sign(&files.private, Some("at+jwt"), &claims);
        assert_eq!(verify(&files, &token, NOON), Err(BadToken::Invalid), "{claims}");
    }
}

#[test]
fn a_longer_token_than_8_kb_is_not_looked_at() {
    let (_folder, files) = keys();
    let grant = Grant { scopes: ["s".repeat(7_000)].into(), ..vendor() };
    let token = issue(&files, &grant, TimeDelta::hours(1));
    assert!(token.len() > 8 << 10);
    assert_eq!(verify(&files, &token, NOON), Err(BadToken::Invalid));
}

#[test]
fn the_issuers_pair_lies_beside_the_gateways() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, files) = keys();
    assert_eq!(files.private, folder.path().join("keys/issuer.pem"));
    assert_eq!(files.public, folder.path().join("keys/issuer.pub.pem"));
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&files.private), mode(&files.public)), (0o600, 0o644));
    assert!(!files.only_public());
    std::fs::remove_file(&files.private).expect("removed");
    assert!(files.only_public());
}
