//! Connections over HTTP/1.1, with or without TLS.

use std::time::Duration;

use ::http::{Request, Response, Uri};
use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// Time to open a connection.
const CONNECT: Duration = Duration::from_secs(2);
/// Idle connections are closed after this, before most servers close theirs.
const IDLE: Duration = Duration::from_secs(20);

/// The address of a subgraph cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadAddress {
    /// It is no URL.
    #[error("{url:?} is no address of a subgraph: write http://HOST:PORT/PATH")]
    Url {
        /// What was given, without what is secret of it.
        url: String,
    },
    /// The machine has no certificates to trust.
    #[error("no certificate authority is known on this machine: install ca-certificates, or use http:// within it")]
    NoRoots,
}

/// The address of a subgraph's GraphQL, and whether it is reached by TLS; without a path, `/graphql` is meant.
pub(crate) fn address(url: &str) -> Result<(Uri, bool), BadAddress> {
    let bad = || BadAddress::Url { url: service_kit::address::shown(url) };
    let uri: Uri = url.parse().map_err(|_| bad())?;
    let secure = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err(bad()),
    };
    if uri.path() == "/" && uri.query().is_none() {
        let uri = format!("{}/graphql", url.trim_end_matches('/')).parse().map_err(|_| bad())?;
        return Ok((uri, secure));
    }
    Ok((uri, secure))
}

/// A pool of connections that carry bodies of type `B`.
#[derive(Clone, Debug)]
pub(crate) enum Connections<B> {
    Plain(Client<HttpConnector, B>),
    Tls(Client<HttpsConnector<HttpConnector>, B>),
}

impl<B> Connections<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// No connection yet; each is opened when it is needed.
    pub(crate) fn open(secure: bool) -> Result<Self, BadAddress> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        let mut pool = Client::builder(TokioExecutor::new());
        pool.pool_idle_timeout(IDLE).pool_timer(TokioTimer::new());
        if !secure {
            return Ok(Self::Plain(pool.build(tcp)));
        }
        let tls = hyper_rustls::HttpsConnectorBuilder::new().with_native_roots().map_err(|_| BadAddress::NoRoots)?;
        Ok(Self::Tls(pool.build(tls.https_only().enable_http1().wrap_connector(tcp))))
    }

    /// Sends a request; the answer's body is still to come.
    pub(crate) async fn send(&self, request: Request<B>) -> Result<Response<Incoming>, Error> {
        match self {
            Self::Plain(client) => client.request(request).await,
            Self::Tls(client) => client.request(request).await,
        }
    }
}
