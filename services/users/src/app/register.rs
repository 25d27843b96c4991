//! `registerPerson`: the use case that every import calls. A person is found by what other systems call them, and by nothing
//! else: never by a name.

mod batch;
mod guardians;
mod matching;

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use db::Tx;
use db::outbox::{self, NewEvent};
use kernel::events::{Affiliation, AffiliationChanged};
use kernel::{Clock, Fault, Level, Profile, SchoolYear, Uai};
use uuid::Uuid;

pub(super) use self::matching::match_people;
use super::Secrets;
use crate::Store;
use crate::domain::Person;
use batch::Batch;

/// Bytes of any name, identifier or class.
const MAX_TEXT: usize = 255;
/// Affiliations, identifiers, classes of one person at once.
const MAX_ITEMS: usize = 100;

/// What a source says of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registration {
    /// Prénom.
    pub given_name: Option<String>,
    /// Nom.
    pub family_name: Option<String>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Identifiant national élève: evidence of who they are, and no key.
    pub ine: Option<String>,
    /// A hash of it, where a source tells that alone.
    pub ine_hash: Option<String>,
    /// Addresses of electronic mail.
    pub mails: Vec<String>,
    /// What other systems call them: one at least.
    pub identifiers: Vec<Identifier>,
    /// Everything that the source knows of them in the school years that it speaks of.
    pub affiliations: Vec<RegistrationAffiliation>,
    /// School years that the source speaks of beside those of the affiliations: one without any has ended. Other years stay.
    pub school_years: Vec<SchoolYear>,
    /// Who answers for them, where the source speaks of that.
    pub guardians: Option<Vec<Guardian>>,
    /// Who says it, such as `AAF` or an ENT.
    pub source: String,
}

/// Who answers for a pupil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guardian {
    /// What a system calls them; they may be told later.
    pub identifier: Identifier,
    /// What they are to the pupil, as the source has it.
    pub relation: Option<String>,
    /// Whether by law.
    pub legal: bool,
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
    /// Where. In an establishment that the directory does not hold, nobody but themselves sees a person.
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
    /// Two identifiers lead to two people: whether they are one is not for an import to say.
    #[error("its identifiers belong to {0} different people; merge them first, or leave the wrong identifier out")]
    SeveralPeople(usize),
    /// An identifier was somebody else's.
    #[error(
        "one of its identifiers was somebody else's who has gone, by other names or another date of birth: it cannot be told whether they are one; leave the identifier out, or give it a new one"
    )]
    Reused,
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
    secrets: &Secrets,
    clock: &Clock,
    registrations: &[Registration],
) -> Result<Vec<Result<Registered, Refusal>>, Fault> {
    let mut tx = store.db().begin().await?;
    // Whoever else registers or merges waits: what is read here is still so when it is written and told.
    store.lock_merges(&mut tx).await?;
    let taken = register_in(store, &mut tx, secrets, clock, registrations).await?;
    tx.commit().await?;
    Ok(taken.answers)
}

/// What became of registrations.
pub(super) struct Taken {
    /// One for each, in order.
    pub(super) answers: Vec<Result<Registered, Refusal>>,
    /// People who turned out to be somebody known.
    pub(super) merged: u64,
    /// People who may be.
    pub(super) proposed: u64,
}

/// The same within a transaction that has the right to merge.
pub(super) async fn register_in(
    store: &Store,
    tx: &mut Tx,
    secrets: &Secrets,
    clock: &Clock,
    registrations: &[Registration],
) -> Result<Taken, Fault> {
    let mut batch = Batch::read(store, tx, secrets, registrations).await?;
    let answers: Vec<_> = registrations.iter().map(|one| batch.take(one)).collect();
    let now = clock.now();
    let written = batch.write(store, tx, now).await?;
    let mut changed: BTreeSet<Uuid> = written.people;
    changed.extend(guardians::follow(store, tx, &written.guardians, &written.pupils, clock.today()).await?);
    let changed = store.canonical_of(tx, &changed.into_iter().collect::<Vec<_>>()).await?;
    // What is told is what now stands, all sources and merged people together.
    let events = told(&store.people_in(tx, &changed).await?, &changed);
    outbox::append(tx, &events, now).await?;
    let (merged, proposed) = match_people(store, tx, &written.to_match, now).await?;
    Ok(Taken { answers, merged, proposed })
}

