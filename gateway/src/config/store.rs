//! Where a gateway keeps what it counts and remembers.

use serde::{Deserialize, Serialize};

/// Where something is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Store {
    /// In this process, for itself.
    #[default]
    Memory,
    /// In Redis, for several gateways together.
    Redis,
}
