//! The federation engine and its HTTP front. It knows schemas and HTTP, never a service.
//!
//! A request runs through [`pipeline`] one stage after the other: `params -> prepare (parse, validate, limit, plan; cached)
//! -> execute (fetch, entities, merge) -> respond (project, null rules)`.

mod access;
mod budget;
pub mod config;
mod cookies;
mod cost;
mod documents;
mod engine;
mod error;
mod http;
mod issuers;
mod json;
mod people;
mod pipeline;
mod plan;
mod public;
mod response;
mod shared;
pub mod subgraph;
mod supergraph;
mod telemetry;
mod watched;

pub use documents::watch_documents;
pub use engine::{Gateway, GatewayParts};
pub use http::{metrics_router, router};
pub use shared::{NoAddress, SharedStore};
pub use supergraph::{LoadError, Supergraph, watch};
