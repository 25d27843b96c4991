//! Use cases: opening, registering people, merging and unmerging them, and following the directory by its events.

mod administrators;
mod clients;
mod erase;
mod feeds;
mod follow;
mod lookup;
mod merge;
mod own;
mod proposals;
mod recognise;
mod register;
mod secrets;
mod transition;

pub use administrators::set_administrator;
pub(crate) use clients::{NewClient, granted, register as register_client};
pub(crate) use erase::erase;
pub use erase::{Retained, RetentionOptions, retain};
pub use feeds::{AafError, AafImported, AafOptions, LdapError, LdapOptions, LdapRead, import_aaf, sync_ldap};
pub use follow::SOURCES;
pub(crate) use lookup::{Seen, by_identifier, by_pseudonym, caller, facts_of, oneself, own_pseudonym, seen};
pub use merge::{Evidence, MergeError, merge, unmerge};
pub(crate) use own::{Saying, authorise, export};
pub(crate) use proposals::decide;
pub(crate) use recognise::OWN_CLIENT;
pub use recognise::recognise;
pub use register::{Guardian, Identifier, Refusal, Registered, Registration, RegistrationAffiliation, register_people};
pub use secrets::Secrets;
pub use transition::{Transition, transition};

use db::{Db, OpenError, Target};

use crate::{MIGRATIONS, Store};

/// Opens the service's database and brings its tables up to date.
///
/// # Errors
/// When the database cannot be opened or migrated.
pub async fn open(target: &Target) -> Result<Store, OpenError> {
    Ok(Store::new(Db::open(target, &MIGRATIONS).await?))
}
