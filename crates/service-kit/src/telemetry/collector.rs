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
