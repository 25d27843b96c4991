//! How many requests are at work at a time: more are told at once to come back, so that those that are here end.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use kernel::ErrorCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::asked::Asked;

/// When to come back, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// Places for `most` requests.
pub(super) fn places(most: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)))
}

/// Gives a request a place until its answer is sent; one without a place is refused.
pub(super) async fn bound(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(place) = places.try_acquire_owned() else {
        let message = "too many requests are at work here; try again in a second";
        let mut response =
            Asked::of(&request).refused(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::RateLimited, message);
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
        return response;
    };
    let response = next.run(request).await;
    // Events go on for as long as the client listens; what bounds these counts them by itself.
    if is_stream_of_events(&response) {
        return response;
    }
    response.map(|body| Body::new(Placed { body, _place: place }))
}

fn is_stream_of_events(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    kind.starts_with(b"text/event-stream") || kind.starts_with(b"multipart/mixed")
}

/// A body that has its place until it is sent or given up.
struct Placed {
    body: Body,
    _place: OwnedSemaphorePermit,
}

impl HttpBody for Placed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
