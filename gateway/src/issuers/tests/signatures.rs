//! Whose tokens they are: keys, algorithms and headers.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kernel::PrincipalKind;
use rstest::rstest;
use serde_json::{Value, json};
use service_kit::access_token::{BadToken, Grant, ISSUER, Issuer, Verifier};
use service_kit::keys::KeyFiles;

use super::*;
use crate::config::SignatureAlgorithm;

#[tokio::test]
async fn each_kind_of_key_signs_by_its_algorithm() {
    for (pair, other) in [
        (Pair::ed25519("k"), Algorithm::ES256),
        (Pair::p256("k"), Algorithm::EdDSA),
        (Pair::rsa("k", 2048), Algorithm::PS256),
    ] {
        let scene = Scene::with(pair, |_| {}).await;
        let known = scene.verify(&scene.token(), 0).await.expect("good");
        assert_eq!(known.kind, PrincipalKind::Application);
        let header = Header { alg: other, ..scene.pair.header() };
        if let Ok(token) = encode(&header, &scene.claims(), &scene.pair.private) {
            assert_eq!(scene.verify(&token, 0).await, Err(Refused::Header), "{other:?} is not among its algorithms");
        }
    }
}

#[tokio::test]
async fn no_algorithm_but_the_keys_own_is_accepted() {
    let rsa = Pair::rsa("k", 2048);
    let public = rsa.public();
    let modulus = public["n"].as_str().expect("a modulus").to_owned();
    let scene = Scene::with(rsa, |config| {
        config.algorithms.insert(SignatureAlgorithm::Ps256);
        config.algorithms.insert(SignatureAlgorithm::Rs384);
    })
    .await;
    let good = scene.token();
    assert!(scene.verify(&good, 0).await.is_ok());
    let payload = good.split('.').nth(1).expect("three parts");
    let signature = good.split('.').nth(2).expect("three parts");

    // What everybody knows of the key, as a secret.
    for secret in [modulus.as_bytes(), public.to_string().as_bytes()] {
        let header = Header { alg: Algorithm::HS256, ..scene.pair.header() };
        let token = encode(&header, &scene.claims(), &EncodingKey::from_secret(secret)).expect("signed");
        assert_eq!(scene.verify(&token, 0).await, Err(Refused::Header));
    }
    // {"alg":"none","typ":"at+jwt","kid":"k"} and {"alg":"None"...
    for none in
        ["eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoiayJ9", "eyJhbGciOiJOb25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoiayJ9"]
    {
        for signature in ["", signature] {
            let token = format!("{none}.{payload}.{signature}");
            assert_eq!(scene.verify(&token, 0).await, Err(Refused::Header));
        }
    }
    // A key of another kind, under the name of the RSA key.
    for pair in [Pair::p256("k"), Pair::ed25519("k")] {
        assert_eq!(scene.verify(&pair.sign(&scene.claims()), 0).await, Err(Refused::Key));
    }
    // The set says RS256 of this key: it signs by nothing else.
    scene.server.reply(Reply::Keys(set([scene.pair.public_with(&json!({ "alg": "RS256" }))])));
    let again = Scene { issuers: Issuers::of(None, &[allowing_ps256(&scene)]), ..scene };
    for alg in [Algorithm::PS256, Algorithm::RS384] {
        let token = again.pair.sign_as(&Header { alg, ..again.pair.header() }, &again.claims());
        assert_eq!(again.verify(&token, 0).await, Err(Refused::Key), "{alg:?}");
    }
    assert!(again.verify(&good, 0).await.is_ok());
}

fn allowing_ps256(scene: &Scene) -> IssuerConfig {
    use SignatureAlgorithm::{Ps256, Rs256, Rs384};
    IssuerConfig { algorithms: [Rs256, Rs384, Ps256].into(), ..scene.server.config() }
}

#[tokio::test]
async fn altered_tokens_and_those_of_other_keys_are_refused() {
    let scene = Scene::new().await;
    let good = scene.token();
    let (head, _) = good.rsplit_once('.').expect("three parts");
    let stranger = Pair::ed25519("k");
    let other = scene.pair.sign(&scene.with_claims(&json!({ "sub": "another" })));
    let (_, signature) = other.rsplit_once('.').expect("three parts");
    assert_eq!(scene.verify(&format!("{head}.{signature}"), 0).await, Err(Refused::Signature));
    assert_eq!(scene.verify(&stranger.sign(&scene.claims()), 0).await, Err(Refused::Signature));
    assert_eq!(scene.verify(&format!("{head}."), 0).await, Err(Refused::Signature));
    for broken in ["", "whatever", "a.b", "a.b.c", "a.b.c.d", &format!("x{good}.y"), head] {
        assert!(scene.verify(broken, 0).await.is_err(), "{broken}");
    }
    let before = scene.server.fetched();
    let long = scene.pair.sign(&scene.with_claims(&json!({ "jti": "x".repeat(8 << 10) })));
    assert_eq!(scene.verify(&long, 0).await, Err(Refused::TooLong));
    assert_eq!(scene.server.fetched(), before, "and nothing is done for it");
}

