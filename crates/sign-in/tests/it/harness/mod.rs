//! An installation, browsers, and providers.

mod browser;
mod keys;
mod log;
mod provider;
mod rogue;
mod site;
mod store;

pub(crate) use browser::{Browser, Page, Parameter};
pub(crate) use keys::Pair;
pub(crate) use provider::Provider;
pub(crate) use rogue::{CLIENT, Fault, Rogue};
pub(crate) use site::{House, Register, Site, state};
pub(crate) use store::{Kept, Shelf};
