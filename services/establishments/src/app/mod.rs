//! Use cases: opening the directory, and taking files in.

mod annuaire;
mod deployments;
mod groups;
mod intercommunalites;
mod reference;
mod sectors;

pub use annuaire::import_annuaire;
pub use deployments::import_deployments;
pub use intercommunalites::import_intercommunalites;
pub use sectors::import_sectors;

use chrono::NaiveDate;
use db::{Db, StoreError, Target, Tx};
use kernel::{Clock, TerritoryId};

use crate::{MIGRATIONS, Store};

/// How an import behaves.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The date that the file speaks of; by default its newest line date, or today.
    pub as_of: Option<NaiveDate>,
    /// The file holds every establishment of this territory: who is missing has closed.
    pub complete: Option<TerritoryId>,
    /// Do everything and keep nothing.
    pub dry_run: bool,
    /// Where today is read.
    pub clock: Clock,
}

/// The import stopped. What was committed before stays; the same command again goes on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be used at all.
    #[error(transparent)]
    Open(#[from] import::OpenError),
    /// The file cannot be read on.
    #[error(transparent)]
    Read(#[from] import::ReadError),
    /// The directory cannot be told of days to come.
    #[error("--as-of {0} lies in the future: every file of an earlier day would then change nothing")]
    Future(NaiveDate),
    /// `complete` names a territory that the directory does not hold.
    #[error("no territory {0} is known: nothing was imported")]
    UnknownTerritory(TerritoryId),
    /// The database failed.
    #[error("the database failed; what was imported before stays, and the same command again goes on")]
    Store(#[from] StoreError),
}

/// Opens the directory's database, brings its tables up to date and knows the country's régions, académies and
/// départements.
///
/// # Errors
/// When the database cannot be opened, migrated or written.
pub async fn open(target: &Target) -> Result<Store, OpenError> {
    let store = Store::new(Db::open(target, &MIGRATIONS).await?);
    reference::seed(&store).await?;
    Ok(store)
}

/// The directory cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its database.
    #[error(transparent)]
    Db(#[from] db::OpenError),
    /// Its reference territories.
    #[error("cannot write the reference territories")]
    Seed(#[from] StoreError),
}

/// Ends a batch: keeps it, or in a dry run drops it.
async fn finish(tx: Tx, dry_run: bool) -> Result<(), StoreError> {
    if dry_run { Ok(()) } else { tx.commit().await }
}
