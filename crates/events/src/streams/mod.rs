//! Events over Redis: one stream a producer and consumer, filled by the producer's relay, emptied as the consumer goes on.
//!
//! A stream is a window on the outbox and nothing more. Its entries have the outbox's numbers, each names the one before it, and all
//! of it can be lost at any moment: the relay fills it again from where the consumer is.

mod append;
mod connection;
mod cursor;
mod entry;
mod inlet;
mod relay;

pub(crate) use inlet::Inlet;
pub use relay::{Relay, RelayError, WINDOW};

use std::sync::Arc;

use connection::Link;

use crate::Worker;

/// Redis did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StreamsError {
    /// The address is none.
    #[error("the address of Redis cannot be used: write redis://user:password@host:port or rediss://...")]
    Address(#[source] redis::RedisError),
    /// Redis does not answer, or refuses.
    #[error("Redis does not do what it is asked")]
    Redis(#[from] redis::RedisError),
    /// Something else writes to our keys.
    #[error("the entry {id} of {stream} is none of ours")]
    Foreign {
        /// The stream's key.
        stream: String,
        /// The entry's id.
        id: String,
    },
}

/// A Redis server, and what this installation's keys begin with.
#[derive(Clone)]
pub struct Streams {
    client: Arc<redis::Client>,
    prefix: String,
}

impl Streams {
    /// Streams at `url`, under keys that begin with `prefix`. Nothing is connected yet.
    ///
    /// # Errors
    /// When `url` is no address of a Redis server.
    pub fn new(url: &str, prefix: &str) -> Result<Self, StreamsError> {
        let client = redis::Client::open(url).map_err(StreamsError::Address)?;
        Ok(Self { client: Arc::new(client), prefix: prefix.to_owned() })
    }

    pub(crate) fn inlet(&self, worker: &Worker, source: &'static str, consumer: &'static str) -> Inlet {
        Inlet::new(worker.clone(), source, consumer, self.keys(source), self.link())
    }

    fn link(&self) -> Link {
        Link::new(Arc::clone(&self.client))
    }

    fn keys(&self, source: &str) -> Keys {
        Keys { events: format!("{}:events:{source}", self.prefix) }
    }
}

impl std::fmt::Debug for Streams {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the client: it knows the password.
        out.debug_struct("Streams").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// The keys of one producer.
#[derive(Clone, Debug)]
struct Keys {
    events: String,
}

impl Keys {
    /// A hash: each consumer's [`cursor::Cursor`].
    fn cursors(&self) -> String {
        format!("{}:cursors", self.events)
    }

    /// A hash: the offsets of consumers that have read further than the outbox goes.
    fn ahead(&self) -> String {
        format!("{}:ahead", self.events)
    }

    /// The stream to one consumer.
    fn stream(&self, consumer: &str) -> String {
        format!("{}:to:{consumer}", self.events)
    }
}
