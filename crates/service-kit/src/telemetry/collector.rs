//! The way to a collector: by hyper, on the runtime of this process, with one word in the log when it is gone and one when it is back.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::{Request, Response, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;

/// Bytes of a collector's answer, which says hardly anything.
const ANSWER: usize = 1 << 20;

/// A collector of spans.
pub(super) struct Collector {
    way: Way,
    timeout: Duration,
    runtime: Handle,
    gone: AtomicBool,
}

#[derive(Clone)]
enum Way {
    Plain(Client<HttpConnector, Full<Bytes>>),
    Tls(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

impl fmt::Debug for Collector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Collector").finish_non_exhaustive()
    }
}

impl Collector {
    /// The way to `address`, in the runtime that this is called in.
    pub(super) fn at(address: &Uri, timeout: Duration) -> Result<Self, String> {
        let runtime = Handle::try_current()
            .map_err(|_| "endpoint: traces are sent by a runtime, and there is none".to_owned())?;
        let pool = Client::builder(TokioExecutor::new());
        let way = if address.scheme_str() == Some("https") {
            let roots = HttpsConnectorBuilder::new().with_native_roots();
            let tls = roots.map_err(|_| "endpoint: no certificate authority is known on this machine".to_owned())?;
            Way::Tls(pool.build(tls.https_only().enable_http1().build()))
        } else {
            Way::Plain(pool.build(HttpConnector::new()))
        };
        Ok(Self { way, timeout, runtime, gone: AtomicBool::new(false) })
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (way, timeout) = (self.way.clone(), self.timeout);
        // The exporter has a thread of its own, where no connection can be driven.
        self.runtime.spawn(async move { tokio::time::timeout(timeout, way.send(request)).await }).await??
    }

    /// Says once that spans are lost, and once that they are not any more.
    fn tell(&self, outcome: &Result<Response<Bytes>, HttpError>) {
        let lost = match outcome {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!("it answered with status {}", response.status().as_u16())),
            Err(error) => Some(error.to_string()),
        };
        match lost {
            Some(reason) if !self.gone.swap(true, Ordering::Relaxed) => {
                tracing::warn!(reason, "traces cannot be sent to the collector; they are dropped until they can");
            }
            None if self.gone.swap(false, Ordering::Relaxed) => {
                tracing::info!("traces are sent to the collector again");
            }
            _ => {}
        }
    }
}

impl Way {
    async fn send(self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = request.map(Full::new);
        let response = match &self {
            Self::Plain(client) => client.request(request).await?,
            Self::Tls(client) => client.request(request).await?,
        };
        let (head, body) = response.into_parts();
        let body = Limited::new(body, ANSWER).collect().await?.to_bytes();
        Ok(Response::from_parts(head, body))
    }
}

impl HttpClient for Collector {
    fn send_bytes<'life, 'sending>(
        &'life self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sending>>
    where
        'life: 'sending,
        Self: 'sending,
    {
        Box::pin(async move {
            let outcome = self.send(request).await;
            self.tell(&outcome);
            outcome
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::atomic::AtomicU16;
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::post;
    use tokio::net::TcpListener;

    use super::*;

    /// What is logged in a test.
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

    #[tokio::test]
    async fn a_collector_that_is_gone_is_told_of_once() {
        let log = Log::default();
        let writer = log.clone();
        let logs = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let _guard = tracing::subscriber::set_default(logs);
        let status = Arc::new(AtomicU16::new(503));
        let answered = Arc::clone(&status);
        let answer = async move || StatusCode::from_u16(answered.load(Ordering::Relaxed)).expect("a status");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}/v1/traces", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/v1/traces", post(answer))).await });
        let collector = Collector::at(&address.parse().expect("an address"), Duration::from_secs(5)).expect("a way");
        let send = async || {
            let request = Request::post(&address).body(Bytes::from_static(b"spans")).expect("a request");
            drop(collector.send_bytes(request).await);
        };
        for told in [503, 503, 200, 200, 500] {
            status.store(told, Ordering::Relaxed);
            send().await;
        }
        let text = String::from_utf8(log.0.lock().expect("no panic").clone()).expect("text");
        let levels: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
        assert_eq!(levels, ["WARN", "INFO", "WARN"], "{text}");
        assert!(text.contains("it answered with status 503"), "{text}");
    }
}
