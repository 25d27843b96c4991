//! Collaborative productions: who takes part, from which establishments and levels, in which versions and formats, and whom
//! they are shared with.
//!
//! `graphql -> app -> {domain, store, content}`. The directory and people are known here only by their events, as projections
//! of its own; a person has no name here.

mod app;
mod content;
mod domain;
mod graphql;
mod store;

pub use app::{
    ChangeError, Contributor, NewContent, NewProduction, SOURCES, contribute, create, discard, open, publish,
    save_version, withdraw,
};
pub use content::{Content, ContentError, Links};
pub use domain::{Audience, Kind, Role, Status};
pub use graphql::{Front, sdl, subgraph};
pub use store::Store;

/// The service's name: of its subgraph, its database file and its PostgreSQL schema.
pub const NAME: &str = "productions";

/// The tables of this service.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");
