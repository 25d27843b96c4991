//! Requests to providers: bounded in time and bytes, never redirected, and never over a wire that others can read.

use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

use crate::config::safe_address;

/// Bytes of an answer.
const MAX_BYTES: usize = 256 << 10;
/// For a whole request.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Idle connections are closed after this, before most servers close theirs.
const IDLE: Duration = Duration::from_secs(20);

/// A provider did not answer as one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebError {
    /// The machine has no certificates to trust.
    #[error("no certificate authority is known on this machine: install ca-certificates")]
    NoRoots,
    /// The provider told an address that is not reached by TLS.
    #[error("an address that the provider tells is not reached by TLS")]
    Unsafe,
    /// Nobody answered, or the answer broke off.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("it did not answer in 5 seconds")]
    TimedOut,
    /// It sent us elsewhere, or fails.
    #[error("it answered with status {0}")]
    Status(http::StatusCode),
    /// The answer is longer than an honest one.
    #[error("its answer is longer than {MAX_BYTES} bytes")]
    TooLong,
}

/// Connections to one provider. That by TLS is opened when it is first needed, since it reads the machine's certificates.
pub(crate) struct Web {
    /// Whether every address must be reached by TLS: so it is unless the issuer itself is on this machine.
    secure: bool,
    plain: OnceLock<Client<HttpConnector, Full<Bytes>>>,
    tls: OnceLock<Client<HttpsConnector<HttpConnector>, Full<Bytes>>>,
}

impl Web {
    pub(crate) fn of(issuer: &str) -> Self {
        Self { secure: issuer.starts_with("https:"), plain: OnceLock::new(), tls: OnceLock::new() }
    }

    /// Whether a browser, or we, may be sent to an address that the provider tells.
    pub(crate) fn allows(&self, address: &str) -> bool {
        safe_address(address).is_some_and(|uri| !self.secure || uri.scheme_str() == Some("https"))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, WebError> {
        let (head, body) = request.into_parts();
        if !self.allows(&head.uri.to_string()) {
            return Err(WebError::Unsafe);
        }
        let secure = head.uri.scheme_str() == Some("https");
        let request = http::Request::from_parts(head, Full::new(Bytes::from(body)));
        let answer = if secure { self.tls()?.request(request) } else { self.plain().request(request) };
        let (head, body) = answer.await.map_err(|error| unreachable(&error))?.into_parts();
        if head.status.is_redirection() || head.status.is_server_error() {
            return Err(WebError::Status(head.status));
        }
        let body = match Limited::new(body, MAX_BYTES).collect().await {
            Ok(whole) => whole.to_bytes().to_vec(),
            Err(error) if error.is::<LengthLimitError>() => return Err(WebError::TooLong),
            Err(error) => return Err(WebError::Unreachable(error.to_string())),
        };
        Ok(http::Response::from_parts(head, body))
    }

    fn plain(&self) -> &Client<HttpConnector, Full<Bytes>> {
        self.plain.get_or_init(|| pool().build(tcp()))
    }

    fn tls(&self) -> Result<&Client<HttpsConnector<HttpConnector>, Full<Bytes>>, WebError> {
        if let Some(open) = self.tls.get() {
            return Ok(open);
        }
        let tls = hyper_rustls::HttpsConnectorBuilder::new().with_native_roots().map_err(|_| WebError::NoRoots)?;
        let open = pool().build(tls.https_only().enable_http1().wrap_connector(tcp()));
        Ok(self.tls.get_or_init(|| open))
    }
}

impl<'c> AsyncHttpClient<'c> for Web {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WebError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(
            async move { tokio::time::timeout(TIMEOUT, self.send(request)).await.unwrap_or(Err(WebError::TimedOut)) },
        )
    }
}

fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp
}

fn pool() -> hyper_util::client::legacy::Builder {
    let mut pool = Client::builder(TokioExecutor::new());
    pool.pool_idle_timeout(IDLE).pool_timer(TokioTimer::new());
    pool
}

fn unreachable(error: &dyn std::error::Error) -> WebError {
    WebError::Unreachable(crate::provider::chain(error))
}
