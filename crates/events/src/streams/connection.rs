//! A connection that is made when it is needed, and made again after it failed.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisError};

/// How long connecting may take.
const CONNECTING: Duration = Duration::from_secs(2);
/// How long an answer may take: longer than any wait that is asked for.
const ANSWERING: Duration = Duration::from_secs(8);

/// A connection of one task's own: a blocking read would keep others waiting.
pub(super) struct Link {
    client: Arc<redis::Client>,
    connection: Option<MultiplexedConnection>,
}

impl Link {
    pub(super) fn new(client: Arc<redis::Client>) -> Self {
        Self { client, connection: None }
    }

    /// The connection, made where there is none.
    pub(super) async fn get(&mut self) -> Result<&mut MultiplexedConnection, RedisError> {
        if self.connection.is_none() {
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(Some(CONNECTING))
                .set_response_timeout(Some(ANSWERING));
            self.connection = Some(self.client.get_multiplexed_async_connection_with_config(&config).await?);
        }
        Ok(self.connection.as_mut().expect("it was just made"))
    }

    /// Forgets the connection: after an error nobody knows what it is good for.
    pub(super) fn forget(&mut self) {
        self.connection = None;
    }
}
