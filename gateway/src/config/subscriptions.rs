//! The section `[gateway.subscriptions]`: streams of events to clients, and how subgraphs give them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The section `[gateway.subscriptions]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubscriptionsConfig {
    /// Streams that are open at a time, of all clients.
    pub max_streams: usize,
    /// Streams of one client that are open at a time.
    pub max_streams_per_client: usize,
    /// Operations that run at a time on one WebSocket.
    pub max_per_connection: usize,
    /// Connections by WebSocket that are open at a time.
    pub max_connections: usize,
    /// Connections by WebSocket of one client that are open at a time.
    pub max_connections_per_client: usize,
    /// How long a WebSocket may be open on which nothing runs.
    #[serde(with = "humantime_serde")]
    pub idle_timeout: Duration,
    /// How long one subscription may last; then it is completed, and the client may subscribe again.
    #[serde(with = "humantime_serde")]
    pub max_lifetime: Duration,
    /// How often something is sent where nothing happens, so that nobody in between takes the connection for dead.
    #[serde(with = "humantime_serde")]
    pub keepalive: Duration,
    /// How long a WebSocket may be open before its client says `connection_init`.
    #[serde(with = "humantime_serde")]
    pub init_timeout: Duration,
    /// Subgraphs of others that give events by WebSocket (`graphql-transport-ws`), by name, with the address: `wss://HOST/PATH`.
    /// All others are asked for server-sent events where they answer queries.
    pub websocket: BTreeMap<String, String>,
}

impl Default for SubscriptionsConfig {
    fn default() -> Self {
        Self {
            max_streams: 5_000,
            max_streams_per_client: 1_000,
            max_per_connection: 50,
            max_connections: 2_000,
            max_connections_per_client: 500,
            idle_timeout: Duration::from_mins(5),
            max_lifetime: Duration::from_hours(1),
            keepalive: Duration::from_secs(12),
            init_timeout: Duration::from_secs(5),
            websocket: BTreeMap::new(),
        }
    }
}

impl SubscriptionsConfig {
    /// Refuses values under which nobody would be told anything.
    pub(super) fn check(&self) -> Result<(), String> {
        let counts = [
            ("max_streams", self.max_streams),
            ("max_streams_per_client", self.max_streams_per_client),
            ("max_per_connection", self.max_per_connection),
            ("max_connections", self.max_connections),
            ("max_connections_per_client", self.max_connections_per_client),
        ];
        let times = [
            ("max_lifetime", self.max_lifetime),
            ("keepalive", self.keepalive),
            ("init_timeout", self.init_timeout),
            ("idle_timeout", self.idle_timeout),
        ];
        if let Some((key, _)) = counts.iter().find(|(_, most)| *most == 0) {
            return Err(format!("gateway.subscriptions.{key}: with 0 nobody could subscribe; write 1 at least"));
        }
        if let Some((key, _)) = times.iter().find(|(_, most)| most.is_zero()) {
            return Err(format!("gateway.subscriptions.{key}: with no time nothing would be told; write such as 10s"));
        }
        match self.websocket.iter().find(|(_, url)| !url.starts_with("ws://") && !url.starts_with("wss://")) {
            Some((name, url)) => Err(format!(
                "gateway.subscriptions.websocket.{name}: {:?} is no address of a WebSocket; write ws://HOST/PATH or wss://HOST/PATH",
                service_kit::address::shown(url)
            )),
            None => Ok(()),
        }
    }
}
