//! Requests with the cookie of a session, such as a page elsewhere may make a browser send.

use gateway::config::CorsConfig;
use reqwest::RequestBuilder;
use rstest::rstest;
use serde_json::json;

use crate::harness::{Answer, TestGateway};

const COOKIE: &str = "theme=dark; __Host-passerelle=s3cr3t";
const PORTAL: &str = "https://portail.example.fr";

async fn answer(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.expect("an answer")).await
}

fn get(gateway: &TestGateway) -> RequestBuilder {
    gateway.client.get(format!("{}/graphql?query=%7Bpeople%7Bid%7D%7D", gateway.url))
}

fn post(gateway: &TestGateway) -> RequestBuilder {
    gateway.client.post(format!("{}/graphql", gateway.url)).json(&json!({"query": "{ people { id } }"}))
}

fn refused(gateway: &TestGateway, answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "FORBIDDEN"), "{}", answer.text);
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn a_get_with_the_cookie_alone_is_refused() {
    let gateway = TestGateway::start().await;
    let answer = answer(get(&gateway).header("cookie", COOKIE)).await;
    refused(&gateway, &answer);
    assert!(answer.message().contains("x-passerelle-csrf"), "{}", answer.message());
}

#[rstest]
#[case("x-passerelle-csrf")]
#[case("apollo-require-preflight")]
#[case("x-requested-with")]
#[tokio::test]
async fn a_header_that_needs_a_preflight_shows_that_it_is_meant(#[case] name: &str) {
    let gateway = TestGateway::start().await;
    assert_eq!(answer(get(&gateway).header("cookie", COOKIE).header(name, "1")).await.status.as_u16(), 200);
    let empty = answer(get(&gateway).header("cookie", COOKIE).header(name, "")).await;
    assert_eq!(empty.status.as_u16(), 403);
    assert_eq!(gateway.calls(), [0, 1, 0]);
}

#[tokio::test]
async fn a_content_type_that_needs_a_preflight_does_too() {
    let gateway = TestGateway::start().await;
    assert_eq!(answer(post(&gateway).header("cookie", COOKIE)).await.status.as_u16(), 200);
    let get = get(&gateway).header("cookie", COOKIE).header("content-type", "application/json");
    assert_eq!(answer(get).await.status.as_u16(), 200);
}

#[rstest]
#[case("text/plain")]
#[case("application/x-www-form-urlencoded")]
#[case("multipart/form-data; boundary=b")]
#[tokio::test]
async fn a_form_is_refused(#[case] kind: &str) {
    let gateway = TestGateway::start().await;
    let body = r#"{"query":"mutation { addBook(title: \"x\") { id } }"}"#;
    let request = gateway.client.post(format!("{}/graphql", gateway.url)).header("content-type", kind).body(body);
    refused(&gateway, &answer(request.header("cookie", COOKIE)).await);
}

#[tokio::test]
async fn without_the_cookie_nothing_is_asked() {
    let gateway = TestGateway::start().await;
    assert_eq!(answer(get(&gateway)).await.status.as_u16(), 200);
    let cross = get(&gateway).header("cookie", "theme=dark").header("sec-fetch-site", "cross-site");
    assert_eq!(answer(cross).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_page_of_another_site_is_refused_unless_its_origin_is_allowed() {
    let cors = CorsConfig { origins: vec![PORTAL.to_owned()], credentials: true, ..CorsConfig::default() };
    let gateway = TestGateway::builder().config(|config| config.cors = cors).start().await;
    let from = |site: &str, origin: Option<&str>| {
        let request = post(&gateway).header("cookie", COOKIE).header("sec-fetch-site", site);
        match origin {
            Some(origin) => request.header("origin", origin),
            None => request,
        }
    };
    refused(&gateway, &answer(from("cross-site", None)).await);
    let evil = answer(from("cross-site", Some("https://evil.example"))).await;
    refused(&gateway, &evil);
    assert_eq!(answer(from("cross-site", Some(PORTAL))).await.status.as_u16(), 200);
    assert_eq!(answer(from("same-origin", None)).await.status.as_u16(), 200);
}

#[tokio::test]
async fn every_origin_is_not_one_that_speaks_for_a_session() {
    let cors = CorsConfig { origins: vec!["*".to_owned()], ..CorsConfig::default() };
    let gateway = TestGateway::builder().config(|config| config.cors = cors).start().await;
    let request = post(&gateway).header("cookie", COOKIE).header("sec-fetch-site", "cross-site");
    refused(&gateway, &answer(request.header("origin", PORTAL)).await);
}

/// What an upgrade to WebSocket is answered: 101 where it is let through.
async fn opened(gateway: &TestGateway, origin: Option<&str>) -> u16 {
    let request = gateway.client.get(format!("{}/graphql", gateway.url)).header("cookie", COOKIE);
    let request = request.header("connection", "upgrade").header("upgrade", "websocket");
    let request = request.header("sec-websocket-version", "13").header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    let request = request.header("sec-websocket-protocol", "graphql-transport-ws");
    let request = match origin {
        Some(origin) => request.header("origin", origin),
        None => request,
    };
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn a_websocket_is_opened_for_pages_that_may() {
    let cors = CorsConfig { origins: vec![PORTAL.to_owned()], credentials: true, ..CorsConfig::default() };
    let gateway = TestGateway::builder().config(|config| config.cors = cors).start().await;
    let own = gateway.url.clone();
    assert_eq!(opened(&gateway, Some(&own)).await, 101, "a page of this gateway");
    assert_eq!(opened(&gateway, Some(PORTAL)).await, 101);
    assert_eq!(opened(&gateway, None).await, 101, "no browser");
    for origin in ["https://evil.example", "null"] {
        assert_eq!(opened(&gateway, Some(origin)).await, 403, "{origin}");
    }
}

#[tokio::test]
async fn other_addresses_are_read_and_not_written_from_elsewhere() {
    let gateway = TestGateway::start().await;
    let cross = |request: RequestBuilder| request.header("cookie", COOKIE).header("sec-fetch-site", "cross-site");
    assert_eq!(answer(cross(gateway.client.get(format!("{}/", gateway.url)))).await.status.as_u16(), 200);
    let written = answer(cross(gateway.client.post(format!("{}/files/1", gateway.url)))).await;
    assert_eq!(written.status.as_u16(), 403);
    assert_eq!(written.header("content-type"), Some("application/problem+json"));
    assert_eq!(written.json()["code"], "FORBIDDEN");
}

#[tokio::test]
async fn the_cookie_has_the_name_that_is_configured() {
    let gateway = TestGateway::builder().config(|config| config.csrf.cookie = "sid".to_owned()).start().await;
    refused(&gateway, &answer(get(&gateway).header("cookie", "sid=1")).await);
    assert_eq!(answer(get(&gateway).header("cookie", COOKIE)).await.status.as_u16(), 200);
}

#[tokio::test]
async fn where_cookies_are_forwarded_any_of_them_counts() {
    let of_people = gateway::config::SubgraphHeaders {
        forward: vec!["Cookie".to_owned()],
        ..gateway::config::SubgraphHeaders::default()
    };
    let gateway = TestGateway::builder()
        .config(|config| drop(config.headers.subgraph.insert("people".to_owned(), of_people)))
        .start()
        .await;
    refused(&gateway, &answer(get(&gateway).header("cookie", "theme=dark")).await);
    assert_eq!(answer(get(&gateway)).await.status.as_u16(), 200);
}
