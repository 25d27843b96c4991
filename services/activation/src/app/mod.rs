//! Use cases: opening, taking files in, and following the directory by its events.

mod follow;
mod indicators;

pub use indicators::import_indicators;

use db::{Db, OpenError, StoreError, Target};

use crate::{MIGRATIONS, Store};

/// How an import behaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportOptions {
    /// Do everything and keep nothing.
    pub dry_run: bool,
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
    /// The database failed.
    #[error("the database failed; what was imported before stays, and the same command again goes on")]
    Store(#[from] StoreError),
}

/// Opens the service's database and brings its tables up to date.
///
/// # Errors
/// When the database cannot be opened or migrated.
pub async fn open(target: &Target) -> Result<Store, OpenError> {
    Ok(Store::new(Db::open(target, &MIGRATIONS).await?))
}
