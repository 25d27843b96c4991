//! What a person is, under which pseudonym, and what a caller is towards them.

mod matching;
mod person;
mod pseudonym;
mod seeing;
mod vault;

pub(crate) use matching::{Features, Likeness, Verdict, match_key};
pub(crate) use person::{Affiliation, Person};
pub use pseudonym::Pseudonyms;
pub(crate) use seeing::{Asker, seers};
pub use vault::Vault;
