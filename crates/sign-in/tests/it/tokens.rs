//! What comes for a code, and why it is not believed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Url;
use rstest::rstest;
use serde_json::{Value, json};
use sign_in::ProviderConfig;

use crate::harness::{Browser, CLIENT, House, Pair, Rogue, Site, state};

/// Logs in with the token that `make` makes of honest claims.
async fn with(
    rogue: &Rogue,
    config: ProviderConfig,
    make: impl FnOnce(&Rogue, Value, &Url) -> String,
) -> (House, Browser, crate::harness::Page) {
    let house = Site::bind().await.open(vec![config]);
    let mut browser = Browser::new();
    let url = house.begin(&mut browser, "op").await;
    rogue.gives(&make(rogue, rogue.claims(&url), &url));
    let page = house.come_back(&mut browser, "op", &[("code", "c"), ("state", &state(&url))]).await;
    (house, browser, page)
}

async fn refused(status: u16, reason: &str, make: impl FnOnce(&Rogue, Value, &Url) -> String) {
    let rogue = Rogue::start().await;
    let (house, browser, page) = with(&rogue, rogue.config("op"), make).await;
    house.refuses(&browser, &page, status, reason).await;
    assert!(house.people.asked().is_empty(), "{reason}: nobody was asked who it is");
}

/// A change of claims, and why the token is refused then.
type Change = (&'static str, fn(&mut Value, i64));

#[tokio::test]
async fn claims_that_are_not_ours() {
    let cases: [Change; 17] = [
        ("token_nonce", |claims, _| claims["nonce"] = "another".into()),
        ("token_nonce", |claims, _| claims["nonce"] = Value::Null),
        ("token_issuer", |claims, _| claims["iss"] = "https://op.example".into()),
        ("token_audience", |claims, _| claims["aud"] = "another".into()),
        ("token_audience", |claims, _| claims["aud"] = json!(["another"])),
        ("token_audience", |claims, _| claims["aud"] = json!([CLIENT, "another"])),
        ("token_audience", |claims, _| {
            claims["aud"] = json!([CLIENT, "another"]);
            claims["azp"] = "another".into();
        }),
        ("token_audience", |claims, _| claims["azp"] = "another".into()),
        ("token_time", |claims, now| claims["exp"] = (now - 1).into()),
        ("token_time", |claims, now| claims["iat"] = (now + 120).into()),
        ("token_time", |claims, now| claims["iat"] = (now - 3600).into()),
        ("token_at_hash", |claims, _| claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA".into()),
        ("token_subject", |claims, _| claims["sub"] = "".into()),
        ("token_subject", |claims, _| claims["sub"] = "a\nb".into()),
        ("token_subject", |claims, _| claims["sub"] = "a".repeat(256).into()),
        ("token_answer", |claims, _| claims["sub"] = Value::Null),
        ("token_answer", |claims, _| claims["exp"] = Value::Null),
    ];
    for (reason, change) in cases {
        refused(502, reason, |rogue, mut claims, _| {
            change(&mut claims, kernel::Clock::System.now().timestamp());
            let all = claims.as_object_mut().expect("an object");
            all.retain(|_, value| !value.is_null());
            rogue.key.sign(&claims)
        })
        .await;
    }
}

#[tokio::test]
async fn claims_that_are_allowed() {
    let cases: [fn(&mut Value); 4] = [
        |claims| claims["aud"] = json!([CLIENT]),
        |claims| {
            claims["aud"] = json!([CLIENT, "another"]);
            claims["azp"] = CLIENT.into();
        },
        |claims| claims["azp"] = CLIENT.into(),
        // Of the access token `at`, by SHA-256.
        |claims| claims["at_hash"] = "sda5G2fCr6XjIpiNlGJjjQ".into(),
    ];
    for (number, change) in cases.iter().enumerate() {
        let rogue = Rogue::start().await;
        let (house, browser, page) = with(&rogue, rogue.config("op"), |rogue, mut claims, _| {
            change(&mut claims);
            rogue.key.sign(&claims)
        })
        .await;
        assert_eq!(page.status, 303, "{number}: {}\n{}", page.text, house.log());
        assert!(house.session(&browser).await.is_some());
    }
}

#[tokio::test]
async fn without_a_signature() {
    for header in [r#"{"alg":"none"}"#, r#"{"alg":"none","kid":"k1"}"#, r#"{"alg":"ES256","kid":"k1"}"#] {
        refused(502, "token_signature", |_, claims, _| {
            format!("{}.{}.", BASE64.encode(header), BASE64.encode(claims.to_string()))
        })
        .await;
    }
}

/// Whoever knows the public key, or the client's secret, signs as if it were a secret of both sides.
#[tokio::test]
async fn signed_with_what_others_know() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, "the client's secret").expect("written");
    for by_secret in [false, true] {
        let rogue = Rogue::start().await;
        let config = ProviderConfig { client_secret_file: Some(file.clone()), ..rogue.config("op") };
        let (house, browser, page) = with(&rogue, config, |rogue, claims, _| {
            let public = rogue.key.public().to_string();
            let known = if by_secret { &b"the client's secret"[..] } else { public.as_bytes() };
            rogue.key.sign_by(Header::new(Algorithm::HS256), &EncodingKey::from_secret(known), &claims)
        })
        .await;
        house.refuses(&browser, &page, 502, "token_algorithm").await;
    }
}

