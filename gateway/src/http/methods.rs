//! A method that an address does not take: the answer says which ones it does.

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use kernel::ErrorCode;

use super::asked::Asked;

/// Gives an empty 405 its body.
pub(super) async fn told(request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let response = next.run(request).await;
    // A body that was written already says more.
    if response.status() != StatusCode::METHOD_NOT_ALLOWED || response.headers().contains_key(header::CONTENT_TYPE) {
        return response;
    }
    let allowed = response.headers().get(header::ALLOW).cloned();
    let names =
        allowed.as_ref().and_then(|methods| methods.to_str().ok()).unwrap_or("other methods").replace(',', ", ");
    let message = format!("this address takes {names}");
    let mut told = asked.refused(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadUserInput, &message);
    if let Some(allowed) = allowed {
        told.headers_mut().insert(header::ALLOW, allowed);
    }
    told
}
