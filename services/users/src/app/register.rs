//! `registerPerson`: the use case that every import calls. A person is found by what other systems call them, and by nothing
//! else: never by a name.

mod batch;

use std::collections::{BTreeSet, HashMap};

use db::outbox::{self, NewEvent};
use kernel::events::{Affiliation, AffiliationChanged};
use kernel::{Clock, Fault, Level, Profile, SchoolYear, Uai};
use uuid::Uuid;

use crate::Store;
use crate::domain::{Person, Pseudonyms};
use batch::Batch;

/// Bytes of any name, identifier or class.
const MAX_TEXT: usize = 255;
/// Affiliations, identifiers, classes of one person at once.
const MAX_ITEMS: usize = 100;

/// What a source says of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Prénom.
    pub given_name: Option<String>,
    /// Nom.
    pub family_name: Option<String>,
    /// What other systems call them: one at least.
    pub identifiers: Vec<Identifier>,
    /// Everything that the source knows of them in the school years that it speaks of.
    pub affiliations: Vec<RegistrationAffiliation>,
    /// School years that the source speaks of beside those of the affiliations: one without any has ended. Other years stay.
    pub school_years: Vec<SchoolYear>,
    /// Who says it, such as `AAF` or an ENT.
    pub source: String,
}

/// What a system calls a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identifier {
    /// The system.
    pub system: String,
    /// Its name for them.
    pub value: String,
}

/// What a person is in an establishment in a school year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationAffiliation {
    /// Where; the directory must hold it.
    pub uai: Uai,
    /// As what.
    pub profile: Profile,
    /// When.
    pub school_year: SchoolYear,
    /// A pupil's level as MEFSTAT4; none where the source knows none.
    pub mefstat4: Option<String>,
    /// Names of classes.
    pub classes: Vec<String>,
    /// Names of groups.
    pub groups: Vec<String>,
}

/// What became of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// The person was not known.
    Created(Uuid),
    /// Something of them is new.
    Changed(Uuid),
    /// All of it was known.
    Unchanged(Uuid),
}

impl Registered {
    /// The internal id that bears the identifiers. It stays this person's own through merges and their undoing.
    pub fn person_id(self) -> Uuid {
        match self {
            Self::Created(id) | Self::Changed(id) | Self::Unchanged(id) => id,
        }
    }
}

/// A registration that cannot be taken; the others of its batch are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No identifier.
    #[error("a person needs an identifier of another system")]
    NoIdentifier,
    /// A text is empty, too long, or there are too many of them.
    #[error("{0} must have 1 to {MAX_TEXT} bytes without U+0000, and at most {MAX_ITEMS} of each kind")]
    Text(&'static str),
    /// The level is no code.
    #[error("a level is a MEFSTAT4 code of four characters, and only pupils have one; got {0:?}")]
    Level(String),
    /// The directory does not hold the establishment.
    #[error("the directory holds no establishment {0}")]
    UnknownEstablishment(String),
    /// Two identifiers lead to two people: whether they are one is not for an import to say.
    #[error("its identifiers belong to {0} different people; merge them first, or leave the wrong identifier out")]
    SeveralPeople(usize),
    /// The same establishment, profile and year twice.
    #[error("one affiliation stands twice: {0}")]
    Twice(String),
}

/// Registers people, each whole or not at all, all that can be in one transaction with their events; one answer for each, in
/// order.
///
/// # Errors
/// When the database fails: nothing is then registered.
pub async fn register_people(
    store: &Store,
    pseudonyms: &Pseudonyms,
    clock: &Clock,
    registrations: &[Registration],
) -> Result<Vec<Result<Registered, Refusal>>, Fault> {
    let mut tx = store.db().begin().await?;
    // Whoever else registers or merges waits: what is read here is still so when it is written and told.
    store.lock_merges(&mut tx).await?;
    let mut batch = Batch::read(store, &mut tx, pseudonyms.generation(), registrations).await?;
    let answers: Vec<_> = registrations.iter().map(|one| batch.take(one)).collect();
    let now = clock.now();
    let changed = batch.write(store, &mut tx, now).await?;
    // What is told is what now stands, all sources and merged people together.
    let events = told(&store.people_in(&mut tx, &changed).await?, &changed);
    outbox::append(&mut tx, &events, now).await?;
    tx.commit().await?;
    Ok(answers)
}

fn pairs(registration: &Registration) -> impl Iterator<Item = (String, String)> {
    registration.identifiers.iter().map(|one| (one.system.clone(), one.value.clone()))
}

/// The events that tell of these people as they now stand.
pub(super) fn told(people: &HashMap<Uuid, Person>, ids: &[Uuid]) -> Vec<NewEvent> {
    let event = |person: &Person| {
        let affiliations = person.affiliations.iter().map(|one| Affiliation {
            uai: one.uai.clone(),
            profile: one.profile,
            school_year: one.school_year.to_string(),
            mefstat4: one.mefstat4.clone(),
            classes: one.classes.clone(),
        });
        let payload = AffiliationChanged { person_id: person.id.to_string(), affiliations: affiliations.collect() };
        NewEvent::new(AffiliationChanged::KIND, person.id.to_string(), &payload)
    };
    ids.iter().filter_map(|id| people.get(id)).map(event).collect()
}

fn check(registration: &Registration, known: &BTreeSet<String>) -> Result<(), Refusal> {
    let text = |text: &str| !text.trim().is_empty() && text.len() <= MAX_TEXT && !text.contains('\0');
    let all = |texts: &[String]| texts.len() <= MAX_ITEMS && texts.iter().all(|one| text(one));
    if registration.identifiers.is_empty() {
        return Err(Refusal::NoIdentifier);
    }
    let identifiers = &registration.identifiers;
    if identifiers.len() > MAX_ITEMS || !identifiers.iter().all(|one| text(&one.system) && text(&one.value)) {
        return Err(Refusal::Text("an identifier"));
    }
    if ![&registration.given_name, &registration.family_name].into_iter().flatten().all(|name| text(name)) {
        return Err(Refusal::Text("a name"));
    }
    if !text(&registration.source) {
        return Err(Refusal::Text("the source"));
    }
    if registration.affiliations.len() > MAX_ITEMS || registration.school_years.len() > MAX_ITEMS {
        return Err(Refusal::Text("affiliations"));
    }
    let mut seen = BTreeSet::new();
    for one in &registration.affiliations {
        if !known.contains(one.uai.as_str()) {
            return Err(Refusal::UnknownEstablishment(one.uai.to_string()));
        }
        if let Some(code) = &one.mefstat4
            && (one.profile != Profile::Pupil || !Level::is_code(code))
        {
            return Err(Refusal::Level(code.clone()));
        }
        if !all(&one.classes) || !all(&one.groups) {
            return Err(Refusal::Text("a class or a group"));
        }
        if !seen.insert((one.uai, one.profile, one.school_year)) {
            return Err(Refusal::Twice(format!("{} {} {}", one.uai, one.profile.as_str(), one.school_year)));
        }
    }
    Ok(())
}
