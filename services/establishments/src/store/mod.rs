//! All SQL of this service.

mod deployments;
mod establishments;
mod filter;
mod organisations;
mod territories;
mod write;

pub(crate) use deployments::{DeploymentRow, DeploymentWrite};
pub(crate) use establishments::{EstablishmentRow, PeriodRow, SiteRow};
pub(crate) use filter::{Filter, Order, Scope, cursor_of, trim};
pub(crate) use organisations::{OrganisationRow, ProjectRow, ProjectWrite};
pub(crate) use territories::{TerritoryRow, TerritoryWrite};
pub(crate) use write::{Known, Write};

use db::Db;

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

    /// The database, for transactions and for the outbox.
    pub fn db(&self) -> &Db {
        &self.db
    }
}
