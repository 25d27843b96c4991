//! A Redis server that several gateways share, for what they count and keep together, and for what they are told.
//!
//! A request never waits for it long, and never fails because of it: who asks it has a way to go on without.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use redis::aio::{MultiplexedConnection, PubSubSink, PubSubStream};
use redis::{AsyncConnectionConfig, RedisError, RedisResult, Value};
use tokio::time::Instant;

/// How long connecting may take.
const CONNECTING: Duration = Duration::from_millis(500);
/// How long an answer may take.
const ANSWERING: Duration = Duration::from_millis(250);
/// How long it is left alone after it failed: requests meanwhile do not wait for it at all.
const RESTING: Duration = Duration::from_secs(1);
/// How long beginning to listen may take.
const SUBSCRIBING: Duration = Duration::from_secs(2);
/// How long a channel may be silent before it is looked whether anybody is there.
const SILENT: Duration = Duration::from_secs(10);

/// A Redis server, and what this installation's keys begin with.
pub struct SharedStore {
    client: redis::Client,
    prefix: String,
    state: Mutex<State>,
    /// Held by who connects; the others wait for the outcome.
    connecting: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    connection: Option<MultiplexedConnection>,
    failed: Option<Instant>,
    /// Whether the log was told that it is away.
    told: bool,
}

/// What is said to be the address of a Redis server is none.
#[derive(Debug, thiserror::Error)]
#[error("the address of Redis cannot be used: write redis://user:password@host:port or rediss://...")]
pub struct NoAddress(#[source] RedisError);

/// It does not answer just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Away;

impl std::fmt::Debug for SharedStore {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the client: it knows the password.
        out.debug_struct("SharedStore").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl SharedStore {
    /// The server at `url`, under keys that begin with `prefix`. Nothing is connected yet.
    ///
    /// # Errors
    /// When `url` is no address of a Redis server.
    pub fn new(url: &str, prefix: &str) -> Result<Self, NoAddress> {
        let client = redis::Client::open(url).map_err(NoAddress)?;
        let (state, connecting) = (Mutex::default(), tokio::sync::Mutex::default());
        Ok(Self { client, prefix: prefix.to_owned(), state, connecting })
    }

    /// What this installation's keys and channels begin with.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Listens to a channel, by a connection of its own.
    pub(crate) async fn subscribe(&self, channel: &str) -> Result<Subscription, Away> {
        let subscribing = async {
            let (mut sink, messages) = self.client.get_async_pubsub().await?.split();
            sink.subscribe(channel).await?;
            Ok::<_, RedisError>(Subscription { sink, messages })
        };
        tokio::time::timeout(SUBSCRIBING, subscribing).await.ok().and_then(Result::ok).ok_or(Away)
    }

    /// A key of ours.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }

    /// Asks it, where it is there.
    pub(crate) async fn ask<T, F>(&self, question: impl FnOnce(MultiplexedConnection) -> F) -> Result<T, Away>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let connection = self.connection().await?;
        match question(connection).await {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.failed(&error)),
        }
    }

    async fn connection(&self) -> Result<MultiplexedConnection, Away> {
        if let Some(known) = self.known()? {
            return Ok(known);
        }
        let _only_one = self.connecting.lock().await;
        if let Some(known) = self.known()? {
            return Ok(known);
        }
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECTING)).set_response_timeout(Some(ANSWERING));
        match self.client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(connection) => {
                self.with_state(|state| {
                    if state.told {
                        tracing::info!("Redis is there again, and shared by the gateways");
                    }
                    *state = State { connection: Some(connection.clone()), ..State::default() };
                });
                Ok(connection)
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// The connection that is there; an error while it rests.
    fn known(&self) -> Result<Option<MultiplexedConnection>, Away> {
        self.with_state(|state| match state.failed {
            Some(failed) if failed.elapsed() < RESTING => Err(Away),
            _ => Ok(state.connection.clone()),
        })
    }

    fn failed(&self, error: &RedisError) -> Away {
        self.with_state(|state| {
            if !state.told {
                tracing::warn!(%error, "Redis does not answer: each gateway goes on with what it knows itself");
            }
            // After an error nobody knows what the connection is good for.
            *state = State { connection: None, failed: Some(Instant::now()), told: true };
        });
        Away
    }

    fn with_state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A channel that is listened to.
pub(crate) struct Subscription {
    sink: PubSubSink,
    messages: PubSubStream,
}

impl Subscription {
    /// The next message; none once the server is not there any more.
    pub(crate) async fn next(&mut self) -> Option<String> {
        loop {
            match tokio::time::timeout(SILENT, self.messages.next()).await {
                Ok(message) => {
                    if let Ok(text) = message?.get_payload() {
                        return Some(text);
                    }
                }
                Err(_) => tokio::time::timeout(SUBSCRIBING, self.sink.ping::<Value>()).await.ok()?.map(drop).ok()?,
            }
        }
    }
}
