//! People: who they are at which establishment in which school year, what other systems call them, and the pseudonym under
//! which each client knows them.
//!
//! `graphql -> app -> {domain, store}`. The directory is known here only by its events, as a projection of its own.

mod app;
mod domain;
mod graphql;
mod store;

pub use app::{
    Evidence, Identifier, MergeError, Refusal, Registered, Registration, RegistrationAffiliation, SOURCES, merge, open,
    register_people, unmerge,
};
pub use domain::Pseudonyms;
pub use graphql::{sdl, subgraph};
pub use store::Store;

/// The service's name: of its subgraph, its database file and its PostgreSQL schema.
pub const NAME: &str = "users";

/// The tables of this service.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");
