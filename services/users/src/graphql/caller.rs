//! The person who asks, as the gateway carries them to the other services.

use async_graphql::{ID, SimpleObject};
use kernel::PersonFacts;
use service_kit::graphql::{Profile, Uai};

/// What the house knows of the person who asks; never visible to any client.
#[derive(SimpleObject)]
#[graphql(inaccessible)]
pub(crate) struct CallingPerson {
    /// The internal id.
    person_id: Option<ID>,
    /// What they are in the school year of today.
    profiles: Vec<Profile>,
    /// The establishments where they are so.
    establishments: Vec<Uai>,
    /// Their classes there, as `UAI:class`.
    classes: Vec<String>,
}

impl From<PersonFacts> for CallingPerson {
    fn from(facts: PersonFacts) -> Self {
        Self {
            person_id: facts.person_id.map(ID),
            profiles: facts.profiles.into_iter().map(Into::into).collect(),
            establishments: facts.establishments.iter().filter_map(|uai| uai.parse().ok()).map(Uai).collect(),
            classes: facts.classes.into_iter().collect(),
        }
    }
}
