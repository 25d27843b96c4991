//! A subgraph over HTTP.

use axum::body::Body;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::Uri;
use http_body_util::Full;

use super::connections::{BadAddress, Connections, address};
use super::{CallError, Events, SubgraphClient, SubgraphRequest, message};

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
            let message = message::of_call(self.uri.clone(), request)?;
            let response = self.connections.send(message).await;
            let response = response.map_err(|error| CallError::Unreachable(error.to_string()))?;
            message::answer(response, self.max_response_bytes).await
        }
        .boxed()
    }

    fn subscribe(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>> {
        async move {
            let message = message::of_subscription(self.uri.clone(), request)?;
            let response = self.connections.send(message).await;
            let response = response.map_err(|error| CallError::Unreachable(error.to_string()))?;
            message::events(response.map(Body::new), self.max_response_bytes).await
        }
        .boxed()
    }
}
