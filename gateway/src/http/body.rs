//! The body of a GraphQL request: so many bytes at most, and all of them within its time.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;

use crate::Gateway;

/// A body that was read to its end, or why it was not.
pub(super) struct ReadBody(pub(super) Result<Bytes, BadBody>);

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadBody {
    /// It has more bytes than it may.
    TooLong,
    /// It did not arrive in time.
    TooSlow,
    /// The connection ended, or what came is no HTTP.
    BrokenOff,
}

impl FromRequest<Arc<Gateway>> for ReadBody {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, gateway: &Arc<Gateway>) -> Result<Self, Self::Rejection> {
        // Told before any of it is read: a client that asks first (`Expect: 100-continue`) then sends none of it.
        let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if length
            .is_some_and(|length| usize::try_from(length).map_or(true, |length| length > gateway.config.max_body_bytes))
        {
            return Ok(Self(Err(BadBody::TooLong)));
        }
        let reading = tokio::time::timeout(gateway.config.body_timeout, Bytes::from_request(request, gateway));
        Ok(Self(match reading.await {
            Ok(Ok(body)) => Ok(body),
            Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(BadBody::TooLong),
            Ok(Err(_)) => Err(BadBody::BrokenOff),
            Err(_) => Err(BadBody::TooSlow),
        }))
    }
}
