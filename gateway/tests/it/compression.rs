//! Answers compressed for clients that read it.

use std::io::Read;

use axum::Router;
use axum::routing::get;
use reqwest::header::HeaderMap;
use rstest::rstest;

use crate::harness::TestGateway;

/// What came, as it came.
struct Raw {
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Raw {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("plain text"))
    }

    /// The text of it, however it is encoded.
    fn text(&self) -> String {
        let mut text = String::new();
        match self.header("content-encoding") {
            None => text = String::from_utf8(self.bytes.clone()).expect("text"),
            Some("gzip") => drop(flate2::read::GzDecoder::new(&*self.bytes).read_to_string(&mut text).expect("gzip")),
            Some("br") => {
                brotli::Decompressor::new(&*self.bytes, 4096).read_to_string(&mut text).expect("brotli");
            }
            Some(other) => panic!("{other}"),
        }
        text
    }
}

async fn fetch(gateway: &TestGateway, path: &str, accept: &str) -> Raw {
    let request = gateway.client.get(format!("{}{path}", gateway.url)).header("accept-encoding", accept);
    let response = request.send().await.expect("an answer");
    let headers = response.headers().clone();
    Raw { headers, bytes: response.bytes().await.expect("a body").to_vec() }
}

/// A query whose answer is long.
const LONG: &str = "/graphql?query=%7B__schema%7Btypes%7Bname%20description%20fields%7Bname%20description%7D%7D%7D%7D";

#[rstest]
#[case("gzip", "gzip")]
#[case("br", "br")]
#[case("gzip, deflate, br, zstd", "br")]
#[tokio::test]
async fn long_answers_are(#[case] accept: &str, #[case] encoding: &str) {
    let gateway = TestGateway::start().await;
    for path in [LONG, "/schema.graphql", "/explorer/vendor/graphiql.min.js"] {
        let (plain, packed) = (fetch(&gateway, path, "identity").await, fetch(&gateway, path, accept).await);
        assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), (None, Some(encoding)));
        assert_eq!(packed.header("vary"), Some("accept-encoding"), "{path}");
        assert_eq!(packed.text(), plain.text(), "{path}");
        assert!(packed.bytes.len() * 2 < plain.bytes.len(), "{path}: {} of {}", packed.bytes.len(), plain.bytes.len());
    }
}

#[tokio::test]
async fn short_answers_are_not() {
    let gateway = TestGateway::start().await;
    let answer = fetch(&gateway, "/graphql?query=%7Bpeople%7Bid%7D%7D", "br, gzip").await;
    assert_eq!(answer.header("content-encoding"), None);
    assert_eq!(answer.text(), r#"{"data":{"people":[{"id":"p1"},{"id":"p2"}]}}"#);
}

#[tokio::test]
async fn nor_are_events_however_long() {
    let gateway = TestGateway::start().await;
    let request = gateway.client.get(format!("{}{LONG}", gateway.url)).header("accept-encoding", "br, gzip");
    let response = request.header("accept", "text/event-stream").send().await.expect("an answer");
    assert_eq!(response.headers().get("content-encoding"), None);
    assert!(response.text().await.expect("a stream").starts_with("event: next"));
}

#[tokio::test]
async fn nor_is_anything_where_it_is_turned_off() {
    let gateway = TestGateway::builder().config(|config| config.compression = false).start().await;
    assert_eq!(fetch(&gateway, LONG, "br, gzip").await.header("content-encoding"), None);
}

#[tokio::test]
async fn public_routes_answer_as_their_services_do() {
    let routes = Router::new().route("/files/long", get(|| async { "x".repeat(10_000) }));
    let gateway = TestGateway::builder().public("productions", routes).start().await;
    let answer = fetch(&gateway, "/files/long", "br, gzip").await;
    assert_eq!((answer.header("content-encoding"), answer.bytes.len()), (None, 10_000));
}
