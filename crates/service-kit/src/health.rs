//! `/livez`: the process runs. `/readyz`: it can answer, and if not, why not.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use futures::future::BoxFuture;

use crate::server::Stopping;

/// A question that a role answers about itself: `Ok`, or what is missing in a few words.
pub type Readiness = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// The two health routes.
pub fn routes(ready: Readiness) -> Router {
    Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route("/readyz", get(move |stopping: Option<Extension<Stopping>>| readyz(Arc::clone(&ready), stopping)))
}

async fn readyz(ready: Readiness, stopping: Option<Extension<Stopping>>) -> Response {
    let outcome = match stopping {
        Some(Extension(stopping)) if stopping.is_stopping() => Err("stopping".to_owned()),
        _ => ready().await,
    };
    match outcome {
        Ok(()) => "ready\n".into_response(),
        Err(missing) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {missing}\n")).into_response(),
    }
}
