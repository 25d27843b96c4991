//! All SQL of this service.

mod aggregates;
mod observations;
mod scope;
mod targets;

pub(crate) use observations::ObservationWrite;
pub(crate) use scope::{Scope, Wanted};
pub(crate) use targets::TargetWrite;

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

    /// The database, for transactions and for the inbox.
    pub fn db(&self) -> &Db {
        &self.db
    }
}
