//! Public routes of services: handed on in process and over HTTP alike, streaming both ways.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use futures::StreamExt;
use http_body_util::StreamBody;
use hyper::body::Frame;
use kernel::Principal;
use rstest::rstest;
use serde_json::{Value, json};
use service_kit::principal_token::HEADER;
use tokio::sync::{Mutex, mpsc};

use crate::harness::{Answer, TestGateway};

/// How the gateway reaches the service.
#[derive(Clone, Copy, Debug)]
enum Way {
    InProcess,
    Http,
}

/// Bytes that a client and a service give each other, one piece at a time.
type Pieces = mpsc::Receiver<Result<Bytes, std::io::Error>>;

/// A service: `/files/echo` says what it got, `/files/slow` gives what `pieces` gives, `/files/up` answers each piece.
fn service(pieces: Option<Pieces>) -> Router {
    let pieces = Arc::new(Mutex::new(pieces));
    let slow = async move || {
        let pieces = pieces.lock().await.take().expect("asked once");
        let stream =
            futures::stream::unfold(pieces, async |mut pieces| pieces.recv().await.map(|piece| (piece, pieces)));
        ([("content-type", "text/csv"), ("connection", "x-between"), ("x-between", "us")], Body::from_stream(stream))
    };
    let up = async |request: Request| {
        Body::from_stream(
            request.into_body().into_data_stream().map(|piece| piece.map(|piece| piece.to_ascii_uppercase())),
        )
    };
    Router::new()
        .route("/files/echo/{*rest}", any(echo))
        .route("/files/slow", get(slow))
        .route("/files/up", any(up))
        .route(
            "/files/long",
            any(async |body: Bytes| body.len().to_string()).layer(axum::extract::DefaultBodyLimit::disable()),
        )
        .route("/files/teapot", get(async || (StatusCode::IM_A_TEAPOT, [("set-cookie", "a=b")], "short")))
        .route("/files/never", get(async || std::future::pending::<()>().await))
        .route("/graphql", any(async || "no public route"))
}

async fn echo(headers: HeaderMap, request: Request) -> impl IntoResponse {
    let headers: serde_json::Map<String, Value> =
        headers.iter().map(|(name, value)| (name.to_string(), json!(value.to_str().expect("plain text")))).collect();
    let (method, uri) = (request.method().to_string(), request.uri().path_and_query().map(ToString::to_string));
    Body::from(json!({"method": method, "uri": uri, "headers": headers}).to_string())
}

