//! The whole way: to the provider, back, and inside.

use std::time::Duration;

use feed::FeedPerson;
use kernel::Profile;

use super::{at_provider, ent, log_in, open};
use crate::harness::{Browser, Parameter, Provider, Register, Site};

fn identified(person: &FeedPerson) -> Vec<(&str, &str)> {
    person.identifiers.iter().map(|one| (&*one.system, &*one.value)).collect()
}

#[tokio::test]
async fn a_teacher_of_an_ent() {
    let (_provider, house) = open().await;
    let mut browser = Browser::new();
    let page = log_in(&house, &mut browser, "ent", "prof1").await;
    assert_eq!(page.header("location"), "/after");
    let session = house.session(&browser).await.expect("a session");
    assert_eq!((session.person, &*session.provider), (Register::id("ent", "prof1"), "ent"));
    assert!(session.sid.is_some() && session.id_token.is_some());
    let (provider, person) = house.people.asked().remove(0);
    assert_eq!((&*provider, &*person.key), ("ent", "prof1"));
    assert_eq!((person.given_name.as_deref(), person.family_name.as_deref()), (Some("Camille"), Some("Lestage")));
    assert_eq!(person.mails, ["camille.lestage@ent.example"]);
    assert_eq!(identified(&person), [("oidc:ent", "prof1"), ("ent:bordeaux", "AC-BORDEAUX$2001")]);
    let places: Vec<_> = person.places.iter().map(|place| (&*place.structure, place.profile)).collect();
    assert_eq!(places, [("0330001A", Profile::Teacher), ("0330002B", Profile::Teacher)]);
}

#[tokio::test]
async fn a_pupil_and_a_guardian_of_educonnect() {
    let (_provider, house) = open().await;
    for user in ["eleve1", "parent1"] {
        log_in(&house, &mut Browser::new(), "educonnect", user).await;
    }
    let asked = house.people.asked();
    let (pupil, guardian) = (&asked[0].1, &asked[1].1);
    assert_eq!(pupil.ine.as_deref(), Some("070000001AB"));
    assert_eq!(
        identified(pupil),
        [
            ("oidc:educonnect", "eleve1"),
            ("ine-hash", "aabbccddeeff00112233445566778899"),
            ("educonnect", "5f0c0ffee1"),
            ("aaf2d:ACA-04", "700001"),
        ]
    );
    assert_eq!((&*pupil.places[0].structure, pupil.places[0].mefstat4.as_deref()), ("0330001A", Some("2111")));
    assert_eq!(
        identified(guardian),
        [
            ("oidc:educonnect", "parent1"),
            ("educonnect", "5f0c0ffee2"),
            ("aaf2d:ACA-04", "800001"),
            ("aaf2d:ACA-20", "800002"),
        ]
    );
    assert!(guardian.places.is_empty() && guardian.ine.is_none());
}

#[tokio::test]
async fn the_user_is_chosen_on_the_providers_page() {
    let (provider, house) = open().await;
    let mut browser = Browser::new();
    let url = house.begin(&mut browser, "ent").await;
    let page = browser.get(url).await;
    let chooser = page.location().expect("it leads on");
    let page = browser.get(chooser.as_str()).await;
    assert!(page.text.contains("Qui êtes-vous"), "{}", page.text);
    let page = browser.get(chooser.with("user", Some("prof1"))).await;
    let back = browser.follow_to(&page, &house.base).await;
    assert_eq!(back.parameter("iss").as_deref(), Some(&*provider.issuer), "it says its name");
    assert_eq!(browser.get(back).await.status, 303);
}

/// Each way to sign, and each way to show the secret.
#[tokio::test]
async fn by_every_algorithm() {
    let names = ["rs:basic:RS256", "ps:post:PS256", "es:post:ES256", "ed:none:EdDSA"];
    let site = Site::bind().await;
    let provider = Provider::start(&site.base, &names);
    let config = |name: &str| {
        let mut config = ent(&provider);
        let (id, method) = (&name[..2], name.split(':').nth(1).expect("a method"));
        id.clone_into(&mut config.id);
        config.client_id = format!("passerelle-{id}");
        match method {
            "none" => config.client_secret_file = None,
            "post" => config.auth_method = sign_in::config::AuthMethod::Post,
            _ => {}
        }
        config
    };
    let house = site.open(names.iter().map(|name| config(name)).collect());
    for name in names {
        log_in(&house, &mut Browser::new(), &name[..2], "prof1").await;
    }
}

#[tokio::test]
async fn as_strongly_as_it_is_asked_for() {
    let site = Site::bind().await;
    let provider = Provider::start(&site.base, &super::NAMES);
    let mut strong = ent(&provider);
    strong.acr_values = vec!["eidas2".to_owned()];
    strong.max_age = Some(Duration::from_mins(5));
    let house = site.open(vec![strong]);
    log_in(&house, &mut Browser::new(), "ent", "prof1").await;
    let mut weak = Browser::new();
    let back = at_provider(&house, &mut weak, "ent", "parent1").await;
    let page = weak.get(back).await;
    house.refuses(&weak, &page, 403, "acr").await;
}

/// The provider's old keys are gone: the new ones are found at the next login.
#[tokio::test]
async fn keys_change() {
    let (provider, house) = open().await;
    log_in(&house, &mut Browser::new(), "ent", "prof1").await;
    provider.control("rotate").await;
    log_in(&house, &mut Browser::new(), "ent", "prof1").await;
    log_in(&house, &mut Browser::new(), "educonnect", "eleve1").await;
}

#[tokio::test]
async fn it_is_away_for_a_while() {
    let (provider, house) = open().await;
    let mut browser = Browser::new();
    let back = at_provider(&house, &mut browser, "ent", "prof1").await;
    provider.control("fault?status=503").await;
    let page = browser.get(back).await;
    house.refuses(&browser, &page, 503, "provider_away").await;
    provider.control("fault").await;
    log_in(&house, &mut browser, "ent", "prof1").await;
}
