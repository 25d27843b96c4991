//! More than the gateway bears: refused at once, or given up in time.

use std::time::Duration;

use reqwest::Body;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Answer, Reply, TestGateway};

#[tokio::test]
async fn more_requests_than_places_are_told_to_come_back() {
    let gateway = TestGateway::builder().config(|config| config.max_concurrent_requests = 1).start().await;
    gateway.people.reply(Reply::Never);
    let query = json!({"query": "{ people { id } }"});
    let held = gateway.client.post(format!("{}/graphql", gateway.url)).json(&query).send();
    let mut held = tokio::spawn(held);
    tokio::select! {
        () = gateway.people.was_called() => {}
        _ = &mut held => panic!("it is held"),
    }
    let answer = gateway.post(&query).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (503, "RATE_LIMITED"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(gateway.calls(), [0, 1, 0], "the one that was held");
    let elsewhere = gateway.get("/schema.graphql").await;
    assert_eq!((elsewhere.status.as_u16(), elsewhere.json()["code"].as_str()), (503, Some("RATE_LIMITED")));
    for path in ["/livez", "/readyz"] {
        assert_eq!(gateway.get(path).await.status.as_u16(), 200, "{path}");
    }
}

#[tokio::test]
async fn a_place_is_given_back() {
    let gateway = TestGateway::builder().config(|config| config.max_concurrent_requests = 1).start().await;
    for _ in 0..3 {
        assert_eq!(gateway.ask("{ __typename }").await, json!({"data": {"__typename": "Query"}}));
        assert_eq!(gateway.get("/schema.graphql").await.status.as_u16(), 200);
    }
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let gateway =
        TestGateway::builder().config(|config| config.body_timeout = Duration::from_millis(200)).start().await;
    let drips = futures::stream::unfold((), async |()| {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Some((Ok::<_, std::io::Error>(" "), ()))
    });
    let request = gateway.client.post(format!("{}/graphql", gateway.url)).header("content-type", "application/json");
    let answer = Answer::of(request.body(Body::wrap_stream(drips)).send().await.expect("an answer")).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (408, "TIMEOUT"));
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

/// A client that is gone waits for nothing, and neither does its subgraph.
#[tokio::test]
async fn a_subgraph_is_let_go_when_the_client_goes_away() {
    let gateway = TestGateway::start().await;
    gateway.people.reply(Reply::Never);
    let mut stream = TcpStream::connect(gateway.url.trim_start_matches("http://")).await.expect("a connection");
    let head = "GET /graphql?query=%7Bpeople%7Bid%7D%7D HTTP/1.1\r\nhost: h\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    gateway.people.was_called().await;
    let early = tokio::time::timeout(Duration::from_millis(50), gateway.people.was_let_go()).await;
    assert!(early.is_err(), "the client is still there");
    drop(stream);
    gateway.people.was_let_go().await;
}

#[tokio::test]
async fn what_is_no_http_is_told_so() {
    let gateway = TestGateway::start().await;
    let mut stream = TcpStream::connect(gateway.url.trim_start_matches("http://")).await.expect("a connection");
    stream.write_all(b"nonsense\r\n\r\n").await.expect("sent");
    let mut text = String::new();
    drop(stream.read_to_string(&mut text).await);
    assert!(text.starts_with("HTTP/1.1 400 "), "{text}");
}
