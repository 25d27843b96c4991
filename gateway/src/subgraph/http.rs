//! A subgraph over HTTP/1.1, with or without TLS.

use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Uri, header};
use http_body_util::Full;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{CallError, SubgraphClient, SubgraphRequest, collect, is_graphql};

/// Time to open a connection.
const CONNECT: Duration = Duration::from_secs(2);
/// Idle connections are closed after this, before most servers close theirs.
const IDLE: Duration = Duration::from_secs(20);

/// A subgraph at an address.
#[derive(Clone, Debug)]
pub struct HttpSubgraph {
    uri: Uri,
    connections: Connections,
    max_response_bytes: usize,
}

#[derive(Clone, Debug)]
enum Connections {
    Plain(Client<HttpConnector, Full<Bytes>>),
    Tls(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

/// The address of a subgraph cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadAddress {
    /// It is no URL.
    #[error("{url:?} is no address of a subgraph: write http://HOST:PORT/PATH")]
    Url {
        /// What was given.
        url: String,
    },
    /// The machine has no certificates to trust.
    #[error("no certificate authority is known on this machine: install ca-certificates, or use http:// within it")]
    NoRoots,
}

impl HttpSubgraph {
    /// A way to the subgraph at `url`; without a path, `/graphql` is meant.
    ///
    /// # Errors
    /// When `url` is no http or https URL, or https is asked for on a machine that trusts no authority.
    pub fn new(url: &str, max_response_bytes: usize) -> Result<Self, BadAddress> {
        let bad = || BadAddress::Url { url: url.to_owned() };
        let uri: Uri = url.parse().map_err(|_| bad())?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(bad()),
        };
        let uri = if uri.path() == "/" && uri.query().is_none() {
            format!("{}/graphql", url.trim_end_matches('/')).parse().map_err(|_| bad())?
        } else {
            uri
        };
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        let mut pool = Client::builder(TokioExecutor::new());
        pool.pool_idle_timeout(IDLE).pool_timer(TokioTimer::new());
        let connections = if secure {
            let tls =
                hyper_rustls::HttpsConnectorBuilder::new().with_native_roots().map_err(|_| BadAddress::NoRoots)?;
            Connections::Tls(pool.build(tls.https_only().enable_http1().wrap_connector(tcp)))
        } else {
            Connections::Plain(pool.build(tcp))
        };
        Ok(Self { uri, connections, max_response_bytes })
    }
}

impl SubgraphClient for HttpSubgraph {
    fn call(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>> {
        async move {
            let mut message = Request::post(self.uri.clone())
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::ACCEPT, "application/graphql-response+json, application/json")
                .header("x-request-id", &*request.request_id);
            if let Some(principal) = &request.principal {
                message = message.header(service_kit::principal_token::HEADER, principal);
            }
            let message =
                message.body(Full::new(request.body)).map_err(|error| CallError::Unreachable(error.to_string()))?;
            let response = match &self.connections {
                Connections::Plain(client) => client.request(message).await,
                Connections::Tls(client) => client.request(message).await,
            };
            let response = response.map_err(|error| CallError::Unreachable(error.to_string()))?;
            if response.status() == ::http::StatusCode::UNAUTHORIZED {
                return Err(CallError::Refused);
            }
            if !response.status().is_success() && !is_graphql(response.headers()) {
                return Err(CallError::Status(response.status().as_u16()));
            }
            collect(response.into_body(), self.max_response_bytes).await
        }
        .boxed()
    }
}
