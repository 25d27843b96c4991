//! Compression of the gateway's own answers, by what the client reads: brotli or gzip.
//!
//! Public routes are left as their services answer. An answer's length then tells something of its content; whoever asks without the
//! caller's own credentials learns nothing by that, since a request that a page forged with the session's cookie is not run
//! ([`super::csrf`]).

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Shorter answers fit into one packet as they are.
const SHORT: u16 = 1024;
/// Where the time spent still buys much: beyond this, answers get hardly shorter.
const LEVEL: CompressionLevel = CompressionLevel::Precise(4);

/// Compresses what is long enough and comes as a whole: events are sent when they happen.
pub(super) fn layer() -> CompressionLayer<impl Predicate> {
    let whole = SizeAbove::new(SHORT)
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("multipart/"))
        .and(NotForContentType::IMAGES);
    CompressionLayer::new().quality(LEVEL).compress_when(whole)
}

/// A strong entity tag is that of one encoding (RFC 9110, 8.8.3): the compressed answer has one of its own.
pub(super) async fn tag(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let (Some(tag), Some(encoding)) = (headers.get(header::ETAG), headers.get(header::CONTENT_ENCODING)) {
        let own = tag.to_str().ok().zip(encoding.to_str().ok()).and_then(|(tag, encoding)| {
            let name = tag.strip_prefix('"')?.strip_suffix('"')?;
            HeaderValue::from_str(&format!("\"{name}-{encoding}\"")).ok()
        });
        if let Some(own) = own {
            headers.insert(header::ETAG, own);
        }
    }
    response
}
