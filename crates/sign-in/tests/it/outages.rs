//! Providers that are away, slow, or answer too much.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{Browser, Fault, House, Rogue, Site, state};

const DISCOVERY: &str = "/.well-known/openid-configuration";

async fn no_way_in(rogue: &Rogue, house: &House) {
    let mut browser = Browser::new();
    let page = browser.get(house.url("/auth/login?provider=op&return_to=/after")).await;
    house.refuses(&browser, &page, 503, "provider_away").await;
    assert_eq!(page.header("retry-after"), "10");
    assert!(page.text.contains("href=\"/auth/login?provider=op&amp;return_to=%2Fafter\">Réessayer"), "{}", page.text);
    assert!(!page.text.contains(&rogue.issuer), "{}", page.text);
}

#[tokio::test]
async fn nothing_can_be_learnt_of_it() {
    for (path, fault) in [
        (DISCOVERY, Fault::Status(500)),
        (DISCOVERY, Fault::Status(404)),
        (DISCOVERY, Fault::Redirect("/elsewhere".to_owned())),
        (DISCOVERY, Fault::Long(300 << 10)),
        (DISCOVERY, Fault::Text("{")),
        ("/jwks", Fault::Status(503)),
        ("/jwks", Fault::Long(300 << 10)),
    ] {
        let rogue = Rogue::start().await;
        rogue.told().answers.insert("/elsewhere".to_owned(), rogue.discovery());
        rogue.fails(path, fault);
        let house = House::beside(&rogue).await;
        no_way_in(&rogue, &house).await;
        assert_eq!(rogue.asked("/elsewhere"), 0, "nobody is redirected");
    }
}

#[tokio::test]
async fn what_it_tells_cannot_be_used() {
    for (name, value) in [
        ("issuer", json!("https://other.example")),
        ("authorization_endpoint", json!("http://op.example/authorize")),
        ("authorization_endpoint", json!("javascript:alert(1)")),
        ("token_endpoint", json!("http://op.example/token")),
        ("token_endpoint", json!(null)),
        ("userinfo_endpoint", json!("file:///etc/passwd")),
        ("end_session_endpoint", json!("http://op.example/end")),
        ("jwks_uri", json!("http://op.example/jwks")),
    ] {
        let rogue = Rogue::start().await;
        rogue.tells(name, value);
        let house = House::beside(&rogue).await;
        no_way_in(&rogue, &house).await;
    }
}

#[tokio::test]
async fn it_is_not_there() {
    let rogue = Rogue::start().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
    let mut config = rogue.config("op");
    config.issuer = format!("http://{nobody}");
    let house = Site::bind().await.open(vec![config]);
    no_way_in(&rogue, &house).await;
}

/// Who comes while it hangs waits once; who comes after that does not wait at all.
#[tokio::test]
async fn it_hangs() {
    let rogue = Rogue::start().await;
    rogue.fails(DISCOVERY, Fault::Hang);
    let house = House::beside(&rogue).await;
    let begun = Instant::now();
    futures::join!(no_way_in(&rogue, &house), no_way_in(&rogue, &house), no_way_in(&rogue, &house));
    let took = begun.elapsed();
    assert!(took >= Duration::from_secs(5) && took < Duration::from_secs(9), "{took:?}");
    assert_eq!(rogue.asked(DISCOVERY), 1);
}

#[tokio::test]
async fn it_fails_when_the_code_is_shown() {
    for (path, fault) in [
        ("/token", Fault::Status(503)),
        ("/token", Fault::Redirect("/elsewhere".to_owned())),
        ("/token", Fault::Long(300 << 10)),
        ("/userinfo", Fault::Status(500)),
        ("/userinfo", Fault::Long(300 << 10)),
    ] {
        let rogue = Rogue::start().await;
        rogue.tells("userinfo_endpoint", json!(format!("{}/userinfo", rogue.issuer)));
        let house = House::beside(&rogue).await;
        let mut browser = Browser::new();
        let url = house.begin(&mut browser, "op").await;
        rogue.honest(&url);
        rogue.fails(path, fault);
        let page = house.come_back(&mut browser, "op", &[("code", "c"), ("state", &state(&url))]).await;
        house.refuses(&browser, &page, 503, "provider_away").await;
    }
}

#[tokio::test]
async fn a_code_that_is_not_taken() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    let mut browser = Browser::new();
    let url = house.begin(&mut browser, "op").await;
    rogue.fails("/token", Fault::Status(StatusCode::BAD_REQUEST.as_u16()));
    let page = house.come_back(&mut browser, "op", &[("code", "c"), ("state", &state(&url))]).await;
    house.refuses(&browser, &page, 502, "token_answer").await;
}

/// What it told is good for some minutes, and asked for once.
#[tokio::test]
async fn it_is_not_asked_again_and_again() {
    let rogue = Rogue::start().await;
    let house = House::beside(&rogue).await;
    for _ in 0..3 {
        house.log_in(&mut Browser::new(), &rogue).await;
    }
    assert_eq!((rogue.asked(DISCOVERY), rogue.asked("/jwks"), rogue.asked("/token")), (1, 1, 3));
}

#[tokio::test]
async fn the_store_is_away() {
    let rogue = Rogue::start().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
    let config = sign_in::SessionsConfig::default();
    let store = sign_in::RedisSessions::new(&format!("redis://{nobody}"), "p", &config).expect("an address");
    let house = Site::bind().await.open_over(vec![rogue.config("op")], std::sync::Arc::new(store));
    let mut browser = Browser::new();
    let page = browser.get(house.url("/auth/login?provider=op")).await;
    assert_eq!(page.status, 503, "{}", page.text);
    let fault = house.sign_in.session(&sign_in::session_hash("a")).await.expect_err("it is not known");
    assert_eq!(fault.code(), kernel::ErrorCode::UpstreamUnavailable);
}
