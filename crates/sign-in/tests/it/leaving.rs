//! Logging out: by the button of one's own page and by nothing else, here and at the provider.

use serde_json::json;
use sign_in::session_hash;

use crate::harness::{Browser, House, Parameter, Rogue};

/// A browser that is logged in, and the token of its page.
async fn inside(rogue: &Rogue) -> (House, Browser, String) {
    let house = House::beside(rogue).await;
    let mut browser = Browser::new();
    house.log_in(&mut browser, rogue).await;
    let page = browser.get(house.url("/auth/logout")).await;
    let token = page.field("token");
    (house, browser, token)
}

#[tokio::test]
async fn here_and_at_the_provider() {
    let rogue = Rogue::start().await;
    rogue.tells("end_session_endpoint", json!(format!("{}/end?a=b", rogue.issuer)));
    let (house, mut browser, token) = inside(&rogue).await;
    let cookie = house.cookie(&browser).expect("a session").to_owned();
    let page = browser.post(&house.url("/auth/logout"), &[("origin", &*house.base)], &[("token", &*token)]).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let there = page.location().expect("it leads to the provider");
    assert!(there.as_str().starts_with(&format!("{}/end?a=b&", rogue.issuer)), "{there}");
    assert_eq!(there.parameter("client_id").as_deref(), Some("passerelle"));
    assert_eq!(there.parameter("post_logout_redirect_uri"), Some(house.url("/auth/logged-out")));
    assert_eq!(there.parameter("state").expect("given").len(), 43);
    let hint = there.parameter("id_token_hint").expect("given");
    assert_eq!(hint.split('.').count(), 3);
    assert!(
        page.cookies()[0].starts_with("__Host-passerelle=; Max-Age=0; Path=/; Secure; HttpOnly"),
        "{:?}",
        page.cookies()
    );
    assert_eq!(house.cookie(&browser), None);
    assert!(house.sign_in.session(&session_hash(&cookie)).await.expect("asked").is_none());
    assert_eq!(house.ended(), [session_hash(&cookie)]);
    // The old cookie again is nobody's.
    browser.set_cookie(&house.base, "__Host-passerelle", &cookie);
    let page = browser.post(&house.url("/auth/logout"), &[("origin", &*house.base)], &[("token", &*token)]).await;
    assert_eq!(page.header("location"), "/auth/logged-out");
}

#[tokio::test]
async fn here_alone_where_the_provider_has_no_such_address() {
    let rogue = Rogue::start().await;
    let (house, mut browser, token) = inside(&rogue).await;
    let same = [("sec-fetch-site", "same-origin"), ("origin", "null")];
    let page = browser.post(&house.url("/auth/logout"), &same, &[("token", &*token)]).await;
    assert_eq!((page.status.as_u16(), page.header("location")), (303, "/auth/logged-out"));
    let page = browser.get(house.url("/auth/logged-out")).await;
    assert!(page.status == 200 && page.text.contains("<html lang=\"fr\">"), "{}", page.text);
}

#[tokio::test]
async fn the_page_says_where_its_form_may_lead() {
    let rogue = Rogue::start().await;
    rogue.tells("end_session_endpoint", json!(format!("{}/end", rogue.issuer)));
    let (house, mut browser, _) = inside(&rogue).await;
    let page = browser.get(house.url("/auth/logout")).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains(&format!("form-action 'self' {};", rogue.issuer)), "{policy}");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert!(!page.text.contains(house.cookie(&browser).expect("a session")), "the cookie stands nowhere");
    let stranger = Browser::new().get(house.url("/auth/logout")).await;
    assert!(!stranger.text.contains("<form"), "{}", stranger.text);
}

/// Logout CSRF: others' pages, and links.
#[tokio::test]
async fn by_nothing_else() {
    let rogue = Rogue::start().await;
    let (house, mut browser, token) = inside(&rogue).await;
    let own = house.base.clone();
    let (_, _, other) = inside(&rogue).await;
    let cases: [(&[(&str, &str)], &str); 9] = [
        (&[], &token),
        (&[("origin", "https://evil.example")], &token),
        (&[("origin", "null")], &token),
        (&[("sec-fetch-site", "cross-site"), ("origin", &own)], &token),
        (&[("sec-fetch-site", "same-site"), ("origin", &own)], &token),
        (&[("sec-fetch-site", "none")], &token),
        (&[("sec-fetch-site", "same-origin")], ""),
        (&[("sec-fetch-site", "same-origin")], "wrong"),
        (&[("sec-fetch-site", "same-origin")], &other),
    ];
    for (headers, shown) in cases {
        let page = browser.post(&house.url("/auth/logout"), headers, &[("token", shown)]).await;
        assert_eq!(page.status, 403, "{headers:?}: {}", page.text);
        assert!(house.session(&browser).await.is_some(), "{headers:?}");
        assert!(page.cookies().is_empty(), "{headers:?}");
    }
    browser.get(house.url("/auth/logout")).await;
    browser.get(house.url(&format!("/auth/logout?token={token}"))).await;
    browser.get(house.url("/auth/logged-out")).await;
    assert!(house.session(&browser).await.is_some(), "a link logs nobody out");
    assert!(house.ended().is_empty());
}

#[tokio::test]
async fn sessions_end_from_elsewhere() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    let (mut one, mut other) = (Browser::new(), Browser::new());
    house.log_in(&mut one, &rogue).await;
    house.log_in(&mut other, &rogue).await;
    let session = house.session(&one).await.expect("a session");
    let nobody = uuid::Uuid::now_v7();
    assert!(!house.sign_in.end(nobody, session.id).await.expect("asked"), "it is not theirs");
    assert!(house.session(&one).await.is_some());
    assert!(house.sign_in.end(session.person, session.id).await.expect("asked"));
    assert!(house.session(&one).await.is_none() && house.session(&other).await.is_some());
    assert_eq!(house.sign_in.end_all(session.person).await.expect("asked"), 1);
    assert!(house.session(&other).await.is_none());
    assert_eq!(house.ended().len(), 2);
}
