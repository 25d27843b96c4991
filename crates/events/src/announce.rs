//! Saying something to whoever listens at this moment, over Redis: nothing is kept, and nobody is waited for.

use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, RedisError};
use tokio::sync::Mutex;

/// A channel of a Redis server, to speak on.
#[derive(Clone)]
pub struct Announcements {
    client: redis::Client,
    channel: String,
    connection: Arc<Mutex<Option<MultiplexedConnection>>>,
}

impl std::fmt::Debug for Announcements {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the client: it knows the password.
        out.debug_struct("Announcements").field("channel", &self.channel).finish_non_exhaustive()
    }
}

impl Announcements {
    /// The channel at `url`. Nothing is connected yet.
    ///
    /// # Errors
    /// When `url` is no address of a Redis server.
    pub fn new(url: &str, channel: &str) -> Result<Self, RedisError> {
        let client = redis::Client::open(url)?;
        Ok(Self { client, channel: channel.to_owned(), connection: Arc::default() })
    }

    /// Says it, in a task of its own. That it could not be said is logged: who listens knows by themselves what to do without.
    pub fn say(&self, message: String) {
        let this = self.clone();
        tokio::spawn(async move {
            if let Err(error) = this.publish(&message).await {
                tracing::warn!(channel = this.channel, %error, "nobody could be told over Redis");
            }
        });
    }

    async fn publish(&self, message: &str) -> Result<(), RedisError> {
        let mut held = self.connection.lock().await;
        let mut connection = match held.take() {
            Some(connection) => connection,
            None => self.client.get_multiplexed_async_connection().await?,
        };
        // A connection that failed is not kept.
        connection.publish::<_, _, ()>(&self.channel, message).await?;
        *held = Some(connection);
        Ok(())
    }
}
