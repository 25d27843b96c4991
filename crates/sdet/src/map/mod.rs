//! What is made of entries: people, their keys, establishments.

mod fields;
mod person;
mod places;
mod profile;
mod structure;
mod ties;

pub use person::{Entry, Key};
pub use structure::Structure;

use crate::{Config, dn};

/// What the configuration says about values.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    identifier_system: String,
    login_system: Option<String>,
    /// Normalised.
    structures_base: String,
}

impl Context {
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            identifier_system: config.identifier_system(),
            login_system: config.login_system.clone(),
            structures_base: dn::normalised(&config.structures_base).unwrap_or_default(),
        }
    }
}
