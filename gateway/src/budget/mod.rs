//! What a client may spend in a minute: points of cost, or requests where nothing is weighed.
//!
//! A budget comes back evenly ([`gcra`]), by client: the client of the access token, else its person, else the address that the
//! request came from. It is counted in this process, or in Redis for several gateways together. While Redis is away each gateway
//! counts for itself, from what it last knew: a client may then spend its budget once at each of them, and nobody is turned
//! away who has not spent it.

mod client;
mod gcra;
mod memory;
mod redis;
mod standing;

use std::sync::Arc;

pub(crate) use client::Client;
pub(crate) use standing::Standing;

use crate::config::{BudgetConfig, GatewayConfig, Rate, Store};
use crate::shared::SharedStore;
use gcra::Taken;
use memory::Memory;

/// The budgets of all clients.
pub(crate) struct Budgets {
    config: BudgetConfig,
    /// What is counted.
    unit: Unit,
    memory: Memory,
    shared: Option<Arc<SharedStore>>,
}

/// What budgets are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Points of cost.
    Points,
    /// Requests, whatever they cost.
    Requests,
}

impl Budgets {
    /// Budgets as they are configured, counted in `shared` where that is said.
    pub(crate) fn of(config: &GatewayConfig, shared: Option<&Arc<SharedStore>>) -> Self {
        let shared = shared.filter(|_| config.budget.store == Store::Redis).cloned();
        let unit = if config.cost.enabled { Unit::Points } else { Unit::Requests };
        Self { config: config.budget.clone(), unit, memory: Memory::default(), shared }
    }

    /// Whether a client's budget is known to be spent: told before any work is done for it.
    pub(crate) fn spent(&self, client: &Client) -> Option<Standing> {
        let rate = self.rate(client)?;
        let taken = gcra::take(self.memory.ahead(client), rate.time_of(1), rate.window());
        (!taken.allowed).then(|| Standing::new(self.unit, rate, 1, taken))
    }

    /// Takes what a request costs out of a client's budget; none where there are no budgets.
    pub(crate) async fn take(&self, client: &Client, cost: u64) -> Option<Standing> {
        let rate = self.rate(client)?;
        let points = match self.unit {
            Unit::Points => cost.max(1),
            Unit::Requests => 1,
        };
        let (time, window) = (rate.time_of(points), rate.window());
        let taken = match self.in_common(client, time, window).await {
            Some(taken) => taken,
            None => self.memory.take(client, time, window),
        };
        Some(Standing::new(self.unit, rate, points, taken))
    }

    async fn in_common(&self, client: &Client, time: u64, window: u64) -> Option<Taken> {
        let shared = self.shared.as_ref()?;
        let taken = redis::take(shared, client, time, window).await.ok()?;
        self.memory.learn(client, taken.ahead);
        Some(taken)
    }

    fn rate(&self, client: &Client) -> Option<Rate> {
        self.config.enabled.then(|| match client {
            Client::Named(name) => self.config.clients.get(name).copied().unwrap_or(self.config.known),
            Client::Person(_) => self.config.known,
            Client::Address(_) | Client::Unknown => self.config.anonymous,
        })
    }
}
