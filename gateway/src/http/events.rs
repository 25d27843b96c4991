//! Operations as server-sent events, in the way of GraphQL over SSE with one request each: `event: next` with an answer each, then
//! `event: complete`.

use std::convert::Infallible;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, BoxStream, StreamExt};
use kernel::ErrorCode;
use serde::Serialize;
use service_kit::server::Stopping;

use super::auth::Credentials;
use super::streams;
use crate::Gateway;
use crate::error::GraphqlError;
use crate::pipeline::{Answer, Asker, Params};
use crate::telemetry::Outcome;

/// What such a client accepts.
pub(super) const MEDIA_TYPE: &str = "text/event-stream";

/// What of `all`, the last of which is this, a client may mean: events are for those that name them, not for `text/*`.
pub(super) fn offered<'o>(headers: &HeaderMap, all: &'o [&'static str]) -> &'o [&'static str] {
    let named = |value: &HeaderValue| value.to_str().is_ok_and(|text| text.to_ascii_lowercase().contains(MEDIA_TYPE));
    if headers.get_all(header::ACCEPT).iter().any(named) { all } else { &all[..all.len() - 1] }
}

/// Answers an operation by events. The error side is what is said by a status instead: it is about the caller, not the operation.
pub(super) async fn answer(
    gateway: &Arc<Gateway>,
    params: Params,
    asker: Asker<'_>,
    credentials: Credentials,
    stopping: Option<Stopping>,
) -> Result<Response, Vec<GraphqlError>> {
    let place = match gateway.streams.streams.take(asker.client.clone()) {
        Ok(place) => place,
        Err(none) => return Ok(none.response(&asker.account.request_id)),
    };
    let answers = streams::answers(gateway, params, asker, place, credentials, stopping).await;
    let (events, outcome): (BoxStream<'static, Event>, _) = match answers {
        Ok(answers) => (answers.map(|answer: Answer| next(&answer)).boxed(), Outcome::answered(&[])),
        Err(errors) if errors.iter().any(is_about_the_caller) => return Err(errors),
        Err(errors) => {
            let outcome = Outcome::refused(&errors);
            (stream::iter([next(&Refused { errors })]).boxed(), outcome)
        }
    };
    // Browsers pass on no event without data.
    let complete = Event::default().event("complete").data("null");
    let events = events.chain(stream::iter([complete])).map(Ok::<_, Infallible>);
    let keepalive = KeepAlive::new().interval(gateway.config.subscriptions.keepalive).text("");
    let mut response = Sse::new(events).keep_alive(keepalive).into_response();
    *response.status_mut() = StatusCode::OK;
    // A proxy that collects what it passes on would hold events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.extensions_mut().insert(outcome);
    Ok(response)
}

#[derive(Serialize)]
struct Refused {
    errors: Vec<GraphqlError>,
}

fn next(answer: &impl Serialize) -> Event {
    Event::default().event("next").data(serde_json::to_string(answer).expect("a tree of values is JSON"))
}

fn is_about_the_caller(error: &GraphqlError) -> bool {
    matches!(error.extensions.code, ErrorCode::RateLimited | ErrorCode::Unauthenticated)
}
