//! The person who asks, as the gateway carries them to the other services.

use std::collections::BTreeSet;

use async_graphql::{ID, SimpleObject};
use kernel::PersonFacts;
use service_kit::graphql::{Profile, Uai};

use crate::app::OWN_CLIENT;

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
    /// Ids of the territories that they inspect.
    inspects: Vec<String>,
    /// Whether they administer this installation.
    administrator: bool,
}

/// Who is logged in under a session; never visible to any client.
#[derive(SimpleObject)]
#[graphql(inaccessible)]
pub(crate) struct CallingSession {
    /// The client by which they ask: the installation's own.
    client: String,
    /// Their pseudonym for it.
    subject: String,
    /// The session's public id.
    session: ID,
    /// Who they are.
    #[graphql(flatten)]
    person: CallingPerson,
}

impl CallingSession {
    pub(super) fn of(facts: PersonFacts, session: uuid::Uuid) -> Self {
        let (client, subject) = (OWN_CLIENT.to_owned(), facts.subject.clone());
        Self { client, subject, session: ID(session.to_string()), person: facts.into() }
    }
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
            inspects: facts.inspects.into_iter().collect(),
            administrator: facts.administrator,
        }
    }
}
