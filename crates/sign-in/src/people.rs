//! Who knows people: whoever keeps them says which person a provider's account is.

use feed::FeedPerson;
use futures::future::BoxFuture;
use uuid::Uuid;

/// Whoever keeps people.
pub trait People: Send + Sync {
    /// The person whose account `subject` is at `provider`, by what the provider told of them: `person.key` is the subject, and
    /// `person.identifiers` has it as the system `oidc:PROVIDER`.
    fn recognise(&self, provider: &str, subject: &str, person: FeedPerson)
    -> BoxFuture<'_, Result<Uuid, Unrecognised>>;
}

/// The account makes nobody known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unrecognised {
    /// They may not come in; the page says why, by this sentence in French.
    #[error("the account is of nobody who may log in here")]
    Refused(&'static str),
    /// It is not known now.
    #[error("who the account is of could not be asked")]
    Failed,
}
