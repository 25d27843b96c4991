//! The section `[gateway.budget]`: what a client may spend in a minute.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Store;

/// The section `[gateway.budget]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetConfig {
    /// Whether there are budgets.
    pub enabled: bool,
    /// Where they are counted.
    pub store: Store,
    /// Of clients and persons that are known by an access token.
    pub known: Rate,
    /// Of everybody else, by address.
    pub anonymous: Rate,
    /// Of single clients, by name.
    pub clients: BTreeMap<String, Rate>,
}

/// A budget: points of `gateway.cost`, or requests where nothing is weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// What comes back in a minute, evenly.
    pub per_minute: u64,
    /// What may be spent at once.
    pub burst: u64,
}

impl Default for BudgetConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            store: Store::Memory,
            known: Rate { per_minute: 600_000, burst: 200_000 },
            anonymous: Rate { per_minute: 100_000, burst: 100_000 },
            clients: BTreeMap::new(),
        }
    }
}

/// Points come back one in a microsecond at most.
const MAX_PER_MINUTE: u64 = 60_000_000;
/// A burst that takes longer to come back is no budget of minutes.
const MAX_MINUTES: u64 = 24 * 60;

impl BudgetConfig {
    /// Refuses budgets that cannot be spent or cannot be counted.
    pub(super) fn check(&self) -> Result<(), String> {
        let of_clients = self.clients.iter().map(|(name, rate)| (format!("clients.{name}"), rate));
        let all = [("known".to_owned(), &self.known), ("anonymous".to_owned(), &self.anonymous)];
        for (name, rate) in all.into_iter().chain(of_clients) {
            let refuse = |told: String| Err(format!("gateway.budget.{name}.{told}"));
            if rate.per_minute == 0 || rate.per_minute > MAX_PER_MINUTE {
                return refuse(format!("per_minute: 1 to {MAX_PER_MINUTE}"));
            }
            let most = rate.per_minute.saturating_mul(MAX_MINUTES);
            if rate.burst == 0 || rate.burst > most {
                return refuse(format!("burst: 1 to {most}, what comes back in a day"));
            }
        }
        Ok(())
    }
}
