//! Finding productions for a caller: what they may not see is not there.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use kernel::{Fault, Page, Principal, PrincipalKind, SchoolYear};
use service_kit::access::{ACCESS, Seer};
use uuid::Uuid;

use crate::Store;
use crate::domain::{Audience, Participant, Placed, may_know, seers, shown_levels};
use crate::store::{ContentRow, Filter, Order, ProductionRow, Reach, trim};

/// A production as a caller may see it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) row: ProductionRow,
    pub(crate) participants: Vec<Participant>,
    /// What the caller is towards it.
    pub(crate) seers: Vec<Seer>,
    /// For each participant, whether the caller may know who they are.
    pub(crate) known: Vec<bool>,
    /// For each participant, whether the caller may learn their level.
    pub(crate) levels: Vec<bool>,
}

/// The ids of the person who asks, where it is one.
pub(crate) async fn oneself(store: &Store, principal: &Principal) -> Result<HashSet<Uuid>, Fault> {
    let id = principal.person.as_ref().and_then(|person| person.person_id.as_deref()?.parse::<Uuid>().ok());
    match id {
        None => Ok(HashSet::new()),
        Some(id) => Ok(store.same_person(id).await?),
    }
}

/// Those of `ids` that the principal may see. A constant number of statements.
pub(crate) async fn seen(
    store: &Store,
    principal: &Principal,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Arc<Seen>>, Fault> {
    let rows = store.productions(ids).await?;
    let mut participants = store.participants(ids).await?;
    let oneself = oneself(store, principal).await?;
    let mut pairs: BTreeSet<(String, SchoolYear)> = BTreeSet::new();
    for one in participants.values().flatten() {
        pairs.insert((one.uai.clone(), one.school_year));
        // Where the person who asks works or learns is compared in the year of the production.
        let own = principal.person.iter().flat_map(|person| &person.establishments);
        pairs.extend(own.map(|uai| (uai.clone(), one.school_year)));
    }
    let places: Placed = match principal.kind {
        PrincipalKind::Anonymous => Placed::new(),
        _ => places::facts(store.db(), &pairs.into_iter().collect::<Vec<_>>()).await?,
    };
    let mut found = HashMap::new();
    for row in rows {
        let participants = participants.remove(&row.id).unwrap_or_default();
        let seers = seers(principal, &oneself, (row.status()?, row.audience()?), &participants, &places);
        if seers.is_empty() {
            continue;
        }
        let known = participants.iter().map(|one| may_know(principal, &oneself, one, &places)).collect();
        let levels = shown_levels(principal, &seers, &participants, &places);
        found.insert(row.id, Arc::new(Seen { row, participants, seers, known, levels }));
    }
    Ok(found)
}

/// What a principal may see of what is shared: the same rules as for a single production, as a condition on rows.
pub(crate) async fn reach(store: &Store, principal: &Principal) -> Result<Reach, Fault> {
    let open_to = |seers: &[Seer]| -> BTreeSet<Audience> {
        // Lists hold what is shared with others than those who take part.
        let shared = [
            (Audience::TerritoryStaff, "Production: TERRITORY_STAFF"),
            (Audience::TerritoryMembers, "Production: TERRITORY_MEMBERS"),
            (Audience::Public, "Production: PUBLIC"),
        ];
        shared.into_iter().filter(|(_, what)| ACCESS.admits(what, seers)).map(|(audience, _)| audience).collect()
    };
    let mut reach = Reach {
        everywhere: open_to(&[Seer::Anyone]),
        within: BTreeSet::new(),
        perimeter: principal.perimeter.clone(),
        academies: BTreeSet::new(),
        in_academies: BTreeSet::new(),
        people: BTreeSet::new(),
        taking_part: BTreeSet::new(),
    };
    match (principal.kind, &principal.person) {
        (PrincipalKind::Application, _) => {
            let seer = if principal.perimeter.projects.is_empty() { Seer::Portal } else { Seer::Vendor };
            reach.within = open_to(&[seer]);
        }
        (PrincipalKind::Person, Some(person)) => {
            let staff = person.profiles.iter().any(|profile| profile.is_staff());
            reach.in_academies = open_to(if staff { &[Seer::Staff, Seer::Member] } else { &[Seer::Member] });
            reach.academies = store.academies(&person.establishments).await?;
            reach.taking_part = open_to(&[Seer::Participant]);
            reach.people = oneself(store, principal).await?.into_iter().collect();
        }
        _ => {}
    }
    Ok(reach)
}

/// A page of what is shared with the principal, in order, and whether there is more.
pub(crate) async fn listed(
    store: &Store,
    principal: &Principal,
    filter: &Filter,
    order: Order,
    page: &Page,
) -> Result<(Vec<ProductionRow>, bool), Fault> {
    let place = |cursor: &Option<kernel::Cursor>| cursor.as_ref().map(|cursor| order.place(cursor)).transpose();
    let bounds = (
        place(&page.after).map_err(|error| Fault::bad_input(&error))?,
        place(&page.before).map_err(|error| Fault::bad_input(&error))?,
    );
    let reach = reach(store, principal).await?;
    Ok(trim(store.shared((filter, &reach), order, page, bounds).await?, page))
}

/// The content of a production's last version in a format, where the principal may have it.
pub(crate) async fn export(
    store: &Store,
    principal: &Principal,
    id: Uuid,
    format: &str,
) -> Result<Option<ContentRow>, Fault> {
    if !seen(store, principal, &[id]).await?.contains_key(&id) {
        return Ok(None);
    }
    let exports = store.exports(&[id]).await?.remove(&id).unwrap_or_default();
    Ok(exports.into_iter().find(|row| row.format == format))
}