/// Ends what a source says of those whom it calls so, in this school year and later: it knows them no more. What it said of earlier
/// years was so, and ended with them.
pub(super) async fn end_in(
    store: &Store,
    tx: &mut Tx,
    clock: &Clock,
    source: &str,
    year: SchoolYear,
    keys: &[String],
) -> Result<(), Fault> {
    let pairs: Vec<(String, String)> = keys.iter().map(|key| (source.to_owned(), key.clone())).collect();
    let bearers: BTreeSet<Uuid> = store.by_identifiers(tx, &pairs).await?.values().map(|(bearer, _)| *bearer).collect();
    store.end_feed_records(tx, source, keys, clock.today()).await?;
    // Whom the source calls by another key now, it knows still.
    let bearers: Vec<Uuid> = bearers.into_iter().collect();
    let still = store.still_told(tx, source, &bearers).await?;
    let bearers: Vec<Uuid> = bearers.into_iter().filter(|bearer| !still.contains(bearer)).collect();
    store.end_identifiers_of(tx, source, &bearers, clock.today()).await?;
    // What it said of who answers for them goes with it: another source may say otherwise.
    let guardians = store.guardians_of(tx, &bearers).await?;
    let none = bearers.iter().map(|child| ((*child, source.to_owned()), BTreeSet::new())).collect();
    store.write_ties(tx, &none).await?;
    let said = store.said_of(tx, &bearers).await?;
    let ended =
        said.into_keys().filter(|(_, by, of)| by == source && *of >= year).map(|key| (key, Vec::new())).collect();
    store.write_affiliations(tx, &ended, clock.today()).await?;
    let mut changed = guardians::follow(store, tx, &guardians, &bearers, clock.today()).await?;
    changed.extend(bearers);
    let changed = store.canonical_of(tx, &changed.into_iter().collect::<Vec<_>>()).await?;
    let events = told(&store.people_in(tx, &changed).await?, &changed);
    Ok(outbox::append(tx, &events, clock.now()).await?)
}

fn pairs(registration: &Registration) -> impl Iterator<Item = (String, String)> {
    registration.identifiers.iter().map(|one| (one.system.clone(), one.value.clone()))
}

/// The events that tell of these people as they now stand.
pub(super) fn told(people: &HashMap<Uuid, Person>, ids: &[Uuid]) -> Vec<NewEvent> {
    let event = |person: &Person| {
        let affiliations = person.affiliations.iter().filter(|one| one.ended_on.is_none()).map(|one| Affiliation {
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

fn check(registration: &Registration) -> Result<(), Refusal> {
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
    if registration.mails.len() > MAX_ITEMS
        || !registration.mails.iter().chain(&registration.ine).chain(&registration.ine_hash).all(|one| text(one))
    {
        return Err(Refusal::Text("an INE or a mail"));
    }
    let guardians = registration.guardians.as_deref().unwrap_or_default();
    let named = |one: &Guardian| {
        text(&one.identifier.system) && text(&one.identifier.value) && one.relation.as_ref().is_none_or(|one| text(one))
    };
    if guardians.len() > MAX_ITEMS || !guardians.iter().all(named) {
        return Err(Refusal::Text("a guardian"));
    }
    if !text(&registration.source) {
        return Err(Refusal::Text("the source"));
    }
    if registration.affiliations.len() > MAX_ITEMS || registration.school_years.len() > MAX_ITEMS {
        return Err(Refusal::Text("affiliations"));
    }
    let mut seen = BTreeSet::new();
    for one in &registration.affiliations {
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
