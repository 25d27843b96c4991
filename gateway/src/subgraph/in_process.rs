//! A subgraph in this process: its own axum router, so that authorisation, limits and error masking are the same code as over
//! HTTP.

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::Uri;
use tower::ServiceExt;

use super::{CallError, Events, SubgraphClient, SubgraphRequest, message};

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

impl SubgraphClient for InProcessSubgraph {
    fn call(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>> {
        async move {
            let message = message::of_call::<Body>(Uri::from_static("/graphql"), request)?;
            let response = match self.router.clone().oneshot(message).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            message::answer(response, self.max_response_bytes).await
        }
        .boxed()
    }

    fn subscribe(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>> {
        async move {
            let message = message::of_subscription::<Body>(Uri::from_static("/graphql"), request)?;
            let response = match self.router.clone().oneshot(message).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            message::events(response, self.max_response_bytes).await
        }
        .boxed()
    }
}
