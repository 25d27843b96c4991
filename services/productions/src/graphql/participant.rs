//! Who takes part, as the caller may know them.

use std::sync::Arc;

use async_graphql::{ID, Object, SimpleObject};
use service_kit::graphql::{EstablishmentRef, Level, Profile};

use super::enums::ShareRole;
use crate::app::Seen;
use crate::domain::{self, label};

/// A person: a pupil, a teacher, a head... Who may know one, and what of them, depends on the caller; nobody but themselves and
/// the ENT that they use learns a pupil's.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "User", unresolvable)]
pub(crate) struct UserRef {
    /// The internal id: the federation key, and never visible to any client.
    #[graphql(inaccessible)]
    person_id: ID,
}

/// A participant of a production.
pub(crate) struct Participant {
    seen: Arc<Seen>,
    at: usize,
}

impl Participant {
    /// Everybody who takes part, in order.
    pub(crate) fn all(seen: &Arc<Seen>) -> Vec<Self> {
        (0..seen.participants.len()).map(|at| Self { seen: Arc::clone(seen), at }).collect()
    }

    /// The participant of this number.
    pub(crate) fn numbered(seen: &Arc<Seen>, number: i64) -> Option<Self> {
        let at = seen.participants.iter().position(|one| one.number == number)?;
        Some(Self { seen: Arc::clone(seen), at })
    }

    /// Who they are, where the caller may know them.
    pub(crate) fn known(&self) -> Option<UserRef> {
        self.seen.known[self.at].then(|| UserRef { person_id: ID(self.row().person_id.to_string()) })
    }

    fn row(&self) -> &domain::Participant {
        &self.seen.participants[self.at]
    }
}

/// A participant as the production numbers them: a number says nothing of another production.
#[Object]
impl Participant {
    /// What the production calls them, such as « Élève 1 »: numbered as they joined, and those who joined together in an order of this
    /// production alone.
    async fn label(&self) -> String {
        format!("{} {}", label(self.row().profile), self.row().ordinal)
    }

    /// What they were when they joined.
    async fn profile(&self) -> Profile {
        self.row().profile.into()
    }

    /// What they may do.
    async fn role(&self) -> ShareRole {
        self.row().role.into()
    }

    /// Who they are, where the caller may know them; null otherwise.
    async fn user(&self) -> Option<UserRef> {
        self.known()
    }

    /// From where they take part.
    async fn establishment(&self) -> Option<EstablishmentRef> {
        EstablishmentRef::of(&self.row().uai)
    }

    /// A pupil's level when they first contributed, for who takes part, their ENTs, the portals and the staff of their territories.
    /// Null for everybody else; and of a school where fewer than 5 of its pupils in this production share a level, for all but who takes
    /// part and the ENT of that school.
    async fn level(&self) -> Option<Level> {
        self.row().mefstat4.as_deref().filter(|_| self.seen.levels[self.at]).map(Level::of)
    }
}
