//! Who is at work, and the leases that it holds.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, StoreError, leases};
use kernel::Clock;
use uuid::Uuid;

/// How long a lease lasts that nobody renews: after a crash, others wait that long.
const LEASE: TimeDelta = TimeDelta::seconds(15);

/// A process that delivers: its name on leases, and its clock.
#[derive(Clone, Debug)]
pub struct Worker {
    name: Arc<str>,
    clock: Clock,
}

impl Worker {
    /// A worker of its own; one a process is enough.
    pub fn new(clock: Clock) -> Self {
        Self { name: Uuid::now_v7().to_string().into(), clock }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The lease on delivering the events of `source` to the service of `db`, not yet taken.
    pub(crate) fn delivering(&self, db: &Db, source: &str) -> Lease {
        self.lease(db, format!("deliver {source}"))
    }

    /// The lease on relaying the events of the service of `db`, not yet taken.
    pub(crate) fn relaying(&self, db: &Db) -> Lease {
        self.lease(db, "relay".to_owned())
    }

    fn lease(&self, db: &Db, name: String) -> Lease {
        Lease { db: db.clone(), name, worker: self.clone(), renew_at: None }
    }
}

/// A lease that one worker takes, renews and gives back.
#[derive(Debug)]
pub(crate) struct Lease {
    db: Db,
    name: String,
    worker: Worker,
    /// While it is held: when it should be renewed.
    renew_at: Option<DateTime<Utc>>,
}

impl Lease {
    /// Takes or renews it where that is due; false while it is somebody else's.
    pub(crate) async fn hold(&mut self) -> Result<bool, StoreError> {
        let now = self.worker.now();
        if self.renew_at.is_some_and(|at| now < at) {
            return Ok(true);
        }
        self.renew_at = None;
        let held = leases::hold(&self.db, &self.name, &self.worker.name, now, now + LEASE).await?;
        if held {
            self.renew_at = Some(now + LEASE / 3);
        }
        Ok(held)
    }

    /// Whether it was held when last looked at.
    pub(crate) fn is_held(&self) -> bool {
        self.renew_at.is_some()
    }

    /// Takes it from whoever has it.
    pub(crate) async fn take(&mut self) -> Result<(), StoreError> {
        let now = self.worker.now();
        leases::take(&self.db, &self.name, &self.worker.name, now + LEASE).await?;
        self.renew_at = Some(now + LEASE / 3);
        Ok(())
    }

    /// Gives it back. Where that fails, it ends by itself.
    pub(crate) async fn release(&mut self) {
        if self.renew_at.take().is_some()
            && let Err(error) = leases::release(&self.db, &self.name, &self.worker.name).await
        {
            tracing::debug!(lease = self.name, %error, "a lease was not given back and will end by itself");
        }
    }
}
