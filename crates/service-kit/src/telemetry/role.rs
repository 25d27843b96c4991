//! Around the requests of a role that is asked by the gateway: under its id, and as a part of its trace.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use tracing::field::Empty;

use super::{TraceContext, request_span};

/// Characters of an id and of a path that are told.
const MOST: usize = 200;

/// Tells of a request as the gateway tells of the whole one.
pub(crate) async fn around(request: Request, next: Next) -> Response {
    let id = request.headers().get("x-request-id").and_then(|value| value.to_str().ok()).unwrap_or("-");
    let short = |text: &str| text.chars().take(MOST).collect::<String>();
    let log = request_span(&short(id));
    let span = log.in_scope(|| {
        tracing::debug_span!(
            "http.server",
            otel.kind = "server",
            otel.status_code = Empty,
            http.request.method = request.method().as_str(),
            url.path = short(request.uri().path()),
            http.response.status_code = Empty,
            request_id = short(id),
        )
    });
    TraceContext::of(request.headers()).adopt(&span);
    let told = span.clone();
    let response = next.run(request).instrument(span).instrument(log).await;
    told.record("http.response.status_code", response.status().as_u16());
    if response.status().is_server_error() {
        told.record("otel.status_code", "ERROR");
    }
    response
}
