//! One line in the log for each request: what happened, and nothing of what was sent.

use std::io;
use std::ops::Add;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use service_kit::access_token::Grant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tracing::Level;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::{Reply, TestGateway};

/// What is logged in this test: by this thread, which the runtime of a test has to itself.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn listen() -> (Self, DefaultGuard) {
        Self::listen_to(Level::INFO)
    }

    fn listen_to(level: Level) -> (Self, DefaultGuard) {
        let log = Self::default();
        let logs = tracing_subscriber::fmt().with_max_level(level).json().flatten_event(true).with_writer(log.clone());
        let guard = tracing::subscriber::set_default(logs.finish());
        (log, guard)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no panic").clone()).expect("text")
    }

    /// The lines of requests, once there are so many: a line is written when the last byte of an answer was sent, and its client
    /// may be quicker.
    async fn requests(&self, many: usize) -> Vec<Value> {
        let found = async {
            loop {
                let lines: Vec<Value> =
                    self.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
                let requests: Vec<Value> =
                    lines.into_iter().filter(|line| line["target"] == "gateway::access").collect();
                if requests.len() >= many {
                    return requests;
                }
                tokio::task::yield_now().await;
            }
        };
        let found = tokio::time::timeout(Duration::from_secs(10), found).await;
        let found = found.unwrap_or_else(|_| panic!("{}", self.text()));
        assert_eq!(found.len(), many, "one each");
        found
    }
}

/// A line without what differs from run to run.
fn steady(mut line: Value) -> Value {
    let object = line.as_object_mut().expect("an object");
    assert!(object.remove("duration_ms").and_then(|took| took.as_f64()).is_some_and(|took| took > 0.0));
    for name in ["timestamp", "target", "level"] {
        object.remove(name);
    }
    line
}

