//! The two stores of sessions; that in Redis under keys of one test's own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use sign_in::{MemorySessions, RedisSessions, Sessions, SessionsConfig};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    Memory,
    Redis,
}

/// A place in Redis.
pub(crate) struct Shelf {
    pub(crate) url: String,
    pub(crate) prefix: String,
}

static NUMBER: AtomicUsize = AtomicUsize::new(0);

impl Kept {
    pub(crate) fn fresh(self, config: &SessionsConfig) -> Arc<dyn Sessions> {
        match self {
            Self::Memory => Arc::new(MemorySessions::new(config)),
            Self::Redis => Shelf::fresh().store(config),
        }
    }
}

impl Shelf {
    #[expect(clippy::disallowed_methods, reason = "the test command hands the URL over in the environment")]
    pub(crate) fn fresh() -> Self {
        let url = std::env::var("TEST_REDIS_URL").expect("TEST_REDIS_URL names the Redis that scripts/test starts");
        let nanos = kernel::Clock::System.now().timestamp_micros();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self { url, prefix: format!("test:{}:{number}:{nanos}", std::process::id()) }
    }

    pub(crate) fn store(&self, config: &SessionsConfig) -> Arc<dyn Sessions> {
        Arc::new(RedisSessions::new(&self.url, &self.prefix, config).expect("an address"))
    }

    pub(crate) async fn connection(&self) -> MultiplexedConnection {
        let client = redis::Client::open(self.url.as_str()).expect("an address");
        client.get_multiplexed_async_connection().await.expect("Redis answers")
    }

    /// All keys that are there.
    pub(crate) async fn keys(&self) -> Vec<String> {
        self.connection().await.keys(format!("{}:*", self.prefix)).await.expect("listed")
    }
}
