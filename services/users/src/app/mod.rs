//! Use cases: opening, registering people, merging and unmerging them, and following the directory by its events.

mod follow;
mod lookup;
mod merge;
mod register;

pub use follow::SOURCES;
pub(crate) use lookup::{Seen, by_identifier, by_pseudonym, caller, oneself, seen};
pub use merge::{Evidence, MergeError, merge, unmerge};
pub use register::{Identifier, Refusal, Registered, Registration, RegistrationAffiliation, register_people};

use db::{Db, OpenError, Target};

use crate::{MIGRATIONS, Store};

/// Opens the service's database and brings its tables up to date.
///
/// # Errors
/// When the database cannot be opened or migrated.
pub async fn open(target: &Target) -> Result<Store, OpenError> {
    Ok(Store::new(Db::open(target, &MIGRATIONS).await?))
}
