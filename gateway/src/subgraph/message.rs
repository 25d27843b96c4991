//! The call and its answer as HTTP messages, the same over a connection and within the process.

use ::http::header::{self, HeaderMap, HeaderValue};
use ::http::{Request, Response, StatusCode, Uri};
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::{CallError, Events, SubgraphRequest, event_stream};
use crate::json::{self, Value};

const JSON: &str = "application/json";
const GRAPHQL: &str = "application/graphql-response+json";

/// The message of a call. No encoding is asked for, since none is read.
pub(super) fn of_call<B: From<Bytes>>(uri: Uri, request: SubgraphRequest) -> Result<Request<B>, CallError> {
    of(uri, request, "application/graphql-response+json, application/json")
}

/// The message of a subscription.
pub(super) fn of_subscription<B: From<Bytes>>(uri: Uri, request: SubgraphRequest) -> Result<Request<B>, CallError> {
    of(uri, request, event_stream::MEDIA_TYPE)
}

fn of<B: From<Bytes>>(uri: Uri, request: SubgraphRequest, accept: &'static str) -> Result<Request<B>, CallError> {
    let SubgraphRequest { body, principal, request_id, headers, .. } = request;
    let unsendable = |error: ::http::header::InvalidHeaderValue| CallError::Unreachable(error.to_string());
    let mut message = Request::new(B::from(body));
    *message.method_mut() = ::http::Method::POST;
    *message.uri_mut() = uri;
    *message.headers_mut() = headers;
    let headers = message.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    headers.insert("x-request-id", HeaderValue::from_str(&request_id).map_err(unsendable)?);
    if let Some(principal) = principal {
        let mut value = HeaderValue::from_str(&principal).map_err(unsendable)?;
        value.set_sensitive(true);
        headers.insert(service_kit::principal_token::HEADER, value);
    }
    Ok(message)
}

/// Reads an answer of at most `limit` bytes.
pub(super) async fn answer<B>(response: Response<B>, limit: usize) -> Result<Bytes, CallError>
where
    B: BodyExt<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let status = response.status();
    if status == StatusCode::UNAUTHORIZED {
        return Err(CallError::Refused);
    }
    if !status.is_success() && !is_graphql(response.headers()) {
        return Err(CallError::Status(status.as_u16()));
    }
    if let Some(encoding) = encoding(response.headers()) {
        return Err(CallError::Encoded(encoding));
    }
    let bytes = collect(response.into_body(), limit).await?;
    // Proxies, too, tell in JSON that nothing is behind them.
    if !status.is_success() && !is_response(&bytes) {
        return Err(CallError::Status(status.as_u16()));
    }
    Ok(bytes)
}

/// The events of an answer. A subgraph that answers at once, with a refusal above all, gives that as the only event.
pub(super) async fn events(response: Response<Body>, limit: usize) -> Result<Events, CallError> {
    if response.status().is_success() && event_stream::is_event_stream(response.headers()) {
        return Ok(event_stream::events(response.into_body(), limit));
    }
    let only = answer(response, limit).await?;
    Ok(futures::stream::iter([Ok(only)]).boxed())
}

/// Collects a body of a bounded length.
async fn collect<B>(body: B, limit: usize) -> Result<Bytes, CallError>
where
    B: BodyExt<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut limited = std::pin::pin!(Limited::new(body, limit));
    let mut collected = BytesMut::new();
    while let Some(frame) = limited.frame().await {
        match frame {
            Ok(frame) => {
                if let Ok(data) = frame.into_data() {
                    collected.extend_from_slice(&data);
                }
            }
            Err(error) if error.is::<LengthLimitError>() => return Err(CallError::TooLong(limit)),
            Err(error) => return Err(CallError::BrokenOff(error.to_string())),
        }
    }
    Ok(collected.freeze())
}

/// An answer with an error's status may still be a GraphQL response; whether it can be, its type says.
fn is_graphql(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case(JSON) || essence.eq_ignore_ascii_case(GRAPHQL)
}

fn is_response(bytes: &Bytes) -> bool {
    let read = json::read(bytes);
    matches!(read, Ok(Value::Object(object)) if object.contains_key("data") || object.contains_key("errors"))
}

/// The encoding that an answer has all the same.
fn encoding(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_ENCODING)?;
    let value = String::from_utf8_lossy(value.as_bytes());
    (!value.eq_ignore_ascii_case("identity")).then(|| value.chars().take(40).collect())
}
