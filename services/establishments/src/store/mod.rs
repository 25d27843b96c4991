//! All SQL of this service.

mod deployments;
mod establishments;
mod filter;
mod organisations;
mod sectors;
mod territories;
mod write;

pub(crate) use deployments::{DeploymentRow, DeploymentWrite};
pub(crate) use establishments::{EstablishmentRow, PeriodRow, SiteRow};
pub(crate) use filter::{Filter, Order, Scope, cursor_of, trim};
pub(crate) use organisations::{OrganisationRow, ProjectRow, ProjectWrite};
pub(crate) use territories::{TerritoryRow, TerritoryWrite};
pub(crate) use write::{Known, Write};

use db::{Db, StoreError, Tx};

/// The rows of this service, in whichever database the deployment chose.
#[derive(Clone, Debug)]
pub struct Store {
    db: Db,
}

impl Store {
    /// The store in `db`, whose tables are up to date.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Begins a transaction that writes establishments: one at a time, so that what it reads first is still so when it writes.
    pub(crate) async fn begin_writing(&self) -> Result<Tx, StoreError> {
        let mut tx = self.db.begin().await?;
        // Nothing is taken of the sequence: its row stays locked until the transaction ends.
        db::next_sequence(&mut tx, "changes", 0).await?;
        Ok(tx)
    }

    /// The database, for transactions and for the outbox.
    pub fn db(&self) -> &Db {
        &self.db
    }
}
