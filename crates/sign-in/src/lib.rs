//! The relying party: logging in at the OpenID providers that people have accounts with, their sessions here, and the pages for it.
//!
//! It keeps no people. Who somebody is, it asks ([`People`]), after their provider said so in a token that was checked. What is
//! remembered are attempts to log in, for ten minutes, and sessions, under the hash of a cookie that only the browser knows.

mod claims;
pub mod config;
mod cookies;
mod ended;
mod pages;
mod people;
mod provider;
mod refusal;
mod return_to;
mod routes;
mod secret;
pub mod sessions;
mod sign_in;
mod web;

pub use config::{ProviderConfig, SessionsConfig, SignInConfig};
pub use people::{People, Unrecognised};
pub use service_kit::session::hash as session_hash;
pub use sessions::{MemorySessions, RedisSessions, Session, Sessions, StoreAway};
pub use sign_in::{Deps, ProviderInfo, SetupError, SignIn};
