//! Keys of one test in the Redis that `TEST_REDIS_URL` names.

use events::Streams;
use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;

/// Streams under a prefix that no other test has.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) streams: Streams,
    pub(crate) prefix: String,
    url: String,
}

impl Keys {
    #[expect(clippy::disallowed_methods, reason = "the test command hands the URL over in the environment")]
    pub(crate) fn fresh() -> Self {
        let url = std::env::var("TEST_REDIS_URL").expect("TEST_REDIS_URL names the Redis that scripts/test starts");
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let nanos = since.map_or(0, |since| since.as_nanos());
        let prefix = format!("test:{}:{}:{nanos}", std::process::id(), super::number());
        let streams = Streams::new(&url, &prefix).expect("an address");
        Self { streams, prefix, url }
    }

    pub(crate) async fn connection(&self) -> MultiplexedConnection {
        let client = redis::Client::open(self.url.as_str()).expect("an address");
        client.get_multiplexed_async_connection().await.expect("Redis answers")
    }

    /// The stream to this consumer.
    pub(crate) fn stream(&self, consumer: &str) -> String {
        format!("{}:events:{}:to:{consumer}", self.prefix, super::SOURCE)
    }

    /// How many entries the stream to this consumer has.
    pub(crate) async fn length(&self, consumer: &str) -> i64 {
        self.connection().await.xlen(self.stream(consumer)).await.expect("counted")
    }

    /// All that is there, by key.
    pub(crate) async fn all(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.connection().await.keys(format!("{}:*", self.prefix)).await.expect("listed");
        keys.sort();
        keys
    }

    /// Loses everything, as a restart of Redis without a disk does.
    pub(crate) async fn lose(&self) {
        for key in self.all().await {
            let () = self.connection().await.del(key).await.expect("deleted");
        }
    }
}
