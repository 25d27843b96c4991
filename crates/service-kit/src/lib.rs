//! What every role shares: configuration, telemetry, health, server and shutdown, the subgraph's front with its limits,
//! the tokens and sessions by which callers are known, the completed SDL, and the GraphQL words that several services use.
//!
//! Nothing here knows a service or the gateway.

pub mod access;
pub mod access_token;
pub mod address;
pub mod batches;
pub mod config;
pub mod graphql;
pub mod guard;
pub mod health;
pub mod keys;
pub mod principal_token;
pub mod problem;
pub mod sdl;
pub mod secret;
pub mod server;
pub mod session;
pub mod subgraph;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
