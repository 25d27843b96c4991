//! One connection, from its first byte to its last.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_io_timeout::TimeoutStream;
use tower::Service;
use tower_http::timeout::TimeoutBody;

use super::{ServerConfig, Stopping};

/// Bytes of a request's head, and of a body's part that is held at a time.
const BUFFER: usize = 64 << 10;
/// Once told to stop, how long a connection is waited for that never asked anything.
const LEEWAY: Duration = Duration::from_secs(1);

/// Serves what comes on a connection until either side ends it; told to stop, until the request in flight is answered.
pub(super) async fn serve(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    config: ServerConfig,
    stopping: Stopping,
) {
    // Answers are written whole: nothing is gained by waiting for more to send.
    drop(stream.set_nodelay(true));
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(config.write_timeout));
    let asked = Notify::new();
    let answer = service_fn(|request: Request<Incoming>| {
        asked.notify_one();
        let mut request = request.map(|body| bounded(body, config.read_timeout));
        request.extensions_mut().insert(ConnectInfo(from));
        request.extensions_mut().insert(stopping.clone());
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(config.header_timeout)
        .max_header_size(BUFFER)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(Box::pin(stream)), answer)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    // A connection that ends otherwise than well is the client's affair, and no line in our log.
    tokio::select! {
        ended = connection.as_mut() => return drop(ended),
        () = stopping.told() => {}
    }
    // hyper ends at once a connection that has asked nothing yet, also where its request is on the way.
    tokio::select! {
        ended = connection.as_mut() => return drop(ended),
        () = asked.notified() => {}
        () = tokio::time::sleep(LEEWAY) => {}
    }
    connection.as_mut().graceful_shutdown();
    drop(connection.await);
}

/// A body that is given up when it brings nothing for so long.
fn bounded(body: Incoming, timeout: Duration) -> Body {
    if body.is_end_stream() { Body::empty() } else { Body::new(TimeoutBody::new(timeout, body)) }
}
