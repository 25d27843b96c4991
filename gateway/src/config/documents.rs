//! The sections `[gateway.persisted]` and `[gateway.documents]`: documents that requests name in place of sending them.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Store;

/// The section `[gateway.persisted]`: documents that clients send once.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PersistedConfig {
    /// Whether there are any.
    pub enabled: bool,
    /// Where they are kept.
    pub store: Store,
    /// Bytes that are kept.
    pub max_bytes: u64,
    /// How long one is kept.
    #[serde(with = "humantime_serde")]
    pub max_age: Duration,
}

impl Default for PersistedConfig {
    fn default() -> Self {
        Self { enabled: true, store: Store::Memory, max_bytes: 16 << 20, max_age: Duration::from_hours(24) }
    }
}

/// The section `[gateway.documents]`: documents that are trusted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DocumentsConfig {
    /// Their manifest; watched, and read again when it changes.
    pub manifest: Option<PathBuf>,
    /// Whether nothing else is run.
    pub only: bool,
}

/// What is read of ages is no longer than this.
const MAX_AGE: Duration = Duration::from_hours(366 * 24);

impl PersistedConfig {
    /// Refuses what keeps nothing, and what is kept for ever.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.enabled && self.max_bytes < 64 << 10 {
            return Err("gateway.persisted.max_bytes: 65536 at least; enabled = false keeps nothing".to_owned());
        }
        if self.max_age.is_zero() || self.max_age > MAX_AGE {
            return Err("gateway.persisted.max_age: more than nothing, and a year at most".to_owned());
        }
        Ok(())
    }
}

impl DocumentsConfig {
    /// Refuses to run nothing at all.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.only && self.manifest.is_none() {
            return Err("gateway.documents.only: without gateway.documents.manifest nothing would be run".to_owned());
        }
        Ok(())
    }
}
