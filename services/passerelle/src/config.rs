//! The whole configuration: one section a concern, each defined where it is used.

mod redis;
mod users;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use db::Target;
use gateway::config::GatewayConfig;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service_kit::address::{HIDDEN, shown};
use service_kit::server::ServerConfig;
use service_kit::subgraph::SubgraphLimits;
use service_kit::telemetry::TelemetryConfig;

pub(crate) use self::redis::RedisConfig;
pub(crate) use self::users::UsersConfig;
use crate::cli::Common;

/// The configuration of any role.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Where databases, keys and files lie.
    pub(crate) storage: StorageConfig,
    /// Where rows are kept.
    pub(crate) database: DatabaseConfig,
    /// Where separate roles pass events on.
    pub(crate) redis: RedisConfig,
    /// Where clients reach the gateway, such as `https://api.example.fr`: what absolute links begin with. Without it `serve` takes
    /// the address that it listens on, and a role makes links that begin with a slash.
    pub(crate) public_url: Option<String>,
    /// Connections, of every role that listens.
    pub(crate) server: ServerConfig,
    /// The gateway.
    pub(crate) gateway: GatewayConfig,
    /// People.
    pub(crate) users: UsersConfig,
    /// Productions.
    pub(crate) productions: ProductionsConfig,
    /// Content of productions.
    pub(crate) content: ContentConfig,
    /// What one request to a subgraph may cost.
    pub(crate) subgraph: SubgraphLimits,
    /// Logs.
    pub(crate) telemetry: TelemetryConfig,
}

/// The section `[productions]`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ProductionsConfig {
    /// The secret that signs links to content [default: keys/link.key of the data directory, made at first use].
    pub(crate) link_key_file: Option<PathBuf>,
}

/// The section `[content]`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ContentConfig {
    /// The folder of the productions' content [default: content in the data directory].
    pub(crate) path: Option<PathBuf>,
}

/// The section `[storage]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StorageConfig {
    /// The data directory.
    pub(crate) data: PathBuf,
}

impl Default for StorageConfig {
    fn default() -> Self {
        Self { data: PathBuf::from("./passerelle-data") }
    }
}

/// The section `[database]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DatabaseConfig {
    /// `sqlite`, one file a service in the data directory, or `postgres://user:password@host:port/database`, one schema a service.
    pub(crate) url: String,
    /// A file that holds the URL, so that its password is in no process's environment; it wins over `url`.
    pub(crate) url_file: Option<PathBuf>,
    /// Connections of one service to PostgreSQL.
    pub(crate) max_connections: u32,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self { url: "sqlite".to_owned(), url_file: None, max_connections: 16 }
    }
}

/// Values given as flags; only what was given is in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) listen: Option<String>,
    pub(crate) supergraph: Option<PathBuf>,
    pub(crate) subgraphs: BTreeMap<String, String>,
}

