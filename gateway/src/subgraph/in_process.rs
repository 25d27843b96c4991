//! A subgraph in this process: its own axum router, so that authorisation, limits and error masking are the same code as over
//! HTTP.

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, header};
use tower::ServiceExt;

use super::{CallError, SubgraphClient, SubgraphRequest, collect, is_graphql};

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
            let mut message = Request::post("/graphql")
                .header(header::CONTENT_TYPE, "application/json")
                .header("x-request-id", &*request.request_id);
            if let Some(principal) = &request.principal {
                message = message.header(service_kit::principal_token::HEADER, principal);
            }
            let message =
                message.body(Body::from(request.body)).map_err(|error| CallError::Unreachable(error.to_string()))?;
            let response = match self.router.clone().oneshot(message).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
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
