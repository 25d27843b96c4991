//! Finding people for a caller: what they may not know is not there.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use kernel::{Clock, Fault, PersonFacts, PlaceFacts, Principal, PrincipalKind, Profile, SchoolYear};
use service_kit::access::Seer;
use uuid::Uuid;

use crate::Store;
use crate::domain::{Asker, Person, Pseudonyms, seers};

/// `nature_uai` of a rectorat, a DSDEN and the office of an inspector of the first degree.
const RECTORAT: &str = "802";
const DSDEN: &str = "805";

/// A person as a caller may see them.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) person: Arc<Person>,
    /// What the caller is towards them.
    pub(crate) seers: Arc<[Seer]>,
    /// Their establishments that the caller reaches, by school year.
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
    let subject = principal.person.as_ref().map(|person| person.subject.clone()).unwrap_or_default();
    let mut facts = facts_of(store, id, subject, year).await?;
    // Who administers does it on the installation's own pages: no other client may do it in their name.
    if let Some(facts) = facts.as_mut().filter(|_| principal.client.as_deref() != Some(super::OWN_CLIENT)) {
        facts.administrator = false;
    }
    Ok(facts)
}

/// The name of a person for the installation's own pages.
pub(crate) async fn own_pseudonym(
    store: &Store,
    pseudonyms: &Pseudonyms,
    canonical: Uuid,
) -> Result<Option<String>, Fault> {
    let person = store.people(&[canonical]).await?.remove(&canonical);
    Ok(person.and_then(|person| pseudonyms.of(super::OWN_CLIENT, person.id, person.pseudonym_key)))
}

/// The same of a person by the id to which lookups lead.
pub(crate) async fn facts_of(
    store: &Store,
    id: Uuid,
    subject: String,
    year: SchoolYear,
) -> Result<Option<PersonFacts>, Fault> {
    let Some(person) = store.people(&[id]).await?.remove(&id) else { return Ok(None) };
    let mut facts = PersonFacts { subject, person_id: Some(id.to_string()), ..PersonFacts::default() };
    facts.inspects = inspected(store, &person, year).await?;
    facts.administrator = store.is_administrator(id).await?;
    for now in person.affiliations.into_iter().filter(|one| one.is_now(year)) {
        facts.classes.extend(now.classes.iter().map(|class| format!("{}:{class}", now.uai)));
        facts.profiles.insert(now.profile);
        if now.profile.is_staff() {
            facts.workplaces.insert(now.uai.clone());
        }
        facts.establishments.insert(now.uai);
    }
    Ok(Some(facts))
}

/// Where somebody inspects: the circonscription whose office they work in, or the académie or département of theirs.
async fn inspected(store: &Store, person: &Person, year: SchoolYear) -> Result<BTreeSet<String>, Fault> {
    let now = person.affiliations.iter().filter(|one| one.is_now(year) && one.profile == Profile::Inspector);
    let offices: BTreeSet<String> = now.map(|one| one.uai.clone()).collect();
    if offices.is_empty() {
        return Ok(BTreeSet::new());
    }
    let offices: Vec<String> = offices.into_iter().collect();
    let known = places::services(store.db(), &offices).await?;
    let territory = |office: &String| {
        let known = known.iter().find(|one| one.uai == *office);
        match known.and_then(|one| one.nature.as_deref()) {
            Some(RECTORAT) => known.and_then(|one| one.academy_id.clone()),
            Some(DSDEN) => known.and_then(|one| one.department_id.clone()),
            // An office that the directory tells nothing of is still the name of a circonscription.
            _ => Some(format!("CIR-{office}")),
        }
    };
    Ok(offices.iter().filter_map(territory).collect())
}

/// The person who asks, with everything from which a right over others follows.
async fn asker(store: &Store, id: Uuid, year: SchoolYear) -> Result<Option<Asker>, Fault> {
    let Some(person) = store.people(&[id]).await?.remove(&id) else { return Ok(None) };
    let heads = person.affiliations.iter().filter(|one| one.is_now(year) && one.profile == Profile::Head);
    Ok(Some(Asker {
        id,
        heads: heads.map(|one| one.uai.clone()).collect(),
        inspects: inspected(store, &person, year).await?,
        children: store.children_of(id).await?,
    }))
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
    clock: &Clock,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Seen>, Fault> {
    if !principal.is_authenticated() {
        return Ok(HashMap::new());
    }
    let today = clock.today();
    let canonical = store.canonical(ids).await?;
    let wanted: BTreeSet<Uuid> = canonical.values().copied().collect();
    let people = store.people(&wanted.into_iter().collect::<Vec<_>>()).await?;
    let asker = match oneself(store, pseudonyms, principal).await? {
        Some(id) if principal.kind == PrincipalKind::Person => asker(store, id, SchoolYear::of(today)).await?,
        _ => None,
    };
    let pairs: BTreeSet<(String, SchoolYear)> =
        people.values().flat_map(|person| &person.affiliations).map(|one| (one.uai.clone(), one.school_year)).collect();
    let inspects = asker.as_ref().is_some_and(|asker| !asker.inspects.is_empty());
    let places = if principal.perimeter.reaches_anything() || inspects {
        places::facts(store.db(), &pairs.into_iter().collect::<Vec<_>>()).await?
    } else {
        HashMap::new()
    };
    let mut known: HashMap<Uuid, Seen> = HashMap::new();
    for (id, person) in people {
        let within = within(principal, asker.as_ref(), &person, &places);
        let seers = seers(principal, asker.as_ref(), &person, &within, today);
        if !seers.is_empty() {
            known.insert(id, Seen { person: Arc::new(person), seers: seers.into(), within: Arc::new(within) });
        }
    }
    Ok(canonical.into_iter().filter_map(|(id, leads_to)| Some((id, known.get(&leads_to)?.clone()))).collect())
}

/// The person's establishments that the principal reaches: an application by its perimeter, somebody as who heads or inspects them.
fn within(
    principal: &Principal,
    asker: Option<&Asker>,
    person: &Person,
    places: &HashMap<(String, SchoolYear), PlaceFacts>,
) -> BTreeSet<(String, SchoolYear)> {
    let reached = |one: &&crate::domain::Affiliation| {
        let facts = places.get(&(one.uai.clone(), one.school_year));
        // How far a client reaches is no right of the people who use it.
        let reaches = principal.kind == PrincipalKind::Application;
        facts.is_some_and(|facts| reaches && principal.perimeter.holds(facts))
            || asker.is_some_and(|asker| {
                asker.heads.contains(&one.uai)
                    || (one.profile.is_staff()
                        && facts.is_some_and(|facts| !asker.inspects.is_disjoint(&facts.territories)))
            })
    };
    person.affiliations.iter().filter(reached).map(|one| (one.uai.clone(), one.school_year)).collect()
}
