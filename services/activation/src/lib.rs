//! Indicators by establishment and territory: what is counted, out of what, when, from which source, and how far from the
//! target.
//!
//! `graphql -> app -> {domain, store}`. The directory is known here only by its events, as a projection of its own.

mod app;
mod domain;
mod graphql;
mod store;

pub use app::{ImportError, ImportOptions, import_indicators, open};
pub use graphql::{sdl, subgraph};
pub use store::Store;

/// The service's name: of its subgraph, its database file and its PostgreSQL schema.
pub const NAME: &str = "activation";

/// The services whose events it follows ([`Store`] is the projection).
pub const SOURCES: &[&str] = &["establishments"];

/// The tables of this service.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");
