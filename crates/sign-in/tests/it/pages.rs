//! The pages: in French, readable without scripts, and safe where they are shown.

use sign_in::config::Offered;

use crate::harness::{Browser, House, Rogue, Site};

#[tokio::test]
async fn a_provider_is_chosen() {
    let rogue = Rogue::start().await;
    let mut hostile = rogue.config("op2");
    "ENT <b>\"de\"</b> l'académie".clone_into(&mut hostile.name);
    hostile.offered_to = [Offered::Eleves, Offered::Parents].into();
    hostile.territories = ["ACA-04".to_owned()].into();
    let house = Site::bind().await.open(vec![rogue.config("op"), hostile]);
    let page = Browser::new().get(house.url("/auth/?return_to=%2Fa%3Fb%3D%22%3E")).await;
    assert_eq!(page.status, 200);
    for part in [
        "<html lang=\"fr\">",
        "<title>Se connecter – Passerelle</title>",
        "<h1>Se connecter</h1>",
        "<li><a href=\"/auth/login?provider=op&amp;return_to=%2Fa%3Fb%3D%22%3E\">Service op</a></li>",
        ">ENT &lt;b&gt;&quot;de&quot;&lt;/b&gt; l&#39;académie <span>(élèves, parents)</span></a>",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("<script") && !page.text.contains("style="), "{}", page.text);
    let infos = house.sign_in.providers();
    assert_eq!((&*infos[1].id, &*infos[1].territories[0]), ("op2", "ACA-04"));
    assert_eq!(infos[0].login_url, "/auth/login?provider=op");
    let elsewhere = Browser::new().get(house.url("/auth/?return_to=//evil.example")).await;
    assert!(!elsewhere.text.contains("evil") && elsewhere.text.contains("return_to=%2F\""), "{}", elsewhere.text);
}

#[tokio::test]
async fn every_page_is_guarded() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    let mut browser = Browser::new();
    for path in [
        "/auth",
        "/auth/",
        "/auth/login?provider=x",
        "/auth/login?provider=op",
        "/auth/callback/op",
        "/auth/logout",
        "/auth/logged-out",
    ] {
        let page = browser.get(house.url(path)).await;
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "style-src 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {part}: {policy}");
        }
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
    }
    let style = browser.get(house.url("/auth/style.css")).await;
    assert_eq!((style.status.as_u16(), style.header("content-type")), (200, "text/css; charset=utf-8"));
}

#[tokio::test]
async fn what_changes_something_is_not_done_by_head() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    for path in ["/auth/login?provider=op", "/auth/callback/op?code=c&state=s"] {
        let answer = reqwest::Client::new().head(house.url(path)).send().await.expect("an answer");
        assert_eq!((answer.status().as_u16(), answer.headers()["allow"].as_bytes()), (405, &b"GET"[..]), "{path}");
    }
}