#[tokio::test]
async fn signed_by_keys_that_are_not_the_providers() {
    refused(502, "token_key", |_, claims, _| Pair::p256("unknown").sign(&claims)).await;
    refused(502, "token_signature", |_, claims, _| Pair::p256("k1").sign(&claims)).await;
    refused(502, "token_key", |_, claims, _| Pair::ed25519("k1").sign(&claims)).await;
    // Another provider, honest in its own name, is none here.
    let other = Rogue::start().await;
    refused(502, "token_key", |_, claims, _| Pair::ed25519("other").sign(&claims)).await;
    refused(502, "token_issuer", |rogue, mut claims, _| {
        claims["iss"] = other.issuer.clone().into();
        rogue.key.sign(&claims)
    })
    .await;
}

#[rstest]
#[case::es256(Pair::p256("k"))]
#[case::eddsa(Pair::ed25519("k"))]
#[case::rs256(Pair::rsa("k", Algorithm::RS256))]
#[case::ps256(Pair::rsa("k", Algorithm::PS256))]
#[tokio::test]
async fn signed_by_any_allowed_algorithm(#[case] key: Pair) {
    let rogue = Rogue::start().await;
    rogue.publish(&[key.public()]);
    let (house, browser, page) = with(&rogue, rogue.config("op"), |_, claims, _| key.sign(&claims)).await;
    assert_eq!(page.status, 303, "{}\n{}", page.text, house.log());
    assert!(house.session(&browser).await.is_some());
}

#[tokio::test]
async fn an_algorithm_that_is_not_allowed() {
    let rogue = Rogue::start().await;
    let config =
        ProviderConfig { algorithms: [sign_in::config::SignatureAlgorithm::EdDsa].into(), ..rogue.config("op") };
    let (house, browser, page) = with(&rogue, config, |rogue, claims, _| rogue.key.sign(&claims)).await;
    house.refuses(&browser, &page, 502, "token_algorithm").await;
}

#[tokio::test]
async fn as_strongly_as_it_is_asked_for() {
    let cases: [(Option<&str>, Option<i64>, u16, &str); 6] = [
        (Some("eidas2"), Some(-60), 303, ""),
        (None, Some(-60), 403, "acr"),
        (Some("eidas1"), Some(-60), 403, "acr"),
        (Some("eidas2"), None, 403, "auth_time"),
        (Some("eidas2"), Some(-3600), 403, "auth_time"),
        (Some("eidas2"), Some(3600), 403, "auth_time"),
    ];
    for (acr, since, status, reason) in cases {
        let rogue = Rogue::start().await;
        let config = ProviderConfig {
            acr_values: vec!["eidas2".to_owned(), "eidas3".to_owned()],
            max_age: Some(std::time::Duration::from_mins(10)),
            ..rogue.config("op")
        };
        let (house, browser, page) = with(&rogue, config, |rogue, mut claims, _| {
            let now = kernel::Clock::System.now().timestamp();
            let told = [("acr", acr.map(Value::from)), ("auth_time", since.map(|since| (now + since).into()))];
            let told = told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
            claims.as_object_mut().expect("an object").extend(told);
            rogue.key.sign(&claims)
        })
        .await;
        if status == 303 {
            assert_eq!(page.status, 303, "{}", house.log());
        } else {
            house.refuses(&browser, &page, status, reason).await;
        }
    }
}

