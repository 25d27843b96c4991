//! The section `[gateway.cost]`: what an operation may cost.

use serde::{Deserialize, Serialize};

/// The section `[gateway.cost]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CostConfig {
    /// Whether operations are weighed. Without it there is no limit on cost, and budgets count requests.
    pub enabled: bool,
    /// Points that one operation may cost.
    pub max: u64,
    /// Items that a list is taken to have where neither the schema nor the request says how many.
    pub list_size: u64,
}

impl Default for CostConfig {
    fn default() -> Self {
        Self { enabled: true, max: 100_000, list_size: 5 }
    }
}

impl CostConfig {
    /// Refuses values under which nothing would run, or lists would be free.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.max == 0 {
            return Err(
                "gateway.cost.max: 0 lets no operation through; enabled = false switches the limit off".to_owned()
            );
        }
        if self.list_size == 0 {
            return Err("gateway.cost.list_size: with 0 what stands in lists would cost nothing".to_owned());
        }
        Ok(())
    }
}
