//! The gateway's HTTP front: GraphQL, the public schema, the explorer, health, and the public routes of services.

mod accept;
mod auth;
mod content;
mod explorer;
mod graphql;
mod public;
mod request_id;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use service_kit::health::{self, Readiness};

use crate::Gateway;

/// Everything that the gateway serves. `ready` tells whether what it needs can answer.
pub fn router(gateway: Arc<Gateway>, ready: Readiness) -> Router {
    Router::new()
        .route("/graphql", get(graphql::by_get).post(graphql::by_post))
        .route("/schema.graphql", get(schema))
        .merge(explorer::routes())
        .layer(DefaultBodyLimit::max(gateway.config.max_body_bytes))
        .fallback(public::forward)
        .with_state(gateway)
        .merge(health::routes(ready))
}

async fn schema(State(gateway): State<Arc<Gateway>>) -> impl IntoResponse {
    let serving = gateway.serving();
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], serving.supergraph.public_sdl().to_owned())
}
