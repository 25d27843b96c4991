//! What every answer has, whichever route gives it.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use reqwest::Method;
use rstest::rstest;

use crate::harness::{Answer, TestGateway};

async fn ask(gateway: &TestGateway, method: Method, path: &str) -> Answer {
    let request = gateway.client.request(method, format!("{}{path}", gateway.url)).header("x-request-id", "r-1");
    Answer::of(request.send().await.expect("an answer")).await
}

#[rstest]
#[case(Method::GET, "/", 200)]
#[case(Method::GET, "/explorer/explorer.js", 200)]
#[case(Method::GET, "/explorer/nothing", 404)]
#[case(Method::GET, "/schema.graphql", 200)]
#[case(Method::POST, "/schema.graphql", 405)]
#[case(Method::GET, "/graphql?query=%7B__typename%7D", 200)]
#[case(Method::GET, "/graphql", 400)]
#[case(Method::PUT, "/graphql", 405)]
#[case(Method::GET, "/livez", 200)]
#[case(Method::GET, "/readyz", 200)]
#[case(Method::DELETE, "/livez", 405)]
#[case(Method::GET, "/nothing", 404)]
#[case(Method::POST, "/files/nothing", 404)]
#[tokio::test]
async fn an_id_and_what_browsers_hold_to(#[case] method: Method, #[case] path: &str, #[case] status: u16) {
    let gateway = TestGateway::start().await;
    let answer = ask(&gateway, method, path).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-request-id")), (status, Some("r-1")));
    assert!(!answer.text.is_empty());
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
    assert_eq!(answer.header("strict-transport-security"), None, "clients come by http");
}

#[rstest]
#[case("/")]
#[case("/schema.graphql")]
#[case("/graphql?query=%7B__typename%7D")]
#[tokio::test]
async fn the_gateways_own_answers_are_shut_off(#[case] path: &str) {
    let gateway = TestGateway::start().await;
    let answer = gateway.get(path).await;
    assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"));
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    assert!(answer.header("permissions-policy").is_some_and(|policy| policy.contains("camera=()")));
    let policy = answer.header("content-security-policy").expect("a policy");
    assert_eq!(policy.starts_with("default-src 'self'"), path == "/", "the explorer's own stays: {policy}");
}

#[tokio::test]
async fn a_service_says_for_itself_how_far_its_files_go() {
    let headers = [("cross-origin-resource-policy", "cross-origin"), ("content-security-policy", "sandbox")];
    let routes = Router::new().route("/files/a", get(move || async move { (headers, "a").into_response() }));
    let gateway = TestGateway::builder().public("productions", routes).start().await;
    let answer = gateway.get("/files/a").await;
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert_eq!(answer.header("content-security-policy"), Some("sandbox"));
    assert_eq!(answer.header("cross-origin-opener-policy"), None, "a login may be shown in a window of its own");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[rstest]
#[case("https://api.example.fr", 31_536_000, Some("max-age=31536000"))]
#[case("https://api.example.fr", 0, None)]
#[case("http://127.0.0.1:4000", 31_536_000, None)]
#[tokio::test]
async fn https_alone_where_clients_come_by_it(#[case] url: &str, #[case] hsts: u64, #[case] told: Option<&str>) {
    let gateway = TestGateway::builder()
        .config(|config| {
            config.public_url = Some(url.to_owned());
            config.security.hsts = std::time::Duration::from_secs(hsts);
        })
        .start()
        .await;
    for path in ["/", "/livez", "/nothing"] {
        assert_eq!(gateway.get(path).await.header("strict-transport-security"), told, "{path}");
    }
}

#[rstest]
#[case(Method::PUT, "/graphql", "GET, HEAD, POST")]
#[case(Method::OPTIONS, "/graphql", "GET, HEAD, POST")]
#[case(Method::POST, "/schema.graphql", "GET, HEAD")]
#[case(Method::POST, "/", "GET, HEAD")]
#[case(Method::DELETE, "/livez", "GET, HEAD")]
#[tokio::test]
async fn a_method_that_is_not_taken_is_told_which_are(
    #[case] method: Method,
    #[case] path: &str,
    #[case] allowed: &str,
) {
    let gateway = TestGateway::start().await;
    let answer = ask(&gateway, method, path).await;
    assert_eq!(answer.status.as_u16(), 405);
    assert_eq!(answer.header("allow").map(|methods| methods.replace(',', ", ")), Some(allowed.to_owned()));
    let told = if path == "/graphql" {
        assert_eq!(answer.code(), "BAD_USER_INPUT");
        answer.message()
    } else {
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        answer.json()["detail"].as_str().expect("a sentence").to_owned()
    };
    assert_eq!(told, format!("this address takes {allowed}"));
}