/// A gateway before that service, which is `people` for it.
async fn gateway(way: Way, service: Router) -> TestGateway {
    let routes = |config: &mut ::gateway::config::GatewayConfig| {
        config.public_routes = [("people".to_owned(), vec!["/files".to_owned()])].into();
        config.max_body_bytes = 1_000;
        config.request_timeout = Duration::from_millis(500);
    };
    let builder = TestGateway::builder().signed_for(&["people"]).with_issuer();
    match way {
        Way::InProcess => builder.config(routes).public("people", service).start().await,
        Way::Http => {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let url = format!("http://{}/graphql", listener.local_addr().expect("an address"));
            tokio::spawn(async move { axum::serve(listener, service).await });
            let at = |config: &mut ::gateway::config::GatewayConfig| {
                routes(config);
                config.subgraphs.insert("people".to_owned(), url);
            };
            builder.config(at).start().await
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_request_is_handed_on_with_the_principal_of_its_caller(#[values(Way::InProcess, Way::Http)] way: Way) {
    let gateway = gateway(way, service(None)).await;
    let request = gateway
        .client
        .put(format!("{}/files/echo/a%20b?c=d&e", gateway.url))
        .bearer_auth(gateway.token_with(&["users:read"]))
        .header("cookie", "session=abc")
        .header("connection", "x-hop, keep-alive")
        .header("x-hop", "1")
        .header("te", "trailers")
        .header("proxy-authorization", "Basic x")
        .header("x-request-id", "mine-1")
        .header(HEADER, "forged")
        .header("range", "bytes=0-1")
        .header("content-type", "text/plain")
        .body("body");
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-request-id")), (200, Some("mine-1")));
    let echo = answer.json();
    assert_eq!((&echo["method"], &echo["uri"]), (&json!("PUT"), &json!("/files/echo/a%20b?c=d&e")));
    let header = |name: &str| echo["headers"][name].as_str();
    for name in ["authorization", "cookie", "x-hop", "te", "proxy-authorization", "connection"] {
        assert_eq!(header(name), None, "{name}");
    }
    assert_eq!((header("x-request-id"), header("range")), (Some("mine-1"), Some("bytes=0-1")));
    assert_eq!((header("content-type"), header("content-length")), (Some("text/plain"), Some("4")));
    let told = gateway.verifier().verify(header(HEADER).expect("a token")).expect("signed by the gateway");
    assert!(told.has_scope("users:read"));
}

#[rstest]
#[tokio::test]
async fn without_a_token_the_caller_is_anonymous_and_one_that_is_not_good_is_a_problem(
    #[values(Way::InProcess, Way::Http)] way: Way,
) {
    let gateway = gateway(way, service(None)).await;
    let echo = gateway.get("/files/echo/x").await.json();
    let token = echo["headers"][HEADER].as_str().expect("a token");
    assert_eq!(gateway.verifier().verify(token), Some(Principal::anonymous()));
    let request = gateway.client.get(format!("{}/files/echo/x", gateway.url)).bearer_auth("nonsense");
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!(answer.status.as_u16(), 401);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(
        (answer.json()["status"].as_i64(), answer.json()["code"].as_str()),
        (Some(401), Some("UNAUTHENTICATED"))
    );
}

#[rstest]
#[tokio::test]
async fn a_download_streams_beyond_every_limit(#[values(Way::InProcess, Way::Http)] way: Way) {
    let (send, pieces) = mpsc::channel(1);
    let gateway = gateway(way, service(Some(pieces))).await;
    send.send(Ok(Bytes::from_static(b"first"))).await.expect("somebody reads");
    let mut answer = gateway.client.get(format!("{}/files/slow", gateway.url)).send().await.expect("a head");
    assert_eq!(answer.headers()["content-type"], "text/csv");
    assert!(!answer.headers().contains_key("x-between") && !answer.headers().contains_key("connection"));
    // The first piece is here though the service still has others.
    assert_eq!(answer.chunk().await.expect("a piece").as_deref(), Some(&b"first"[..]));
    let long = Bytes::from(vec![b'x'; 100_000]);
    let more = tokio::spawn(async move {
        for _ in 0..20 {
            send.send(Ok(long.clone())).await.expect("somebody reads");
        }
    });
    let mut length = 0;
    while let Some(piece) = answer.chunk().await.expect("a piece") {
        length += piece.len();
    }
    more.await.expect("sent");
    assert_eq!(length, 2_000_000);
}

#[rstest]
#[tokio::test]
async fn an_upload_streams_too(#[values(Way::InProcess, Way::Http)] way: Way) {
    let gateway = gateway(way, service(None)).await;
    let (send, receive) = mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let stream =
        futures::stream::unfold(receive, async |mut receive| receive.recv().await.map(|piece| (piece, receive)));
    send.send(Ok(Bytes::from_static(b"one "))).await.expect("somebody reads");
    let request = gateway
        .client
        .post(format!("{}/files/up", gateway.url))
        .body(reqwest::Body::wrap(StreamBody::new(stream.map(|piece| piece.map(Frame::data)))));
    let mut answer = request.send().await.expect("a head");
    assert_eq!(answer.chunk().await.expect("a piece").as_deref(), Some(&b"ONE "[..]));
    send.send(Ok(Bytes::from_static(b"two"))).await.expect("somebody reads");
    drop(send);
    assert_eq!(answer.chunk().await.expect("a piece").as_deref(), Some(&b"TWO"[..]));
    assert_eq!(answer.chunk().await.expect("the end"), None);
    // The limit of GraphQL bodies is not that of a service.
    let request = gateway.client.post(format!("{}/files/long", gateway.url)).body(vec![b'x'; 3_000_000]);
    assert_eq!(Answer::of(request.send().await.expect("an answer")).await.text, "3000000");
}

#[rstest]
#[tokio::test]
async fn what_the_service_answers_comes_back_as_it_is(#[values(Way::InProcess, Way::Http)] way: Way) {
    let gateway = gateway(way, service(None)).await;
    let answer = gateway.get("/files/teapot").await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (418, "short"));
    assert_eq!(answer.header("set-cookie"), Some("a=b"));
    assert_eq!(gateway.get("/files/nothing").await.status.as_u16(), 404);
    let head = gateway.client.head(format!("{}/files/echo/x", gateway.url)).send().await.expect("an answer");
    assert!(head.status().is_success() && head.headers().contains_key("content-length"));
}

#[rstest]
#[tokio::test]
async fn a_service_that_does_not_begin_to_answer_is_a_problem(#[values(Way::InProcess, Way::Http)] way: Way) {
    let gateway = gateway(way, service(None)).await;
    let answer = gateway.get("/files/never").await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (504, Some("TIMEOUT")));
}

#[tokio::test]
async fn a_service_that_is_down_is_a_problem_without_internals() {
    let routes = |config: &mut ::gateway::config::GatewayConfig| {
        config.public_routes = [("people".to_owned(), vec!["/files".to_owned()])].into();
    };
    let gateway = TestGateway::builder().signed_for(&["people"]).refusing("people").config(routes).start().await;
    let answer = gateway.get("/files/x").await;
    assert_eq!(answer.status.as_u16(), 502);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(
        answer.json(),
        json!({
            "type": "about:blank", "title": "Bad Gateway", "status": 502, "code": "UPSTREAM_UNAVAILABLE",
            "detail": "the service people is not available",
        })
    );
    assert!(answer.header("x-request-id").is_some());
}

#[rstest]
#[case("/nothing")]
#[case("/filesystem")]
#[case("/oauth/token")]
#[case("/files/x%2f..%2f..%2fgraphql")]
#[tokio::test]
async fn an_address_that_is_nobodys_is_a_problem(#[case] path: &str, #[values(Way::InProcess, Way::Http)] way: Way) {
    let gateway = gateway(way, service(None)).await;
    let answer = gateway.get(path).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (404, Some("NOT_FOUND")), "{path}");
}

#[tokio::test]
async fn somebody_elses_service_is_handed_nothing() {
    let routes = |config: &mut ::gateway::config::GatewayConfig| {
        config.own_subgraphs = vec!["people".to_owned()];
        config.public_routes = ["people", "reviews"].map(|name| (name.to_owned(), vec![format!("/{name}")])).into();
    };
    // It signs nothing: nothing here is of its house.
    let gateway = TestGateway::builder().config(routes).start().await;
    assert_eq!(gateway.get("/people/x").await.status.as_u16(), 404);
    let gateway = TestGateway::builder().config(routes).signed_for(&["people"]).start().await;
    assert_eq!(gateway.get("/reviews/x").await.status.as_u16(), 404, "not one of its house");
}
