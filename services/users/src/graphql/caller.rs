//! The person who asks, as the gateway carries them to the other services.

use std::collections::BTreeSet;

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
    /// Those of them where they are staff.
    workplaces: Vec<Uai>,
    /// Their classes there, as `UAI:class`.
    classes: Vec<String>,
}

impl From<PersonFacts> for CallingPerson {
    fn from(facts: PersonFacts) -> Self {
        let uais = |uais: &BTreeSet<String>| uais.iter().filter_map(|uai| uai.parse().ok()).map(Uai).collect();
        Self {
            person_id: facts.person_id.map(ID),
            profiles: facts.profiles.iter().map(|profile| (*profile).into()).collect(),
            establishments: uais(&facts.establishments),
            workplaces: uais(&facts.workplaces),
            classes: facts.classes.into_iter().collect(),
        }
    }
}
