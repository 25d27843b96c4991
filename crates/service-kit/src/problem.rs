//! Problem documents (RFC 9457): how a route that is not GraphQL says that it cannot answer.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::ErrorCode;
use serde_json::json;

/// The media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What is answered at an address that is nobody's.
pub async fn nothing_here() -> Response {
    problem(StatusCode::NOT_FOUND, ErrorCode::NotFound, "nothing is served at this address")
}

/// A problem: a status, a code of the closed list, and a sentence that may be shown.
pub fn problem(status: StatusCode, code: ErrorCode, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    let body = json!({
        "type": "about:blank",
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
        "code": code,
    });
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // For whoever logs the answer.
    response.extensions_mut().insert(code);
    response
}