#[tokio::test]
async fn a_line_tells_what_happened() {
    let (log, _guard) = Log::listen();
    let gateway = TestGateway::builder().with_issuer().start().await;
    let token = gateway.token(&Grant { client: "portail".to_owned(), ..Grant::default() });
    let query = "query Authors($id: ID!) { book(id: $id) { author { name } } }";
    let request = gateway.client.post(format!("{}/graphql?debug=s3cr3t-query", gateway.url)).bearer_auth(&token);
    let request = request.header("cookie", "sid=s3cr3t-cookie").header("x-request-id", "r-1");
    let body = json!({"query": query, "variables": {"id": "s3cr3t-variable"}});
    let answer = request.json(&body).send().await.expect("an answer").text().await.expect("a body");
    let line = log.requests(1).await.remove(0);
    assert_eq!(
        steady(line),
        json!({
            "message": "answered",
            "request_id": "r-1",
            "method": "POST",
            "path": "/graphql",
            "status": 200,
            "operation": "Authors",
            "operation_type": "query",
            "client": "portail",
            "subgraph_calls": 1,
            "bytes": answer.len(),
        })
    );
    let text = log.text();
    for secret in ["s3cr3t", token.as_str(), token.rsplit('.').next().expect("a signature")] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn a_refusal_and_a_gap_have_their_codes() {
    let (log, _guard) = Log::listen();
    let gateway = TestGateway::builder().config(|config| config.traffic.retries = 0).refusing("people").start().await;
    gateway.ask("{ nothing }").await;
    gateway.ask("{ book(id: \"b1\") { id author { name } } }").await;
    gateway.get("/made/up?token=s3cr3t").await;
    let lines = log.requests(3).await;
    let told =
        lines.iter().map(|line| (line["codes"].as_str(), line["status"].as_u64(), line["subgraph_calls"].as_u64()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (Some("GRAPHQL_VALIDATION_FAILED"), Some(200), Some(0)),
            (Some("UPSTREAM_UNAVAILABLE"), Some(200), Some(2)),
            (Some("NOT_FOUND"), Some(404), Some(0)),
        ]
    );
    assert!(!log.text().contains("s3cr3t"));
}

/// Who logs in comes back with a code in the address, and with what their session is known by.
#[tokio::test]
async fn no_level_tells_what_a_login_is_made_of() {
    let (log, _guard) = Log::listen_to(Level::TRACE);
    let session = "s3cr3t-session-_".repeat(3)[..43].to_owned();
    let routes = |config: &mut gateway::config::GatewayConfig| {
        "reviews".clone_into(&mut config.person_service);
        config.public_routes = ["reviews", "people"].map(|name| (name.to_owned(), vec![format!("/{name}")])).into();
    };
    let login = Router::new().route("/reviews/callback", get(|| async { [("set-cookie", "a=s3cr3t")] }));
    let builder = TestGateway::builder().config(routes).public("reviews", login).refusing("people");
    let gateway = builder.signed_for(&["people", "reviews"]).start().await;
    let hash = service_kit::session::hash(&session);
    gateway.reviews.reply(Reply::Json(json!({"data": {"callingSession": {"client": hash}}})));
    for path in ["/reviews/callback", "/people/callback"] {
        // Not by a client whose own lines would be among these.
        let address = gateway.url.trim_start_matches("http://").to_owned();
        let mut stream = tokio::net::TcpStream::connect(&address).await.expect("a connection");
        let request = format!(
            "GET {path}?code=s3cr3t-code&state=s3cr3t-state HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             referer: https://idp.example.fr/?s3cr3t\r\ncookie: __Host-passerelle={session}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        let status = if path.starts_with("/reviews") { "HTTP/1.1 200" } else { "HTTP/1.1 502" };
        assert!(answer.starts_with(status), "{answer}");
    }
    let lines = log.requests(2).await;
    assert_eq!(lines[0]["path"], "/reviews/callback");
    let text = log.text();
    for secret in ["s3cr3t", &hash] {
        let told = text.lines().find(|line| line.contains(secret));
        assert_eq!(told, None);
    }
    assert!(text.contains("who asks cannot be learned"), "{text}");
}

#[tokio::test]
async fn every_line_of_a_request_has_its_id() {
    let (log, _guard) = Log::listen();
    let routes = Router::new().route("/files/a", get(|| async { tracing::info!("within the service") }));
    let gateway = TestGateway::builder().public("productions", routes).start().await;
    let request = gateway.client.get(format!("{}/files/a", gateway.url)).header("x-request-id", "r-7");
    request.send().await.expect("an answer");
    log.requests(1).await;
    let text = log.text();
    let within = text.lines().find(|line| line.contains("within the service")).expect("a line");
    let within: Value = serde_json::from_str(within).expect("JSON");
    assert_eq!(within["span"], json!({"name": "request", "request_id": "r-7"}));
}

#[tokio::test]
async fn a_client_that_goes_away_is_told_of() {
    let (log, _guard) = Log::listen();
    let gateway = TestGateway::start().await;
    gateway.people.reply(Reply::Never);
    let asked = gateway.client.post(format!("{}/graphql", gateway.url));
    let held = tokio::spawn(asked.json(&json!({"query": "query Held { people { id } }"})).send());
    gateway.people.was_called().await;
    held.abort();
    let line = log.requests(1).await.remove(0);
    assert_eq!((line["message"].as_str(), line.get("status")), (Some("the client went away"), None));
    assert_eq!(line["operation"], "Held");
}

#[tokio::test]
async fn each_operation_of_a_websocket_is_told_of() {
    let (log, _guard) = Log::listen();
    let gateway = TestGateway::start().await;
    let mut request = gateway.url.replace("http://", "ws://").add("/graphql").into_client_request().expect("a request");
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a header"));
    request.headers_mut().insert("x-request-id", "r-ws".parse().expect("a header"));
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.expect("a connection");
    let mut say = async |message: Value, answers: usize| {
        socket.send(Message::text(message.to_string())).await.expect("sent");
        for _ in 0..answers {
            socket.next().await.expect("an answer").expect("a message");
        }
    };
    say(json!({"type": "connection_init"}), 1).await;
    let query = "query People { people { id } }";
    say(json!({"id": "1", "type": "subscribe", "payload": {"query": query}}), 2).await;
    say(json!({"id": "2", "type": "subscribe", "payload": {"query": "{ nothing }"}}), 1).await;
    let mut lines = log.requests(3).await;
    assert!(lines.iter().all(|line| line["request_id"] == "r-ws"), "{lines:#?}");
    lines.sort_by_key(|line| line["operation"].to_string() + &line["codes"].to_string());
    let told = |line: &Value| [&line["message"], &line["operation"], &line["codes"], &line["status"]].map(Value::clone);
    let ended = "an operation by WebSocket ended";
    assert_eq!(told(&lines[0]), [json!(ended), json!("People"), Value::Null, Value::Null]);
    assert_eq!(told(&lines[1]), [json!(ended), Value::Null, json!("GRAPHQL_VALIDATION_FAILED"), Value::Null]);
    assert_eq!(told(&lines[2]), [json!("answered"), Value::Null, Value::Null, json!(101)]);
}

#[tokio::test]
async fn a_stream_of_events_is_told_of_at_its_end() {
    let (log, _guard) = Log::listen();
    let gateway = TestGateway::start().await;
    let request = gateway.client.post(format!("{}/graphql", gateway.url)).header("accept", "text/event-stream");
    let request = request.json(&json!({"query": "query People { people { id } }"}));
    let body = request.send().await.expect("an answer").text().await.expect("a stream");
    let line = log.requests(1).await.remove(0);
    assert_eq!((line["operation"].as_str(), line["bytes"].as_u64()), (Some("People"), Some(body.len() as u64)));
    assert_eq!((line["status"].as_u64(), line["subgraph_calls"].as_u64()), (Some(200), Some(1)));
}

#[tokio::test]
async fn probes_are_not_told_of() {
    let (log, _guard) = Log::listen();
    let gateway = TestGateway::start().await;
    gateway.get("/livez").await;
    gateway.get("/readyz").await;
    gateway.get("/schema.graphql").await;
    assert_eq!(log.requests(1).await[0]["path"], "/schema.graphql");
}
