//! A provider says that somebody logged out: when it is believed, and whose sessions end.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::Clock;
use serde_json::{Value, json};

use crate::harness::{Browser, CLIENT, House, Page, Pair, Rogue, state};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Two browsers of `s-1`, by the sids `a` and `b`, and one of `s-2` by `c`.
async fn three(rogue: &Rogue) -> (House, [Browser; 3]) {
    let house = House::beside(rogue).await;
    let mut browsers = [Browser::new(), Browser::new(), Browser::new()];
    for (browser, (subject, sid)) in browsers.iter_mut().zip([("s-1", "a"), ("s-1", "b"), ("s-2", "c")]) {
        let url = house.begin(browser, "op").await;
        let mut claims = rogue.claims(&url);
        claims["sub"] = subject.into();
        claims["sid"] = sid.into();
        rogue.gives(&rogue.key.sign(&claims));
        let page = house.come_back(browser, "op", &[("code", "c"), ("state", &state(&url))]).await;
        assert_eq!(page.status, 303, "{}", page.text);
    }
    (house, browsers)
}

fn claims(rogue: &Rogue) -> Value {
    let now = Clock::System.now().timestamp();
    json!({
        "iss": rogue.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": uuid::Uuid::now_v7(),
        "events": { EVENT: {} }, "sub": "s-1", "sid": "a",
    })
}

async fn tell(house: &House, token: &str) -> Page {
    Browser::new().post(&house.url("/auth/backchannel/op"), &[], &[("logout_token", token)]).await
}

async fn inside(house: &House, browsers: &[Browser; 3]) -> [bool; 3] {
    let [one, two, three] = browsers;
    [house.session(one).await.is_some(), house.session(two).await.is_some(), house.session(three).await.is_some()]
}

#[tokio::test]
async fn one_session_ends_by_its_name() {
    let rogue = Rogue::start().await;
    let (house, browsers) = three(&rogue).await;
    let page = tell(&house, &rogue.key.sign_as("logout+jwt", &claims(&rogue))).await;
    assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"), "{}", house.log());
    assert_eq!(inside(&house, &browsers).await, [false, true, true]);
    assert_eq!(house.ended().len(), 1);
}

#[tokio::test]
async fn all_sessions_of_an_account_end() {
    let rogue = Rogue::start().await;
    let (house, browsers) = three(&rogue).await;
    let mut claims = claims(&rogue);
    claims.as_object_mut().expect("an object").remove("sid");
    assert_eq!(tell(&house, &rogue.key.sign(&claims)).await.status, 200);
    assert_eq!(inside(&house, &browsers).await, [false, false, true]);
    assert_eq!(house.ended().len(), 2);
}

#[tokio::test]
async fn a_session_that_is_unknown_is_no_fault() {
    let rogue = Rogue::start().await;
    let (house, browsers) = three(&rogue).await;
    let mut claims = claims(&rogue);
    claims["sid"] = "unknown".into();
    assert_eq!(tell(&house, &rogue.key.sign(&claims)).await.status, 200);
    assert_eq!(inside(&house, &browsers).await, [true, true, true]);
}

#[tokio::test]
async fn a_token_is_good_once() {
    let rogue = Rogue::start().await;
    let (house, browsers) = three(&rogue).await;
    let mut claims = claims(&rogue);
    claims["sid"] = "unknown".into();
    let token = rogue.key.sign(&claims);
    assert_eq!(tell(&house, &token).await.status, 200);
    assert_eq!(tell(&house, &token).await.status, 400);
    assert!(house.log().contains("reason=\"replayed\""), "{}", house.log());
    assert_eq!(inside(&house, &browsers).await, [true, true, true]);
}

