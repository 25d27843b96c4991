//! What the service of people gets of a browser's request and no other service does, and what of it may be forged.

use kernel::{Principal, PrincipalKind};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::gateway;
use crate::harness::{Answer, Sessions, TestGateway, cookie};

async fn answer(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.expect("an answer")).await
}

fn request(gateway: &TestGateway, method: &str, path: &str) -> RequestBuilder {
    gateway.client.request(method.parse().expect("a method"), format!("{}{path}", gateway.url))
}

/// Whom a route was told of.
fn told(gateway: &TestGateway, echo: &Value) -> Principal {
    gateway.verifier().verify(echo["principal"][0].as_str().expect("a token")).expect("signed")
}

#[tokio::test]
async fn the_service_of_people_gets_its_own_cookies_and_no_others() {
    let gateway = gateway(&Sessions::of(&["a"])).await;
    let ours = cookie("a");
    let ask = async |path: &str| {
        let request = request(&gateway, "GET", path).header("cookie", format!("theme=dark; {ours}"));
        let request = request.header("cookie", "__Host-passerelle-login=l; x__Host-passerelle=m");
        answer(request).await.json()
    };
    let auth = ask("/auth/echo").await;
    assert_eq!(auth["cookie"], json!([format!("{ours}; __Host-passerelle-login=l")]));
    let files = ask("/files/echo").await;
    assert_eq!(files["cookie"], json!([]));
    for echo in [&auth, &files] {
        assert_eq!(told(&gateway, echo).kind, PrincipalKind::Person, "whose session it is they are told alike");
    }
    let without = answer(request(&gateway, "GET", "/auth/echo").header("cookie", "theme=dark")).await.json();
    assert_eq!((&without["cookie"], told(&gateway, &without)), (&json!([]), Principal::anonymous()));
}

#[tokio::test]
async fn it_gives_cookies_and_learns_where_a_request_comes_from() {
    let gateway = gateway(&Sessions::default()).await;
    let back = request(&gateway, "GET", "/auth/callback?code=1&state=2").header("cookie", cookie("a"));
    let back = back.header("sec-fetch-site", "cross-site").header("sec-fetch-mode", "navigate");
    let back = answer(back).await;
    assert_eq!((back.status.as_u16(), back.header("set-cookie")), (200, Some(cookie("b").as_str())));
    let own = request(&gateway, "POST", "/auth/echo").header("origin", &gateway.url);
    let echo = answer(own.header("sec-fetch-site", "same-origin")).await.json();
    assert_eq!((&echo["origin"], &echo["site"]), (&json!([gateway.url]), &json!(["same-origin"])));
}

#[tokio::test]
async fn a_logout_is_the_pages_own_and_one_between_servers_has_no_cookie() {
    let gateway = gateway(&Sessions::of(&["a"])).await;
    let status = async |request: RequestBuilder| answer(request).await.status.as_u16();
    assert_eq!(status(request(&gateway, "POST", "/auth/backchannel")).await, 200);
    let logout = |site: &str| {
        request(&gateway, "POST", "/auth/logout").header("cookie", cookie("a")).header("sec-fetch-site", site)
    };
    assert_eq!(status(logout("same-origin")).await, 200);
    let forged = answer(logout("cross-site").header("origin", "https://evil.example")).await;
    assert_eq!((forged.status.as_u16(), forged.json()["code"].as_str()), (403, Some("FORBIDDEN")));
}

#[tokio::test]
async fn a_query_that_a_page_may_send_unasked_is_refused_before_the_session_is_asked_about() {
    let gateway = gateway(&Sessions::of(&["a"])).await;
    let form = request(&gateway, "POST", "/graphql").header("content-type", "text/plain").body("{}");
    let get = request(&gateway, "GET", "/graphql?query=%7Bpeople%7Bid%7D%7D");
    for forged in [form, get] {
        assert_eq!(answer(forged.header("cookie", cookie("a"))).await.code(), "FORBIDDEN");
    }
    assert_eq!(gateway.calls(), [0, 0, 0]);
}
