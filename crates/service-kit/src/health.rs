//! `/livez`: the process runs. `/readyz`: it can answer, and if not, why not.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::future::BoxFuture;

/// A question that a role answers about itself: `Ok`, or what is missing in a few words.
pub type Readiness = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// The two health routes.
pub fn routes(ready: Readiness) -> Router {
    Router::new().route("/livez", get(|| async { "alive\n" })).route("/readyz", get(move || readyz(Arc::clone(&ready))))
}

async fn readyz(ready: Readiness) -> Response {
    match ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(missing) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {missing}\n")).into_response(),
    }
}
