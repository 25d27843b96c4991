//! Finding people for a caller: what they may not know is not there.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use kernel::{Fault, PersonFacts, PlaceFacts, Principal, SchoolYear};
use service_kit::access::Seer;
use uuid::Uuid;

use crate::Store;
use crate::domain::{Person, Pseudonyms, seers};

/// A person as a caller may see them.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) person: Arc<Person>,
    /// What the caller is towards them.
    pub(crate) seers: Arc<[Seer]>,
    /// Their establishments in the caller's perimeter, by school year.
    pub(crate) within: Arc<BTreeSet<(String, SchoolYear)>>,
}

/// The person whom a principal is, where it is one.
pub(crate) async fn oneself(
    store: &Store,
    pseudonyms: &Pseudonyms,
    principal: &Principal,
) -> Result<Option<Uuid>, Fault> {
    let (Some(person), Some(client)) = (&principal.person, &principal.client) else { return Ok(None) };
    let Some(id) = pseudonyms.person(client, &person.subject) else { return Ok(None) };
    Ok(store.canonical(&[id]).await?.get(&id).copied())
}

/// What the house knows of the person who asks, in this school year: rights follow from what one is now, and from nothing that
/// has ended.
pub(crate) async fn caller(
    store: &Store,
    pseudonyms: &Pseudonyms,
    principal: &Principal,
    year: SchoolYear,
) -> Result<Option<PersonFacts>, Fault> {
    let Some(id) = oneself(store, pseudonyms, principal).await? else { return Ok(None) };
    let Some(person) = store.people(&[id]).await?.remove(&id) else { return Ok(None) };
    let mut facts = PersonFacts { person_id: Some(id.to_string()), ..principal.person.clone().unwrap_or_default() };
    for now in person.affiliations.into_iter().filter(|one| one.school_year == year) {
        facts.classes.extend(now.classes.iter().map(|class| format!("{}:{class}", now.uai)));
        facts.profiles.insert(now.profile);
        if now.profile.is_staff() {
            facts.workplaces.insert(now.uai.clone());
        }
        facts.establishments.insert(now.uai);
    }
    Ok(Some(facts))
}

/// The person whom a client calls this.
pub(crate) fn by_pseudonym(pseudonyms: &Pseudonyms, principal: &Principal, pseudonym: &str) -> Option<Uuid> {
    pseudonyms.person(principal.client.as_deref()?, pseudonym)
}

/// The person whom another system calls this.
pub(crate) async fn by_identifier(store: &Store, system: &str, value: &str) -> Result<Option<Uuid>, Fault> {
    Ok(store.by_identifier(system, value).await?)
}

/// Those of `ids` whom the principal may know, by the id that was asked for. A constant number of statements.
pub(crate) async fn seen(
    store: &Store,
    pseudonyms: &Pseudonyms,
    principal: &Principal,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Seen>, Fault> {
    if !principal.is_authenticated() {
        return Ok(HashMap::new());
    }
    let canonical = store.canonical(ids).await?;
    let wanted: BTreeSet<Uuid> = canonical.values().copied().collect();
    let people = store.people(&wanted.into_iter().collect::<Vec<_>>()).await?;
    let pairs: BTreeSet<(String, SchoolYear)> =
        people.values().flat_map(|person| &person.affiliations).map(|one| (one.uai.clone(), one.school_year)).collect();
    let places = if principal.perimeter.reaches_anything() {
        places::facts(store.db(), &pairs.into_iter().collect::<Vec<_>>()).await?
    } else {
        HashMap::new()
    };
    let oneself = oneself(store, pseudonyms, principal).await?;
    let mut known: HashMap<Uuid, Seen> = HashMap::new();
    for (id, person) in people {
        let within = within(principal, &person, &places);
        let seers = seers(principal, oneself, &person, &within);
        if !seers.is_empty() {
            known.insert(id, Seen { person: Arc::new(person), seers: seers.into(), within: Arc::new(within) });
        }
    }
    Ok(canonical.into_iter().filter_map(|(id, leads_to)| Some((id, known.get(&leads_to)?.clone()))).collect())
}

fn within(
    principal: &Principal,
    person: &Person,
    places: &HashMap<(String, SchoolYear), PlaceFacts>,
) -> BTreeSet<(String, SchoolYear)> {
    let pairs = person.affiliations.iter().map(|one| (one.uai.clone(), one.school_year));
    pairs.filter(|pair| places.get(pair).is_some_and(|facts| principal.perimeter.holds(facts))).collect()
}
