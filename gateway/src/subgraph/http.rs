//! A subgraph over HTTP.

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Uri, header};
use http_body_util::Full;

use super::connections::{BadAddress, Connections, address};
use super::{CallError, SubgraphClient, SubgraphRequest, collect, is_graphql};

/// A subgraph at an address.
#[derive(Clone, Debug)]
pub struct HttpSubgraph {
    uri: Uri,
    connections: Connections<Full<Bytes>>,
    max_response_bytes: usize,
}

impl HttpSubgraph {
    /// A way to the subgraph at `url`; without a path, `/graphql` is meant.
    ///
    /// # Errors
    /// When `url` is no http or https URL, or https is asked for on a machine that trusts no authority.
    pub fn new(url: &str, max_response_bytes: usize) -> Result<Self, BadAddress> {
        let (uri, secure) = address(url)?;
        Ok(Self { uri, connections: Connections::open(secure)?, max_response_bytes })
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
            let response = self.connections.send(message).await;
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
