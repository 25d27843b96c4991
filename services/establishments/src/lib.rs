//! The directory of establishments keyed by UAI, with its history; sectors, territories, organisations, ENT projects, deployments.
//!
//! `graphql -> app -> {domain, store}`: a resolver is thin, all SQL is in `store`, nothing in `domain` does I/O.

mod app;
mod domain;
mod graphql;

mod store;

pub use app::{
    ImportError, ImportOptions, OpenError, import_annuaire, import_deployments, import_intercommunalites,
    import_sectors, open,
};

pub use graphql::{sdl, subgraph};
pub use store::Store;

/// The service's name: of its subgraph, its database file and its PostgreSQL schema.
pub const NAME: &str = "establishments";

/// The tables of this service.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");
