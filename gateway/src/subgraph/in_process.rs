//! A subgraph in this process: its own axum router, so that authorisation, limits and error masking are the same code as over
//! HTTP.

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Response, Uri};
use tower::ServiceExt;

use super::{
    ACCEPT, CallError, Events, SubgraphClient, SubgraphRequest, answered, collect, event_stream, message, subscribed,
};

/// The router of a subgraph in this process.
#[derive(Clone, Debug)]
pub struct InProcessSubgraph {
    router: Router,
    max_response_bytes: usize,
}

impl InProcessSubgraph {
    /// A way to the subgraph that `router` serves under `/graphql`.
    pub fn new(router: Router, max_response_bytes: usize) -> Self {
        Self { router, max_response_bytes }
    }
}

impl InProcessSubgraph {
    async fn send(&self, request: SubgraphRequest, accept: &str) -> Result<Response<Body>, CallError> {
        let message = message(Uri::from_static("/graphql"), &request, accept).body(Body::from(request.body));
        let message = message.map_err(|error| CallError::Unreachable(error.to_string()))?;
        let response = match self.router.clone().oneshot(message).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        answered(&response).map(|()| response)
    }
}

impl SubgraphClient for InProcessSubgraph {
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
            subscribed(response, self.max_response_bytes).await
        }
        .boxed()
    }
}
