//! The gateway's HTTP front: GraphQL, the public schema, the explorer, health, and the public routes of services.
//!
//! What holds for many routes is a layer, one a file. From the outside in: [`access_log`], [`security`], [`cors`], [`load`],
//! [`csrf`], [`methods`], and on the gateway's own routes [`compression`].

mod accept;
mod access_log;
mod address;
mod arrival;
mod asked;
mod auth;
mod body;
mod compression;
mod content;
mod cors;
mod csrf;
mod events;
mod explorer;
mod graphql;
mod load;
mod methods;
mod metrics;
mod places;
mod public;
mod request_id;
mod schema;
mod security;
mod streams;
mod websocket;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use service_kit::health::{self, Readiness};

use crate::Gateway;
pub(crate) use places::Places;

pub use metrics::metrics_router;

/// Everything that the gateway serves. `ready` tells whether what it needs can answer.
pub fn router(gateway: Arc<Gateway>, ready: Readiness) -> Router {
    let config = Arc::clone(&gateway.config);
    let mut own = Router::new()
        .route(asked::GRAPHQL_PATH, get(graphql::by_get).post(graphql::by_post))
        .route("/schema.graphql", get(schema::schema))
        .merge(explorer::routes())
        .layer(DefaultBodyLimit::max(config.max_body_bytes));
    if config.compression {
        own = own.layer(compression::layer()).layer(from_fn(compression::tag));
    }
    let served = own
        .layer(from_fn(security::own))
        .fallback(public::forward)
        .layer(from_fn_with_state(Arc::clone(&gateway), csrf::guard))
        .layer(from_fn_with_state(load::places(config.max_concurrent_requests), load::bound))
        .with_state(Arc::clone(&gateway))
        // Whoever looks whether the process lives is answered however much it has to do.
        .merge(health::routes(ready));
    // One service from here on: what comes out of it is the whole answer, with the methods that its route takes.
    let mut whole = Router::new().fallback_service(served).layer(from_fn(methods::told));
    if let Some(cors) = cors::layer(&config.cors) {
        whole = whole.layer(cors);
    }
    whole
        .layer(from_fn_with_state(security::hsts(&config), security::everywhere))
        .layer(from_fn_with_state(gateway, access_log::tell))
}
