//! How a subgraph is reached: over HTTP, or in this process through its own router.

mod connections;
mod event_stream;
mod http;
mod in_process;
mod measured;
mod websocket;

use std::sync::Arc;

use ::http::request::Builder;
use ::http::{HeaderMap, Request, Response, StatusCode, Uri, header};
use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;

pub use connections::BadAddress;
pub(crate) use connections::{Connections, address};
pub use http::HttpSubgraph;
pub use in_process::InProcessSubgraph;
pub(crate) use measured::Measured;
pub(crate) use websocket::WebSocketSubgraph;

use crate::telemetry::Account;

/// A GraphQL request to a subgraph: its JSON body, and what goes with it.
#[derive(Clone, Debug)]
pub struct SubgraphRequest {
    /// `{"query": ..., "variables": ...}`.
    pub body: Bytes,
    /// The signed principal, for a subgraph of this house.
    pub principal: Option<String>,
    /// The id under which the whole request is logged.
    pub request_id: Arc<str>,
    /// Headers that go with it, such as those of a trace.
    pub headers: HeaderMap,
    /// The account of the whole request.
    pub(crate) account: Arc<Account>,
}

impl SubgraphRequest {
    /// A call that is made for a request.
    pub(crate) fn new(body: Bytes, principal: Option<String>, account: &Arc<Account>) -> Self {
        let request_id = Arc::clone(&account.request_id);
        Self { body, principal, request_id, headers: HeaderMap::new(), account: Arc::clone(account) }
    }
}

/// The subgraph gave no answer that could be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallError {
    /// It could not be reached.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// It did not answer in time.
    #[error("it did not answer in time")]
    TimedOut,
    /// It does not take this gateway for its own.
    #[error("it refuses this gateway: does it hold the gateway's public key (--gateway-key)?")]
    Refused,
    /// It answered with a status and something that is no GraphQL response.
    #[error("it answered with status {0} and no GraphQL response")]
    Status(u16),
    /// Its answer is longer than allowed.
    #[error("its answer is longer than {0} bytes")]
    TooLong(usize),
    /// Its answer broke off.
    #[error("its answer broke off: {0}")]
    BrokenOff(String),
}

impl CallError {
    /// One word for it.
    fn label(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Refused => "refused",
            Self::Status(_) => "bad_status",
            Self::TooLong(_) => "too_long",
            Self::BrokenOff(_) => "broken_off",
        }
    }
}

/// A way to a subgraph.
pub trait SubgraphClient: Send + Sync {
    /// Calls it; the answer is a GraphQL response in JSON, as bytes, not parsed yet.
    fn call(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>>;

    /// Subscribes to it; each event is a GraphQL response. The subscription ends when the stream is dropped.
    fn subscribe(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>>;
}

/// The events of a subscription. An error is the last of them.
pub type Events = BoxStream<'static, Result<Bytes, CallError>>;

/// Collects a body of a bounded length.
async fn collect<B>(body: B, limit: usize) -> Result<Bytes, CallError>
where
    B: ::http_body_util::BodyExt<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let limited = ::http_body_util::Limited::new(body, limit);
    let mut limited = std::pin::pin!(limited);
    let mut collected = bytes::BytesMut::new();
    while let Some(frame) = ::http_body_util::BodyExt::frame(&mut limited).await {
        match frame {
            Ok(frame) => {
                if let Ok(data) = frame.into_data() {
                    collected.extend_from_slice(&data);
                }
            }
            Err(error) if error.is::<::http_body_util::LengthLimitError>() => return Err(CallError::TooLong(limit)),
            Err(error) => return Err(CallError::BrokenOff(error.to_string())),
        }
    }
    Ok(collected.freeze())
}

/// What a call takes for an answer.
const ACCEPT: &str = "application/graphql-response+json, application/json";

/// The head of a request to a subgraph.
fn message(uri: Uri, request: &SubgraphRequest, accept: &str) -> Builder {
    let mut message = Request::post(uri)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, accept)
        .header("x-request-id", &*request.request_id);
    if let Some(principal) = &request.principal {
        message = message.header(service_kit::principal_token::HEADER, principal);
    }
    if let Some(headers) = message.headers_mut() {
        headers.extend(request.headers.clone());
    }
    message
}

/// Whether what came back may be an answer.
fn answered<B>(response: &Response<B>) -> Result<(), CallError> {
    match response.status() {
        StatusCode::UNAUTHORIZED => Err(CallError::Refused),
        status if status.is_success() || is_graphql(response.headers()) => Ok(()),
        status => Err(CallError::Status(status.as_u16())),
    }
}

/// The events of an answer. A subgraph that answers at once, with a refusal above all, gives that as the only event.
async fn subscribed(response: Response<axum::body::Body>, limit: usize) -> Result<Events, CallError> {
    if event_stream::is_event_stream(response.headers()) {
        return Ok(event_stream::events(response.into_body(), limit));
    }
    let only = collect(response.into_body(), limit).await?;
    Ok(futures::stream::iter([Ok(only)]).boxed())
}

/// An answer with an error's status may still be a GraphQL response; whether it is, its type says.
fn is_graphql(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || essence.eq_ignore_ascii_case("application/graphql-response+json")
}
