//! How a subgraph is reached: over HTTP, or in this process through its own router; and what stands around either way
//! ([`layers`]), one file each.

mod budget;
mod coalesce;
mod concurrency;
mod connections;
mod event_stream;
mod forwarding;
mod http;
mod in_process;
mod layers;
mod measured;
mod message;
mod retry;
mod timeout;
mod websocket;

use std::sync::Arc;

use ::http::HeaderMap;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use kernel::Principal;

pub use connections::BadAddress;
pub(crate) use connections::{Connections, address};
pub(crate) use forwarding::Forwarding;
pub use http::HttpSubgraph;
pub use in_process::InProcessSubgraph;
pub(crate) use layers::around;
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
    /// On whose behalf it is asked. It is not sent; answers are shared with nobody else.
    pub caller: Arc<Principal>,
    /// Headers beside the gateway's own, which win over these.
    pub headers: HeaderMap,
    /// The id under which the whole request is logged.
    pub request_id: Arc<str>,
    /// What asking it twice would mean.
    pub intent: Intent,
    /// The account of the whole request.
    pub(crate) account: Arc<Account>,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// A part of a query: it may be asked again, and one answer may serve all who ask the same at the same time.
    Query,
    /// What is read after a mutation, of what it changed: it may be asked again, but an answer to somebody who asked before the
    /// change is none.
    FollowUp,
    /// A mutation: it is sent once.
    Mutation,
}

impl Intent {
    /// Whether asking again changes nothing.
    pub fn may_be_repeated(self) -> bool {
        match self {
            Self::Query | Self::FollowUp => true,
            Self::Mutation => false,
        }
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
    #[error(
        "it refuses this gateway: a service of this house needs its public key (--gateway-key), another what it asks for (gateway.headers)"
    )]
    Refused,
    /// It answered with a status and something that is no GraphQL response.
    #[error("it answered with status {0} and no GraphQL response")]
    Status(u16),
    /// Its answer is compressed.
    #[error("its answer is encoded ({0}), and nobody asked for that")]
    Encoded(String),
    /// Its answer is longer than allowed.
    #[error("its answer is longer than {0} bytes")]
    TooLong(usize),
    /// Its answer broke off.
    #[error("its answer broke off: {0}")]
    BrokenOff(String),
    /// Its answer is not what a subgraph answers.
    #[error("its answer cannot be used: {0}")]
    Unreadable(String),
    /// As many calls as may be are at work, and as many as may wait do so.
    #[error("too many calls wait for it (gateway.traffic.max_queued)")]
    QueueFull,
    /// As many calls as may be were at work all the time.
    #[error("the call waited too long for others to end (gateway.traffic.queue_timeout)")]
    QueuedTooLong,
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
            Self::Unreadable(_) => "unreadable",
            Self::Encoded(_) => "encoded",
            Self::QueueFull => "queue_full",
            Self::QueuedTooLong => "queued_too_long",
        }
    }
}

/// A way to a subgraph. Whoever drops the future of a call gives the call up, and its connection is closed.
pub trait SubgraphClient: Send + Sync {
    /// Calls it; the answer is a GraphQL response in JSON, as bytes, not parsed yet.
    fn call(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>>;

    /// Subscribes to it; each event is a GraphQL response. The subscription ends when the stream is dropped.
    fn subscribe(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>>;
}

/// The events of a subscription. An error is the last of them.
pub type Events = BoxStream<'static, Result<Bytes, CallError>>;
