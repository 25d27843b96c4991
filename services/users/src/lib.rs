//! People: who they are at which establishment in which school year, what other systems call them, and the pseudonym under
//! which each client knows them.
//!
//! `graphql -> app -> {domain, store}`. The directory is known here only by its events, as a projection of its own.

mod app;
mod domain;
mod graphql;
mod oauth;
mod store;

pub use app::{
    AafError, AafImported, AafOptions, Evidence, Guardian, Identifier, LdapError, LdapOptions, LdapRead, MergeError,
    Refusal, Registered, Registration, RegistrationAffiliation, Retained, RetentionOptions, SOURCES, Secrets,
    Transition, import_aaf, merge, open, recognise, register_people, retain, set_administrator, sync_ldap, transition,
    unmerge,
};
pub mod login;

pub use domain::{Pseudonyms, Vault};
pub use graphql::{Front, sdl, subgraph};
pub use store::Store;

pub use aaf::Degree as FeedDegree;
pub use sdet::{Config as LdapConfig, check as check_directories};

/// The service's name: of its subgraph, its database file and its PostgreSQL schema.
pub const NAME: &str = "users";

/// The tables of this service.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");
