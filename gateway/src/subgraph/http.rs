//! A subgraph over HTTP.

use axum::body::Body;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;

use super::connections::{BadAddress, Connections, address};
use super::{
    ACCEPT, CallError, Events, SubgraphClient, SubgraphRequest, answered, collect, event_stream, message, subscribed,
};

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

impl HttpSubgraph {
    async fn send(&self, request: SubgraphRequest, accept: &str) -> Result<Response<Incoming>, CallError> {
        let message = message(self.uri.clone(), &request, accept).body(Full::new(request.body));
        let message = message.map_err(|error| CallError::Unreachable(error.to_string()))?;
        let response = self.connections.send(message).await;
        let response = response.map_err(|error| CallError::Unreachable(error.to_string()))?;
        answered(&response).map(|()| response)
    }
}

impl SubgraphClient for HttpSubgraph {
    fn call(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>> {
        async move {
            let response = self.send(request, ACCEPT).await?;
            collect(response.into_body(), self.max_response_bytes).await
        }
        .boxed()
    }

    fn subscribe(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>> {
        async move {
            let response = self.send(request, event_stream::MEDIA_TYPE).await?;
            subscribed(response.map(Body::new), self.max_response_bytes).await
        }
        .boxed()
    }
}