#[tokio::test]
async fn the_header_says_what_kind_of_token_it_is_and_asks_for_nothing() {
    let scene = Scene::new().await;
    let as_type = |typ: Option<&str>| {
        let header = Header { typ: typ.map(str::to_owned), ..scene.pair.header() };
        scene.pair.sign_as(&header, &scene.claims())
    };
    for typ in [Some("at+jwt"), Some("AT+JWT"), Some("application/at+jwt"), Some("JWT"), None] {
        assert!(scene.verify(&as_type(typ), 0).await.is_ok(), "{typ:?}");
    }
    for typ in ["logout+jwt", "secevent+jwt", "dpop+jwt", ""] {
        assert_eq!(scene.verify(&as_type(Some(typ)), 0).await, Err(Refused::Type), "{typ}");
    }
    let header = Header { crit: Some(vec!["exp".to_owned()]), ..scene.pair.header() };
    let token = scene.pair.sign_as(&header, &scene.claims());
    assert_eq!(scene.verify(&token, 0).await, Err(Refused::Critical));

    let strict = Scene::changed(|config| config.token_types = ["at+jwt".to_owned()].into()).await;
    let header = Header { typ: None, ..strict.pair.header() };
    let token = strict.pair.sign_as(&header, &strict.claims());
    assert_eq!(strict.verify(&token, 0).await, Err(Refused::Type));
}

#[tokio::test]
async fn a_key_is_its_issuers_whatever_it_is_called() {
    let (one, two) = (Pair::ed25519("k"), Pair::ed25519("k"));
    let first = Server::start(Reply::Keys(set([one.public(), Pair::ed25519("only-there").public()]))).await;
    let second = Server::start(Reply::Keys(set([two.public()]))).await;
    let issuers = Issuers::of(None, &[first.config(), second.config()]);
    let verify = async |pair: &Pair, issuer: &str| issuers.verify_at(&pair.sign(&said(issuer)), at(0)).await;
    let (known, also) = (verify(&one, &first.url).await, verify(&two, &second.url).await);
    assert_eq!(known.expect("good").client, Some(format!("{}#portal", first.url)));
    assert_eq!(also.expect("good").client, Some(format!("{}#portal", second.url)), "another client");
    assert_eq!(verify(&one, &second.url).await, Err(Refused::Signature));
    assert_eq!(verify(&two, &first.url).await, Err(Refused::Signature));
    assert_eq!(verify(&Pair::ed25519("only-there"), &second.url).await, Err(Refused::Key));
    assert_eq!(verify(&one, "https://stranger.example").await, Err(Refused::Issuer));
    assert_eq!(verify(&one, &format!("{}/", first.url)).await, Err(Refused::Issuer), "not letter by letter");
}

#[tokio::test]
async fn the_installations_own_issuer_stays_beside_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = KeyFiles::of_issuer(folder.path());
    files.ensure().expect("keys");
    let scene = Scene::new().await;
    let own = Verifier::from_file(&files.public, Clock::Fixed(at(0))).expect("a key");
    let both = Scene { issuers: Issuers::of(Some(own), &[scene.server.config()]), ..scene };
    let grant = Grant { client: "portal".to_owned(), ..Grant::default() };
    let token = Issuer::from_file(&files.private, Clock::Fixed(at(0))).expect("a key");
    let token = token.issue(&grant, TimeDelta::hours(1));
    assert_eq!(both.verify(&token, 0).await, Ok(Principal::application("portal")));
    assert!(both.verify(&both.token(), 0).await.is_ok());
    let forged = both.pair.sign(&said(ISSUER));
    assert_eq!(both.verify(&forged, 0).await, Err(Refused::Token(BadToken::Invalid)));

    let others_alone = Issuers::of(None, &[both.server.config()]);
    assert_eq!(others_alone.verify_at(&token, at(0)).await, Err(Refused::Issuer));
    assert!(others_alone.any() && !Issuers::of(None, &[]).any());
}

#[rstest]
#[case(json!({ "use": "enc" }))]
#[case(json!({ "use": null, "key_ops": ["encrypt"] }))]
#[case(json!({ "alg": "RS256" }))]
#[case(json!({ "crv": "P-256" }))]
#[case(json!({ "x": "AAAA" }))]
#[case(json!({ "kty": "oct", "k": "AAAA" }))]
#[case(json!({ "kty": "AKP" }))]
#[case(json!({ "kid": 7 }))]
#[tokio::test]
async fn a_key_that_is_not_for_this_is_as_good_as_none(#[case] parameters: Value) {
    let good = Pair::ed25519("good");
    let scene = Scene::new().await;
    scene.server.reply(Reply::Keys(set([scene.pair.public_with(&parameters), good.public()])));
    assert_eq!(scene.verify(&scene.token(), 0).await, Err(Refused::Key), "{parameters}");
    assert!(scene.verify(&good.sign(&scene.claims()), 0).await.is_ok(), "and takes no other with it");
}

#[tokio::test]
async fn a_short_key_is_as_good_as_none() {
    let scene = Scene::with(Pair::rsa("k", 1024), |_| {}).await;
    assert_eq!(scene.verify(&scene.token(), 0).await, Err(Refused::Key));
}

#[tokio::test]
async fn a_token_that_names_no_key_means_the_only_one_that_fits() {
    let scene = Scene::new().await;
    let header = Header { kid: None, ..scene.pair.header() };
    let token = scene.pair.sign_as(&header, &scene.claims());
    scene.server.reply(Reply::Keys(set([Pair::p256("e").public(), scene.pair.public()])));
    assert!(scene.verify(&token, 0).await.is_ok());

    let scene = Scene::with(scene.pair, |_| {}).await;
    scene.server.reply(Reply::Keys(set([scene.pair.public(), Pair::ed25519("second").public()])));
    let token = scene.pair.sign_as(&header, &scene.claims());
    assert_eq!(scene.verify(&token, 0).await, Err(Refused::Key), "which of two, nobody says");
}
