//! Metrics, on a listener of their own: they are for whoever runs the gateway, not for its clients.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use service_kit::problem::nothing_here;

use crate::Gateway;
use crate::telemetry::Prepared;

/// `/metrics` in the text format of Prometheus.
pub fn metrics_router(gateway: Arc<Gateway>) -> Router {
    Router::new().route("/metrics", get(metrics)).fallback(nothing_here).with_state(gateway)
}

async fn metrics(State(gateway): State<Arc<Gateway>>) -> Response {
    let serving = gateway.serving();
    let (documents, plans) = serving.supergraph.prepared.entries();
    let text = gateway.metrics.text(&[(Prepared::Documents, documents), (Prepared::Plans, plans)]);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
