//! Finding productions for a caller: what they may not see is not there.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use kernel::{Fault, Page, Principal, PrincipalKind, SchoolYear};
use service_kit::access::{ACCESS, Seer};
use uuid::Uuid;

use crate::Store;
use crate::domain::{Audience, Oneself, Participant, Placed, Status, may_know, seers, shown_levels, towards_all};
use crate::store::{ContentRow, Filter, Order, ProductionRow, Reach, trim};

/// A production as a caller may see it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) row: ProductionRow,
    pub(crate) participants: Vec<Participant>,
    /// What the caller is towards it.
    pub(crate) seers: Vec<Seer>,
    /// The same towards all its schools together.
    pub(crate) towards_all: Vec<Seer>,
    /// For each participant, whether the caller may know who they are.
    pub(crate) known: Vec<bool>,
    /// For each participant, whether the caller may learn their level.
    pub(crate) levels: Vec<bool>,
}

/// The person who asks, where it is one.
pub(crate) async fn oneself(store: &Store, principal: &Principal) -> Result<Oneself, Fault> {
    let Some(person) = &principal.person else { return Ok(Oneself::default()) };
    let id = person.person_id.as_deref().and_then(|id| id.parse::<Uuid>().ok());
    let ids = match id {
        None => HashSet::new(),
        Some(id) => store.same_person(id).await?,
    };
    let member_of = store.academies(&person.establishments).await?;
    let staff_of = store.academies(&person.workplaces).await?;
    Ok(Oneself { ids, member_of, staff_of })
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
    let pairs: BTreeSet<(String, SchoolYear)> =
        participants.values().flatten().map(|one| (one.uai.clone(), one.school_year)).collect();
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
        let towards_all = towards_all(principal, &seers, &participants, &places);
        found.insert(row.id, Arc::new(Seen { row, participants, seers, towards_all, known, levels }));
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
        member_of: BTreeSet::new(),
        to_members: BTreeSet::new(),
        staff_of: BTreeSet::new(),
        to_staff: BTreeSet::new(),
        people: BTreeSet::new(),
        taking_part: BTreeSet::new(),
    };
    match principal.kind {
        PrincipalKind::Application => {
            let seer = if principal.perimeter.projects.is_empty() { Seer::Portal } else { Seer::Vendor };
            reach.within = open_to(&[seer]);
        }
        PrincipalKind::Person => {
            let oneself = oneself(store, principal).await?;
            (reach.member_of, reach.to_members) = (oneself.member_of, open_to(&[Seer::Member]));
            (reach.staff_of, reach.to_staff) = (oneself.staff_of, open_to(&[Seer::Staff]));
            reach.people = oneself.ids.into_iter().collect();
            reach.taking_part = open_to(&[Seer::Participant]);
        }
        PrincipalKind::Anonymous => {}
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

/// What there is of a production's last version for who asks for it in a format.
pub(crate) enum Export {
    /// No such production, or none that they may see.
    Unseen,
    /// Not in this format.
    NoFormat,
    /// The content, and how far the production has come.
    Found(ContentRow, Status),
}

/// The content of a production's last version in a format, where the principal may have it.
pub(crate) async fn export(store: &Store, principal: &Principal, id: Uuid, format: &str) -> Result<Export, Fault> {
    let Some(seen) = seen(store, principal, &[id]).await?.remove(&id) else { return Ok(Export::Unseen) };
    let exports = store.exports(&[id]).await?.remove(&id).unwrap_or_default();
    Ok(match exports.into_iter().find(|row| row.format == format) {
        None => Export::NoFormat,
        Some(row) => Export::Found(row, seen.row.status()?),
    })
}
