//! Pages of other origins: nothing unless it is configured, and then what is configured.

use gateway::config::CorsConfig;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, TestGateway};

const PORTAL: &str = "https://portail.example.fr";

async fn preflight(gateway: &TestGateway, origin: &str) -> Answer {
    let request = gateway
        .client
        .request(Method::OPTIONS, format!("{}/graphql", gateway.url))
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,authorization");
    Answer::of(request.send().await.expect("an answer")).await
}

async fn ask(gateway: &TestGateway, origin: &str) -> Answer {
    let request = gateway.client.post(format!("{}/graphql", gateway.url)).header("origin", origin);
    Answer::of(request.json(&json!({"query": "{ people { id } }"})).send().await.expect("an answer")).await
}

async fn with(cors: CorsConfig) -> TestGateway {
    TestGateway::builder().config(|config| config.cors = cors).start().await
}

fn only_portal() -> CorsConfig {
    CorsConfig { origins: vec![PORTAL.to_owned()], ..CorsConfig::default() }
}

#[tokio::test]
async fn it_is_off_by_default() {
    let gateway = TestGateway::start().await;
    let refused = preflight(&gateway, PORTAL).await;
    assert_eq!((refused.status.as_u16(), refused.header("access-control-allow-origin")), (405, None));
    assert_eq!(ask(&gateway, PORTAL).await.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_named_origin_may_ask() {
    let gateway = with(CorsConfig { credentials: true, ..only_portal() }).await;
    let allowed = preflight(&gateway, PORTAL).await;
    assert_eq!(allowed.status.as_u16(), 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(PORTAL));
    assert_eq!(allowed.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(allowed.header("access-control-allow-methods"), Some("GET,POST"));
    assert_eq!(allowed.header("access-control-max-age"), Some("3600"));
    let headers = allowed.header("access-control-allow-headers").expect("headers");
    for name in ["authorization", "content-type", "x-passerelle-csrf"] {
        assert!(headers.split(',').any(|allowed| allowed == name), "{name} of {headers}");
    }
    assert_eq!(gateway.calls(), [0, 0, 0]);
    let answer = ask(&gateway, PORTAL).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(PORTAL));
    let exposed = answer.header("access-control-expose-headers").expect("headers");
    for name in ["x-request-id", "ratelimit", "ratelimit-policy", "retry-after"] {
        assert!(exposed.split(',').any(|exposed| exposed == name), "{name} of {exposed}");
    }
    assert!(answer.header("vary").expect("it depends on the origin").contains("origin"));
}

#[tokio::test]
async fn another_origin_may_not() {
    let gateway = with(only_portal()).await;
    for origin in
        ["https://evil.example.fr", "https://portail.example.fr.evil.example", "http://portail.example.fr", "null"]
    {
        assert_eq!(preflight(&gateway, origin).await.header("access-control-allow-origin"), None, "{origin}");
        assert_eq!(ask(&gateway, origin).await.header("access-control-allow-origin"), None, "{origin}");
    }
}

#[tokio::test]
async fn every_origin_may_read_what_anybody_may() {
    let gateway = with(CorsConfig { origins: vec!["*".to_owned()], ..CorsConfig::default() }).await;
    let allowed = preflight(&gateway, "https://anywhere.example").await;
    assert_eq!(allowed.header("access-control-allow-origin"), Some("*"));
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
}

#[tokio::test]
async fn a_page_reads_refusals_too() {
    let gateway = with(only_portal()).await;
    let request = gateway.client.get(format!("{}/nothing", gateway.url)).header("origin", PORTAL);
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (404, Some(PORTAL)));
}
