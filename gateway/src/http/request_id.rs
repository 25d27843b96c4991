//! The id under which a request is logged, here and in every service.

use axum::http::HeaderMap;

/// The header that carries it.
pub(super) const REQUEST_ID: &str = "x-request-id";
/// Ids of clients that are longer are replaced by one of ours.
const MAX_REQUEST_ID: usize = 64;

/// The client's id of this request, if it is a plain short word; else a new one.
pub(super) fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let plain = |id: &&str| {
        !id.is_empty()
            && id.len() <= MAX_REQUEST_ID
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    given.filter(plain).map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}
