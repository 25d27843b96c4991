//! The secrets of this service.

use crate::domain::{Pseudonyms, Vault};

/// What makes pseudonyms, and what hashes and seals.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// Under which name a client knows a person.
    pub pseudonyms: Pseudonyms,
    /// What is found by a hash and kept sealed.
    pub vault: Vault,
}
