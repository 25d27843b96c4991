//! The section `[gateway.security]`: what browsers are told to hold to.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What of the headers that guard browsers is a choice.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecurityConfig {
    /// How long browsers shall ask by https alone (`Strict-Transport-Security`), where `public_url` is https; 0 leaves it out.
    #[serde(with = "humantime_serde")]
    pub hsts: Duration,
}

impl Default for SecurityConfig {
    fn default() -> Self {
        Self { hsts: Duration::from_hours(365 * 24) }
    }
}
