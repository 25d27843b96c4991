//! Use cases: making and sharing productions, looking them up for a caller, and following the directory and people by events.

mod change;
mod contribute;
mod follow;
mod lookup;
mod publish;
mod save;

pub use change::ChangeError;
pub use contribute::{Contributor, NewProduction, contribute, create};
pub use follow::SOURCES;
pub(crate) use lookup::{Export, Seen, export, listed, reach, seen};
pub use publish::{discard, publish, withdraw};
pub use save::{NewContent, save_version};

use db::{Db, OpenError, Target};

use crate::{MIGRATIONS, Store};

/// Opens the service's database and brings its tables up to date.
///
/// # Errors
/// When the database cannot be opened or migrated.
pub async fn open(target: &Target) -> Result<Store, OpenError> {
    Ok(Store::new(Db::open(target, &MIGRATIONS).await?))
}