#[tokio::test]
async fn what_is_not_believed() {
    type Change = (&'static str, fn(&mut Value, i64));
    let cases: [Change; 18] = [
        ("issuer", |claims, _| claims["iss"] = "https://op.example".into()),
        ("audience", |claims, _| claims["aud"] = "another".into()),
        ("audience", |claims, _| claims["aud"] = json!([CLIENT, "another"])),
        ("audience", |claims, _| claims["aud"] = json!([])),
        ("time", |claims, now| claims["iat"] = (now - 600).into()),
        ("time", |claims, now| claims["iat"] = (now + 120).into()),
        ("time", |claims, now| claims["exp"] = (now - 1).into()),
        ("signature_or_claims", |claims, _| claims["iat"] = Value::Null),
        ("signature_or_claims", |claims, _| claims["jti"] = Value::Null),
        ("jti", |claims, _| claims["jti"] = "".into()),
        ("signature_or_claims", |claims, _| claims["events"] = Value::Null),
        ("events", |claims, _| claims["events"] = json!({})),
        ("events", |claims, _| claims["events"] = json!({ EVENT: true })),
        ("nonce", |claims, _| claims["nonce"] = "n".into()),
        ("subject", |claims, _| {
            claims["sid"] = Value::Null;
            claims["sub"] = Value::Null;
        }),
        ("subject", |claims, _| claims["sid"] = "".into()),
        ("signature_or_claims", |claims, _| claims["sid"] = 5.into()),
        ("signature_or_claims", |claims, _| claims["iss"] = Value::Null),
    ];
    let rogue = Rogue::start().await;
    let (house, browsers) = three(&rogue).await;
    for (number, (reason, change)) in cases.into_iter().enumerate() {
        let mut claims = claims(&rogue);
        change(&mut claims, Clock::System.now().timestamp());
        claims.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        let page = tell(&house, &rogue.key.sign(&claims)).await;
        refused(&house, &page, reason, number);
    }
    assert_eq!(inside(&house, &browsers).await, [true, true, true]);
}

fn refused(house: &House, page: &Page, reason: &str, number: usize) {
    let log = house.log();
    let last = log.lines().rfind(|line| line.contains("logout was refused")).unwrap_or_default();
    assert!(last.contains(&format!("reason=\"{reason}\"")), "{number}: {reason}: {last}");
    assert_eq!((page.status.as_u16(), page.header("cache-control")), (400, "no-store"), "{number}");
    assert_eq!(page.text, r#"{"error":"invalid_request"}"#);
}

#[tokio::test]
async fn what_is_signed_by_others() {
    let rogue = Rogue::start().await;
    let (house, browsers) = three(&rogue).await;
    let claims = claims(&rogue);
    let public = rogue.key.public().to_string();
    let shared = EncodingKey::from_secret(public.as_bytes());
    let unsigned = {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
        format!("{}.{}.", BASE64.encode(r#"{"alg":"none","kid":"k1"}"#), BASE64.encode(claims.to_string()))
    };
    for (number, (reason, token)) in [
        ("signature_or_claims", Pair::p256("k1").sign(&claims)),
        ("key", Pair::p256("k2").sign(&claims)),
        ("key", Pair::ed25519("k1").sign(&claims)),
        ("algorithm", rogue.key.sign_by(Header::new(Algorithm::HS256), &shared, &claims)),
        ("form", unsigned),
        ("form", "no token".to_owned()),
        ("missing", String::new()),
        ("length", "a".repeat(17 << 10)),
        ("type", rogue.key.sign_as("at+jwt", &claims)),
    ]
    .into_iter()
    .enumerate()
    {
        let page = tell(&house, &token).await;
        refused(&house, &page, reason, number);
    }
    assert_eq!(inside(&house, &browsers).await, [true, true, true]);
    assert!(rogue.asked("/jwks") <= 2, "unknown keys are looked for once in a while");
}

/// A token for logging in, which its owner has, logs nobody out.
#[tokio::test]
async fn an_id_token_is_no_logout_token() {
    let rogue = Rogue::start().await;
    let (house, mut browsers) = three(&rogue).await;
    let url = house.begin(&mut browsers[2], "op").await;
    let page = tell(&house, &rogue.key.sign(&rogue.claims(&url))).await;
    refused(&house, &page, "signature_or_claims", 0);
    assert_eq!(inside(&house, &browsers).await, [true, true, true]);
}
