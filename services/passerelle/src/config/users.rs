//! The section `[users]`: people, where they log in, and the directories that tell of them.

use std::path::PathBuf;

use anyhow::{Error, ensure};
use serde::{Deserialize, Serialize};
use users::login::{ProviderConfig, SessionsConfig, SignInConfig};

/// The section `[users]`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct UsersConfig {
    /// The secret that pseudonyms are made with [default: keys/pairwise.key of the data directory, made at first use].
    pub(crate) pairwise_key_file: Option<PathBuf>,
    /// The secret by which INE and mail are found and sealed [default: keys/vault.key of the data directory, made at first use].
    pub(crate) vault_key_file: Option<PathBuf>,
    /// Where people log in, in the order of the page.
    pub(crate) providers: Vec<ProviderConfig>,
    /// How long they stay logged in.
    pub(crate) sessions: SessionsConfig,
    /// Directories of ENTs, for `sync ldap`.
    pub(crate) ldap: Vec<users::LdapConfig>,
    /// What feeds tell no more.
    pub(crate) feeds: FeedsConfig,
    /// Who has left.
    pub(crate) retention: RetentionConfig,
}

/// The section `[users.feeds]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FeedsConfig {
    /// Which share of an establishment's people a complete feed may lack before it stops and asks.
    pub(crate) max_removed_share: f64,
}

impl Default for FeedsConfig {
    fn default() -> Self {
        Self { max_removed_share: 0.2 }
    }
}

/// The section `[users.retention]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RetentionConfig {
    /// Days after the beginning of September before whoever is missing is taken to have left.
    pub(crate) grace_days: u32,
    /// Days between the notice and the erasure: three months, by the arrêté of 30 November 2006.
    pub(crate) notice_days: u32,
}

impl Default for RetentionConfig {
    fn default() -> Self {
        Self { grace_days: 90, notice_days: 92 }
    }
}

impl UsersConfig {
    pub(super) fn check(&self, public_url: Option<&str>) -> anyhow::Result<()> {
        self.sessions.check().map_err(|fault| Error::msg(format!("users.{fault}")))?;
        users::login::check(&self.sign_in(public_url.unwrap_or("http://127.0.0.1"))).map_err(|fault| {
            Error::msg(if fault.starts_with("public_url") { fault } else { format!("users.{fault}") })
        })?;
        users::check_directories(&self.ldap).map_err(|fault| Error::msg(format!("users.ldap: {fault}")))?;
        // Cookies of the installation's own are handed on by how their names begin; that of a login under way is one of them.
        ensure!(
            "__Host-passerelle-login".starts_with(&self.sessions.cookie),
            "users.sessions.cookie: write __Host-passerelle, or a beginning of it"
        );
        ensure!(
            (0.0..=1.0).contains(&self.feeds.max_removed_share),
            "users.feeds.max_removed_share: a share from 0 to 1, such as 0.2"
        );
        ensure!(
            self.retention.grace_days <= 300 && (1..=3650).contains(&self.retention.notice_days),
            "users.retention: grace_days up to 300, notice_days from 1 to 3650"
        );
        Ok(())
    }

    /// What logging in is configured by.
    pub(crate) fn sign_in(&self, public_url: &str) -> SignInConfig {
        SignInConfig {
            public_url: public_url.to_owned(),
            providers: self.providers.clone(),
            sessions: self.sessions.clone(),
        }
    }

    /// Whether sessions are kept in Redis.
    pub(crate) fn shares_sessions(&self) -> bool {
        self.sessions.store == users::login::Store::Redis
    }
}
