//! What a person is, under which pseudonym, and what a caller is towards them.

mod person;
mod pseudonym;
mod seeing;

pub(crate) use person::{Affiliation, Person};
pub use pseudonym::Pseudonyms;
pub(crate) use seeing::seers;