impl Config {
    /// Reads the layers: defaults, file, environment, flags.
    pub(crate) fn load(common: &Common, flags: &Flags) -> anyhow::Result<Self> {
        let mut layer = json!({});
        if let Some(data) = &common.data {
            layer["storage"]["data"] = json!(data);
        }
        if let Some(listen) = &flags.listen {
            layer["gateway"]["listen"] = json!(listen);
        }
        if let Some(supergraph) = &flags.supergraph {
            layer["gateway"]["supergraph"] = json!(supergraph);
        }
        if !flags.subgraphs.is_empty() {
            layer["gateway"]["subgraphs"] = json!(flags.subgraphs);
        }
        let mut config: Self = service_kit::config::load(common.config.as_deref(), &layer)?;
        config.database.check()?;
        config.redis.check()?;
        if let Some(url) = &config.public_url {
            let whole = url.starts_with("https://") || url.starts_with("http://");
            ensure!(
                whole && !url.ends_with('/') && !url.contains(['@', '?', '#', ' ']),
                "public_url: write https://HOST, without a slash at the end; got {:?}",
                shown(url)
            );
        }
        config.gateway.public_url.clone_from(&config.public_url);
        config.gateway.check().map_err(anyhow::Error::msg)?;
        config.server.check().map_err(anyhow::Error::msg)?;
        config.subgraph.check().map_err(anyhow::Error::msg)?;
        ensure!(
            config.server.stop_timeout > config.gateway.request_timeout,
            "server.stop_timeout: what is in flight is cut off when the process stops; write more than gateway.request_timeout has ({})",
            humantime::format_duration(config.gateway.request_timeout)
        );
        ensure!(
            !config.gateway.shares() || config.redis.shared()?.is_some(),
            "a store of the gateway is redis, and redis.url is empty"
        );
        config.users.check(config.public_url.as_deref())?;
        ensure!(
            !config.users.shares_sessions() || config.redis.shared()?.is_some(),
            "users.sessions.store is redis, and redis.url is empty"
        );
        ensure!(
            config.users.sessions.cookie == config.gateway.csrf.cookie,
            "users.sessions.cookie and gateway.csrf.cookie: the cookie that is guarded is the session's; write the same name"
        );
        config.telemetry.check()?;
        Ok(config)
    }

    /// Where a service keeps its rows.
    pub(crate) fn target(&self, service: &str) -> anyhow::Result<Target> {
        let url = self.database.resolved()?;
        if url == "sqlite" {
            return Ok(Target::Sqlite { path: self.storage.data.join(format!("{service}.sqlite")) });
        }
        Ok(Target::Postgres { url, schema: service.to_owned(), max_connections: self.database.max_connections })
    }

    /// The effective configuration without its secrets.
    pub(crate) fn redacted(&self) -> Value {
        let mut value = json!(self);
        for (place, plain) in [("/database/url", "sqlite"), ("/redis/url", "")] {
            if let Some(url) = value.pointer_mut(place)
                && url.as_str().is_some_and(|url| url != plain)
            {
                *url = json!(HIDDEN);
            }
        }
        hide_secrets(&mut value);
        value
    }
}

/// Hides what may be secret in addresses.
fn hide_secrets(value: &mut Value) {
    match value {
        Value::String(text) if text.contains("://") => *text = shown(text),
        Value::Array(items) => items.iter_mut().for_each(hide_secrets),
        Value::Object(members) => members.values_mut().for_each(hide_secrets),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl DatabaseConfig {
    fn check(&self) -> anyhow::Result<()> {
        let known = |url: &str| url == "sqlite" || url.starts_with("postgres://") || url.starts_with("postgresql://");
        let origin = if self.url_file.is_some() { "the file of database.url_file" } else { "database.url" };
        let url = self.resolved()?;
        ensure!(known(&url), "{origin}: write sqlite or postgres://user:password@host:port/database");
        if url != "sqlite" {
            Target::check_url(&url).map_err(|error| anyhow::anyhow!("{origin}: {error}"))?;
        }
        ensure!(
            self.max_connections > 1,
            "database.max_connections: two at least, since an import reads beside its own transaction"
        );
        Ok(())
    }

    fn resolved(&self) -> anyhow::Result<String> {
        match &self.url_file {
            None => Ok(self.url.clone()),
            Some(path) => read_secret(path),
        }
    }
}

fn read_secret(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_of_a_url_is_shown() {
        let mut value = json!({
            "subgraphs": {"a": "http://user:p@ss@host:1/graphql?q=a", "b": "http://host/a@b", "c": "who@host"},
            "list": ["wss://token@host"],
        });
        hide_secrets(&mut value);
        let shown = json!({
            "subgraphs": {"a": "http://(hidden)@host:1/graphql?(hidden)", "b": "http://(hidden)@b", "c": "who@host"},
            "list": ["wss://(hidden)@host"],
        });
        assert_eq!(value, shown);
    }
}
