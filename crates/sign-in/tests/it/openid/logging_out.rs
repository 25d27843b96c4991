//! Logging out at a real provider, by the browser and behind it.

use super::{log_in, open};
use crate::harness::Browser;

/// By the button here, over the provider's page, and back.
#[tokio::test]
async fn by_the_browser() {
    let (_provider, house) = open().await;
    let mut browser = Browser::new();
    log_in(&house, &mut browser, "ent", "prof1").await;
    let token = browser.get(house.url("/auth/logout")).await.field("token");
    let own = [("sec-fetch-site", "same-origin"), ("origin", &*house.base)];
    let page = browser.post(&house.url("/auth/logout"), &own, &[("token", &*token)]).await;
    let there = page.location().expect("it leads to the provider");
    let page = browser.get(there.as_str()).await;
    assert!(page.text.contains("Se déconnecter"), "the provider asks: {}", page.text);
    let action =
        page.text.split("action=\"").nth(1).and_then(|from| from.split('"').next()).expect("a form").to_owned();
    let xsrf = page.text.split("name=\"xsrf\" value=\"").nth(1).and_then(|from| from.split('"').next());
    let form = [("xsrf", xsrf.expect("a field")), ("logout", "yes")];
    let page = browser.post(&action, &[], &form).await;
    let back = page.location().expect("it leads back");
    assert!(back.as_str().starts_with(&house.url("/auth/logged-out?state=")), "{back}");
    assert!(house.session(&browser).await.is_none());
    // There, too, nobody is logged in any more.
    let url = house.begin(&mut browser, "ent").await;
    let page = browser.get(url).await;
    assert!(page.location().expect("it leads on").path().starts_with("/interaction/"), "the provider asks who it is");
}

/// The provider tells, without any browser.
#[tokio::test]
async fn behind_the_browser() {
    let (provider, house) = open().await;
    let (mut one, mut other) = (Browser::new(), Browser::new());
    log_in(&house, &mut one, "ent", "prof1").await;
    log_in(&house, &mut other, "educonnect", "eleve1").await;
    let sid = house.session(&one).await.expect("a session").sid.expect("it is named");
    for (client, sub, status) in [("passerelle-educonnect", "prof1", true), ("passerelle-ent", "prof1", false)] {
        let told = provider.control(&format!("backchannel?client={client}&sub={sub}&sid={sid}")).await;
        assert_eq!(told, "told", "{}", house.log());
        assert_eq!(house.session(&one).await.is_some(), status, "{client}");
    }
    assert!(house.session(&other).await.is_some());
    assert_eq!(house.ended().len(), 1);
}
