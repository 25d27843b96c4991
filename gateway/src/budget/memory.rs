//! Budgets in this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::Cache;
use tokio::time::Instant;

use super::Client;
use super::gcra::{self, Taken};

/// Clients known at most. One that is forgotten begins anew.
const CLIENTS: usize = 100_000;

/// When all is back, by client: microseconds of this process's own time.
pub(super) struct Memory {
    begun: Instant,
    clients: Cache<Client, Arc<AtomicU64>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self { begun: Instant::now(), clients: Cache::new(CLIENTS) }
    }
}

impl Memory {
    /// How far ahead a client is.
    pub(super) fn ahead(&self, client: &Client) -> u64 {
        let back_at = self.clients.get(client).map_or(0, |back_at| back_at.load(Ordering::Relaxed));
        back_at.saturating_sub(self.now())
    }

    /// Takes what comes back in `time`, where the client is not further ahead than the window then.
    pub(super) fn take(&self, client: &Client, time: u64, window: u64) -> Taken {
        let (of_client, now) = (self.of(client), self.now());
        let mut known = of_client.load(Ordering::Relaxed);
        loop {
            let taken = gcra::take(known.saturating_sub(now), time, window);
            if !taken.allowed {
                return taken;
            }
            let next = now.saturating_add(taken.ahead);
            match of_client.compare_exchange_weak(known, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return taken,
                Err(meanwhile) => known = meanwhile,
            }
        }
    }

    /// Learns how far ahead a client is that is counted elsewhere.
    pub(super) fn learn(&self, client: &Client, ahead: u64) {
        self.of(client).fetch_max(self.now().saturating_add(ahead), Ordering::Relaxed);
    }

    fn of(&self, client: &Client) -> Arc<AtomicU64> {
        let made = self.clients.get_or_insert_with(client, || Ok::<_, std::convert::Infallible>(Arc::default()));
        match made {
            Ok(of_client) => of_client,
            Err(never) => match never {},
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