#[tokio::test]
async fn what_is_no_answer() {
    for (answer, reason) in [
        (json!({ "access_token": "at", "token_type": "Bearer" }), "token_missing"),
        (json!({ "token_type": "Bearer" }), "token_answer"),
        (json!([]), "token_answer"),
    ] {
        let rogue = Rogue::start().await;
        let house = House::beside(&rogue).await;
        let mut browser = Browser::new();
        let url = house.begin(&mut browser, "op").await;
        rogue.told().answers.insert("/token".to_owned(), answer);
        let page = house.come_back(&mut browser, "op", &[("code", "c"), ("state", &state(&url))]).await;
        house.refuses(&browser, &page, 502, reason).await;
    }
}

/// An access token that could be no header does not get as far as one.
#[tokio::test]
async fn an_access_token_with_line_ends() {
    let rogue = Rogue::start().await;
    rogue.tells("userinfo_endpoint", json!(format!("{}/userinfo", rogue.issuer)));
    let house = House::beside(&rogue).await;
    let mut browser = Browser::new();
    let url = house.begin(&mut browser, "op").await;
    let token = rogue.key.sign(&rogue.claims(&url));
    let answer = json!({ "access_token": "a\r\nx-evil: 1", "token_type": "Bearer", "id_token": token });
    rogue.told().answers.insert("/token".to_owned(), answer);
    let page = house.come_back(&mut browser, "op", &[("code", "c"), ("state", &state(&url))]).await;
    house.refuses(&browser, &page, 502, "token_access").await;
}

#[tokio::test]
async fn userinfo_completes_and_never_contradicts() {
    let rogue = Rogue::start().await;
    rogue.tells("userinfo_endpoint", json!(format!("{}/userinfo", rogue.issuer)));
    for (told, status) in [
        (json!({ "sub": "s-1", "given_name": "Autre", "family_name": "Essai" }), 303),
        (json!({ "sub": "s-2", "family_name": "Essai" }), 502),
        (json!({ "family_name": "Essai" }), 502),
    ] {
        rogue.told().answers.insert("/userinfo".to_owned(), told.clone());
        let (house, browser, page) = with(&rogue, rogue.config("op"), |rogue, mut claims, _| {
            claims["given_name"] = "Lou".into();
            rogue.key.sign(&claims)
        })
        .await;
        if status == 303 {
            assert_eq!(page.status, 303, "{}", house.log());
            let (provider, person) = house.people.asked().remove(0);
            let names = (person.given_name.as_deref(), person.family_name.as_deref());
            assert_eq!((&*provider, names), ("op", (Some("Lou"), Some("Essai"))));
            assert_eq!(person.identifiers[0].system, "oidc:op");
        } else {
            let reason = if told.get("sub").is_some() { "userinfo_subject" } else { "userinfo_answer" };
            house.refuses(&browser, &page, status, reason).await;
        }
    }
}

/// Keys change: the new one is looked for once, and a flood of made-up ones is none for the provider.
#[tokio::test]
async fn an_unknown_key_is_looked_for_but_rarely() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    let mut browser = Browser::new();
    house.log_in(&mut browser, &rogue).await;
    assert_eq!(rogue.asked("/jwks"), 1);
    let new = Pair::p256("k2");
    rogue.publish(&[new.public()]);
    let url = house.begin(&mut browser, "op").await;
    rogue.gives(&new.sign(&rogue.claims(&url)));
    let page = house.come_back(&mut browser, "op", &[("code", "c"), ("state", &state(&url))]).await;
    assert_eq!((page.status.as_u16(), rogue.asked("/jwks")), (303, 2), "{}", house.log());
    for number in 0..5 {
        let mut other = Browser::new();
        let url = house.begin(&mut other, "op").await;
        rogue.gives(&Pair::p256(&format!("made-up-{number}")).sign(&rogue.claims(&url)));
        let page = house.come_back(&mut other, "op", &[("code", "c"), ("state", &state(&url))]).await;
        house.refuses(&other, &page, 502, "token_key").await;
    }
    let mut other = Browser::new();
    let url = house.begin(&mut other, "op").await;
    rogue.honest(&url);
    let page = house.come_back(&mut other, "op", &[("code", "c"), ("state", &state(&url))]).await;
    house.refuses(&other, &page, 502, "token_key").await;
    assert_eq!(rogue.asked("/jwks"), 2, "the old key is gone, and nobody asked again");
}
