//! The server as clients meet it that do not do as they should.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::*;
use crate::health;

const SHORT: Duration = Duration::from_millis(200);
const HEAD: &str = " HTTP/1.1\r\nhost: h\r\n\r\n";

/// A server that was started, and the way to stop it.
struct Started {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

async fn start(routes: Router, change: impl FnOnce(&mut ServerConfig)) -> Started {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let mut config = ServerConfig::default();
    change(&mut config);
    let (stop, told) = oneshot::channel();
    let ready: health::Readiness = Arc::new(|| Box::pin(async { Ok(()) }));
    let routes = routes.merge(health::routes(ready));
    let served = tokio::spawn(async move { serve(listener, routes, &config, async { drop(told.await) }).await });
    Started { address, stop, served }
}

impl Started {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    /// Sends bytes, and reads until the server ends the connection.
    async fn send(&self, bytes: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_bytes()).await.expect("sent");
        rest(&mut stream).await
    }
}

/// What comes until the connection ends, however it does.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    drop(stream.read_to_end(&mut bytes).await);
    String::from_utf8(bytes).expect("text")
}

/// A route that is asked, and answers when it is let.
fn waiting() -> (Router, Arc<Notify>, Arc<Notify>) {
    let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (Arc::clone(&asked), Arc::clone(&answer));
    let slow = async move || {
        tell.notify_one();
        wait.notified().await;
        "slow"
    };
    (Router::new().route("/slow", get(slow)), asked, answer)
}

#[tokio::test]
async fn a_head_that_does_not_end_ends_the_connection() {
    let server = start(Router::new(), |config| config.header_timeout = SHORT).await;
    assert_eq!(server.send("GET /livez HTTP/1.1\r\nhost: ").await, "");
    assert_eq!(server.send("").await, "", "nor is anything waited for that never begins");
    assert!(server.send(&format!("GET /livez{HEAD}")).await.ends_with("alive\n"), "idle connections are ended too");
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let server = start(Router::new(), |_| {}).await;
    let head = format!("GET /livez HTTP/1.1\r\nhost: h\r\nx: {}\r\n\r\n", "x".repeat(100_000));
    assert!(server.send(&head).await.starts_with("HTTP/1.1 431 "));
}

#[tokio::test]
async fn a_body_that_stalls_is_given_up() {
    let read = async |body: Result<Bytes, axum::extract::rejection::BytesRejection>| match body {
        Ok(_) => "whole".into_response(),
        Err(_) => (StatusCode::BAD_REQUEST, "given up").into_response(),
    };
    let server = start(Router::new().route("/read", post(read)), |config| config.read_timeout = SHORT).await;
    let head = "POST /read HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: 5\r\n\r\n";
    assert!(server.send(&format!("{head}abc")).await.ends_with("given up"));
    assert!(server.send(&format!("{head}abcde")).await.ends_with("whole"));
}

/// Tells when it is dropped.
struct Dropped(Arc<Notify>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let dropped = Arc::new(Notify::new());
    let tell = Arc::clone(&dropped);
    let endless = async move || {
        let held = Dropped(Arc::clone(&tell));
        let part = Bytes::from(vec![b'x'; 1 << 16]);
        Body::from_stream(futures::stream::repeat_with(move || {
            let _ = &held;
            Ok::<_, std::convert::Infallible>(part.clone())
        }))
    };
    let server = start(Router::new().route("/endless", get(endless)), |config| config.write_timeout = SHORT).await;
    let mut stream = server.connect().await;
    stream.write_all(format!("GET /endless{HEAD}").as_bytes()).await.expect("sent");
    dropped.notified().await;
}

#[tokio::test]
async fn a_handler_ends_when_its_client_goes_away() {
    let (asked, dropped) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (ask, tell) = (Arc::clone(&asked), Arc::clone(&dropped));
    let never = async move || {
        let _held = Dropped(tell);
        ask.notify_one();
        std::future::pending::<()>().await;
    };
    let server = start(Router::new().route("/never", get(never)), |_| {}).await;
    let mut stream = server.connect().await;
    stream.write_all(format!("GET /never{HEAD}").as_bytes()).await.expect("sent");
    asked.notified().await;
    drop(stream);
    dropped.notified().await;
}

#[tokio::test]
async fn what_is_in_flight_is_finished_and_readyz_says_that_it_stops() {
    let (routes, asked, answer) = waiting();
    let server = start(routes, |_| {}).await;
    assert!(server.send(&format!("GET /readyz{}", close())).await.ends_with("\r\n\r\nready\n"));
    let mut idle = server.connect().await;
    idle.write_all(format!("GET /livez{HEAD}").as_bytes()).await.expect("sent");
    let mut slow = server.connect().await;
    slow.write_all(format!("GET /slow{HEAD}").as_bytes()).await.expect("sent");
    asked.notified().await;
    let Started { address, stop, served } = server;
    stop.send(()).expect("it runs");
    assert!(rest(&mut idle).await.ends_with("alive\n"), "a connection without a request is ended");
    let mut probe = TcpStream::connect(address).await.expect("there is a request in flight");
    probe.write_all(format!("GET /readyz{HEAD}").as_bytes()).await.expect("sent");
    let told = rest(&mut probe).await;
    assert!(told.starts_with("HTTP/1.1 503 ") && told.ends_with("not ready: stopping\n"), "{told}");
    answer.notify_one();
    assert!(rest(&mut slow).await.ends_with("slow"));
    served.await.expect("it ends by itself");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn what_is_not_done_in_time_is_ended() {
    let (routes, asked, _answer) = waiting();
    let server = start(routes, |config| config.stop_timeout = SHORT).await;
    let mut slow = server.connect().await;
    slow.write_all(format!("GET /slow{HEAD}").as_bytes()).await.expect("sent");
    asked.notified().await;
    let Started { stop, served, .. } = server;
    stop.send(()).expect("it runs");
    served.await.expect("it ends by itself");
    assert_eq!(rest(&mut slow).await, "");
}

#[tokio::test]
async fn connections_beyond_the_bound_wait() {
    let (routes, asked, answer) = waiting();
    let server = start(routes, |config| config.max_connections = 1).await;
    let mut first = server.connect().await;
    first.write_all(format!("GET /slow{}", close()).as_bytes()).await.expect("sent");
    asked.notified().await;
    let mut second = server.connect().await;
    second.write_all(format!("GET /livez{}", close()).as_bytes()).await.expect("sent");
    let early = tokio::time::timeout(SHORT, second.read_u8()).await;
    assert!(early.is_err(), "the first is not done");
    answer.notify_one();
    assert!(rest(&mut first).await.ends_with("slow"));
    assert!(rest(&mut second).await.ends_with("alive\n"));
}

fn close() -> &'static str {
    " HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n"
}
