//! What a token says, and who that makes known.

use kernel::{EstablishmentKind, Perimeter, PersonFacts, PrincipalKind};
use rstest::rstest;
use serde_json::{Value, json};
use service_kit::access_token::BadToken;

use super::*;

#[tokio::test]
async fn a_client_is_known_by_its_issuer_and_has_what_the_configuration_grants() {
    let scene = Scene::changed(|config| {
        config.allowed_scopes = ["users:read", "statistics:exact"].map(str::to_owned).into();
        config.territories = ["ACA-04".to_owned()].into();
        config.establishment_kinds = [EstablishmentKind::College].into();
    })
    .await;
    let scopes = json!({ "scope": "openid users:read productions:write" });
    let known = scene.says(&scopes).await.expect("good");
    assert_eq!((known.kind, &known.person), (PrincipalKind::Application, &None));
    assert_eq!(known.client, Some(format!("{}#portal", scene.server.url)));
    assert_eq!(known.scopes, ["users:read".to_owned()].into());
    let perimeter = Perimeter {
        territories: ["ACA-04".to_owned()].into(),
        kinds: [EstablishmentKind::College].into(),
        ..Perimeter::default()
    };
    assert_eq!(known.perimeter, perimeter);

    let person = scene.says(&json!({ "sub": "p-1", "scp": ["users:read"], "scope": null })).await.expect("good");
    assert_eq!((person.kind, &person.client), (PrincipalKind::Person, &known.client));
    assert_eq!(person.person, Some(PersonFacts { subject: "p-1".to_owned(), ..PersonFacts::default() }));
    assert_eq!(person.scopes, ["users:read".to_owned()].into());
}

#[tokio::test]
async fn nothing_is_granted_that_is_not_written_down() {
    let scene = Scene::new().await;
    let all = json!({
        "scope": "users:read statistics:exact",
        "passerelle": { "kind": "application", "territories": ["FR"], "projects": ["argos"] },
    });
    let known = scene.says(&all).await.expect("good");
    assert!(known.scopes.is_empty() && !known.perimeter.reaches_anything(), "{known:?}");
}

#[tokio::test]
async fn claims_have_the_names_that_the_configuration_gives_them() {
    let scene = Scene::new().await;
    let by_azp = scene.says(&json!({ "client_id": null, "azp": "portal" })).await.expect("good");
    assert_eq!(by_azp.client, Some(format!("{}#portal", scene.server.url)));

    let named = Scene::changed(|config| {
        config.client_claim = Some("appid".to_owned());
        config.scope_claim = Some("roles".to_owned());
        config.allowed_scopes = ["users:read".to_owned()].into();
    })
    .await;
    let claims = json!({ "appid": "app", "sub": "app", "roles": ["users:read"] });
    let known = named.says(&claims).await.expect("good");
    assert_eq!((known.kind, known.scopes.len()), (PrincipalKind::Application, 1));
    let usual = named.says(&json!({ "scope": "users:read" })).await;
    assert_eq!(usual, Err(Refused::Claim("appid".to_owned())), "the usual names mean nothing then");
}

#[rstest]
#[case(json!({ "aud": "urn:other" }), Refused::Audience)]
#[case(json!({ "aud": ["urn:other", 7] }), Refused::Audience)]
#[case(json!({ "aud": null }), Refused::Audience)]
#[case(json!({ "exp": null }), Refused::Claim("exp".to_owned()))]
#[case(json!({ "exp": "tomorrow" }), Refused::Claim("exp".to_owned()))]
#[case(json!({ "nbf": "today" }), Refused::Claim("nbf".to_owned()))]
#[case(json!({ "sub": null }), Refused::Claim("sub".to_owned()))]
#[case(json!({ "sub": "" }), Refused::Claim("sub".to_owned()))]
#[case(json!({ "sub": "a\nb" }), Refused::Claim("sub".to_owned()))]
#[case(json!({ "sub": "s".repeat(256) }), Refused::Claim("sub".to_owned()))]
#[case(json!({ "client_id": null }), Refused::Claim("client_id or azp".to_owned()))]
#[case(json!({ "client_id": 7, "azp": "portal" }), Refused::Claim("client_id".to_owned()))]
#[case(json!({ "cnf": { "jkt": "x" } }), Refused::Bound)]
#[tokio::test]
async fn a_signed_token_is_good_only_with_its_claims_in_order(#[case] changes: Value, #[case] refused: Refused) {
    assert_eq!(Scene::new().await.says(&changes).await, Err(refused), "{changes}");
}

#[tokio::test]
async fn one_audience_of_several_is_enough() {
    assert!(Scene::new().await.says(&json!({ "aud": ["urn:other", "urn:api"] })).await.is_ok());
}

#[tokio::test]
async fn clocks_may_differ_by_what_was_configured() {
    let scene = Scene::changed(|config| config.clock_skew = std::time::Duration::from_mins(1)).await;
    let noon = at(0).timestamp();
    let token = scene.pair.sign(&scene.with_claims(&json!({ "exp": noon + 100, "nbf": noon, "iat": noon })));
    for (seconds, expected) in [
        (-61, Some(Refused::NotYet)),
        (-60, None),
        (0, None),
        (159, None),
        (160, Some(Refused::Token(BadToken::Expired))),
        (7200, Some(Refused::Token(BadToken::Expired))),
    ] {
        assert_eq!(scene.verify(&token, seconds).await.err(), expected, "after {seconds} s, remembered or not");
    }
    let later = scene.says(&json!({ "nbf": noon + 61 })).await;
    assert_eq!(later, Err(Refused::NotYet));
    assert_eq!(scene.says(&json!({ "iat": noon + 61 })).await, Err(Refused::NotYet));
    // A moment may be a fraction, or beyond all clocks.
    assert!(scene.says(&json!({ "exp": 1e300, "nbf": 1.5e9 + 0.5 })).await.is_ok());
}
