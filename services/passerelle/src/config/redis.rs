//! The section `[redis]`: where separate roles pass events on, and where gateways keep what they count together.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use events::{Announcements, Streams};
use gateway::SharedStore;
use serde::{Deserialize, Serialize};
use users::login::{RedisSessions, SessionsConfig};

use super::read_secret;

/// The section `[redis]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RedisConfig {
    /// `redis://user:password@host:port/database`, or `rediss://` for TLS; empty: none.
    pub(crate) url: String,
    /// A file that holds the URL; it wins over `url`.
    pub(crate) url_file: Option<PathBuf>,
    /// What every key begins with: installations that share a server differ here.
    pub(crate) prefix: String,
}

impl Default for RedisConfig {
    fn default() -> Self {
        Self { url: String::new(), url_file: None, prefix: "passerelle".to_owned() }
    }
}

impl RedisConfig {
    /// Refuses what is no address, and a prefix that would be none.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.:".contains(letter);
        ensure!(
            !self.prefix.is_empty() && self.prefix.chars().all(plain),
            "redis.prefix: one or more of letters, digits and -_.:"
        );
        self.streams().map(drop)
    }

    /// The streams there, if there is a Redis. Nothing is connected yet.
    pub(crate) fn streams(&self) -> anyhow::Result<Option<Streams>> {
        let Some((url, origin)) = self.url()? else { return Ok(None) };
        Ok(Some(Streams::new(&url, &self.prefix).context(origin)?))
    }

    /// What gateways share there, if there is a Redis. Nothing is connected yet.
    pub(crate) fn shared(&self) -> anyhow::Result<Option<SharedStore>> {
        let Some((url, origin)) = self.url()? else { return Ok(None) };
        Ok(Some(SharedStore::new(&url, &self.prefix).context(origin)?))
    }

    /// Where sessions are kept together, if there is a Redis. Nothing is connected yet.
    pub(crate) fn sessions(&self, config: &SessionsConfig) -> anyhow::Result<Option<RedisSessions>> {
        let Some((url, origin)) = self.url()? else { return Ok(None) };
        Ok(Some(RedisSessions::new(&url, &self.prefix, config).context(origin)?))
    }

    /// Where gateways hear of sessions that end, if there is a Redis.
    pub(crate) fn announcements(&self) -> anyhow::Result<Option<Announcements>> {
        let Some((url, origin)) = self.url()? else { return Ok(None) };
        Ok(Some(Announcements::new(&url, &service_kit::session::ended_channel(&self.prefix)).context(origin)?))
    }

    /// The address, and where it stands in the configuration.
    fn url(&self) -> anyhow::Result<Option<(String, &'static str)>> {
        let (url, origin) = match &self.url_file {
            None => (self.url.clone(), "redis.url"),
            Some(path) => (read_secret(path)?, "the file of redis.url_file"),
        };
        if url.is_empty() {
            return Ok(None);
        }
        ensure!(
            url.starts_with("redis://") || url.starts_with("rediss://"),
            "{origin}: write redis://user:password@host:port/database, or rediss:// for TLS"
        );
        Ok(Some((url, origin)))
    }
}
