//! The section `[server]`: what a listener bears with.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Bounds on connections, of every role that listens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Connections that are open at a time; more wait for one to close.
    pub max_connections: usize,
    /// How long the head of a request may take to arrive, and how long a connection may wait for its next one.
    #[serde(with = "humantime_serde")]
    pub header_timeout: Duration,
    /// How long a body may bring no byte.
    #[serde(with = "humantime_serde")]
    pub read_timeout: Duration,
    /// How long a client may take no byte of its answer.
    #[serde(with = "humantime_serde")]
    pub write_timeout: Duration,
    /// How long requests in flight may take after the signal to stop.
    #[serde(with = "humantime_serde")]
    pub stop_timeout: Duration,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            header_timeout: Duration::from_mins(1),
            read_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            // The gateway gives a request 30 s.
            stop_timeout: Duration::from_secs(35),
        }
    }
}

impl ServerConfig {
    /// Refuses values under which nobody is served.
    ///
    /// # Errors
    /// The first of them, in a sentence.
    pub fn check(&self) -> Result<(), String> {
        if self.max_connections == 0 {
            return Err("server.max_connections: with 0 nobody is served; write 1 at least".to_owned());
        }
        let times = [
            ("header_timeout", self.header_timeout),
            ("read_timeout", self.read_timeout),
            ("write_timeout", self.write_timeout),
            ("stop_timeout", self.stop_timeout),
        ];
        match times.iter().find(|(_, time)| time.is_zero()) {
            Some((key, _)) => Err(format!("server.{key}: with no time nobody is served; write such as 30s")),
            None => Ok(()),
        }
    }
}
