//! What a real provider itself refuses, and what is refused of what it gave.

use super::{at_provider, open};
use crate::harness::{Browser, Parameter};

/// The request was altered on its way to the provider: the code is bound to another verifier, or to none.
#[tokio::test]
async fn a_verifier_that_does_not_belong_to_the_code() {
    let (_provider, house) = open().await;
    let other = "A".repeat(43);
    for (challenge, status, reason) in [(Some(&*other), 502, "code_refused"), (None, 400, "denied_by_provider")] {
        let mut browser = Browser::new();
        let url = house.begin(&mut browser, "ent").await.with("login_hint", Some("prof1"));
        let mut url = url.with("code_challenge", challenge);
        if challenge.is_none() {
            url = url.with("code_challenge_method", None);
        }
        let page = browser.get(url).await;
        let back = browser.follow_to(&page, &house.base).await;
        let page = browser.get(back).await;
        house.refuses(&browser, &page, status, reason).await;
    }
}

#[tokio::test]
async fn a_nonce_that_was_swapped() {
    let (_provider, house) = open().await;
    let mut browser = Browser::new();
    let url = house.begin(&mut browser, "ent").await.with("login_hint", Some("prof1")).with("nonce", Some("another"));
    let page = browser.get(url).await;
    let back = browser.follow_to(&page, &house.base).await;
    let page = browser.get(back).await;
    house.refuses(&browser, &page, 502, "token_nonce").await;
}

#[tokio::test]
async fn a_state_that_was_swapped() {
    let (_provider, house) = open().await;
    let (mut attacker, mut victim) = (Browser::new(), Browser::new());
    let own = at_provider(&house, &mut attacker, "ent", "prof1").await;
    let theirs = at_provider(&house, &mut victim, "ent", "parent1").await;
    // The code of the attacker, with the state that the victim's browser is bound to.
    let swapped = own.with("state", theirs.parameter("state").as_deref());
    let page = victim.get(swapped).await;
    house.refuses(&victim, &page, 502, "code_refused").await;
    // The victim's code, with the attacker's own state.
    let swapped = theirs.with("state", own.parameter("state").as_deref());
    let page = attacker.get(swapped).await;
    house.refuses(&attacker, &page, 502, "code_refused").await;
}

#[tokio::test]
async fn a_code_that_was_used() {
    let (_provider, house) = open().await;
    let mut browser = Browser::new();
    let back = at_provider(&house, &mut browser, "ent", "prof1").await;
    assert_eq!(browser.get(back.as_str()).await.status, 303);
    let mut attacker = Browser::new();
    let url = house.begin(&mut attacker, "ent").await;
    let replayed = back.with("state", url.parameter("state").as_deref());
    let page = attacker.get(replayed).await;
    house.refuses(&attacker, &page, 502, "code_refused").await;
}

/// A code that was given to one client, shown by the other.
#[tokio::test]
async fn a_code_of_another_client() {
    let (_provider, house) = open().await;
    let (mut attacker, mut victim) = (Browser::new(), Browser::new());
    let stolen = at_provider(&house, &mut victim, "ent", "prof1").await;
    let own = at_provider(&house, &mut attacker, "educonnect", "parent1").await;
    let mixed = own.with("code", stolen.parameter("code").as_deref());
    let page = attacker.get(mixed).await;
    house.refuses(&attacker, &page, 502, "code_refused").await;
}

#[tokio::test]
async fn the_callback_of_another_provider() {
    let (_provider, house) = open().await;
    let mut browser = Browser::new();
    let back = at_provider(&house, &mut browser, "ent", "prof1").await;
    let mut other = back.clone();
    other.set_path("/auth/callback/educonnect");
    let page = browser.get(other).await;
    house.refuses(&browser, &page, 400, "other_provider").await;
}

#[tokio::test]
async fn a_callback_in_another_browser() {
    let (_provider, house) = open().await;
    let (mut attacker, mut victim) = (Browser::new(), Browser::new());
    let back = at_provider(&house, &mut attacker, "ent", "prof1").await;
    let page = victim.get(back).await;
    house.refuses(&victim, &page, 400, "other_browser").await;
}
