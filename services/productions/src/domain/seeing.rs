//! What a caller is towards a production and its participants, in the words of the access table.

use std::collections::{BTreeSet, HashMap, HashSet};

use kernel::{PlaceFacts, Principal, PrincipalKind, Profile, SchoolYear};
use service_kit::access::{ACCESS, READS_USERS, Seer};
use uuid::Uuid;

use super::{Audience, Participant, Status};

/// Pupils of a school who must share a level for others to learn it.
const SHARED_BY: usize = 5;

/// What is known of the places of a request.
pub(crate) type Placed = HashMap<(String, SchoolYear), PlaceFacts>;

/// The person who asks, where it is one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Oneself {
    /// Every internal id that means them.
    pub(crate) ids: HashSet<Uuid>,
    /// Académies in which their establishments lie now.
    pub(crate) member_of: BTreeSet<String>,
    /// Académies in which they work now.
    pub(crate) staff_of: BTreeSet<String>,
}

/// Everything that a caller is towards a production; empty where they may not see it at all.
pub(crate) fn seers(
    principal: &Principal,
    oneself: &Oneself,
    (status, audience): (Status, Audience),
    participants: &[Participant],
    places: &Placed,
) -> Vec<Seer> {
    let mut seers = vec![Seer::Anyone];
    let facts = || participants.iter().filter_map(|one| place(one, places));
    match principal.kind {
        PrincipalKind::Anonymous => {}
        PrincipalKind::Application => {
            let perimeter = &principal.perimeter;
            if facts().any(|place| perimeter.holds(place)) {
                seers.push(if perimeter.projects.is_empty() { Seer::Portal } else { Seer::Vendor });
            }
        }
        PrincipalKind::Person => {
            if participants.iter().any(|one| oneself.ids.contains(&one.person_id)) {
                seers.push(Seer::Participant);
            }
            let one_of = |academies: &BTreeSet<String>| facts().any(|place| !academies.is_disjoint(&place.territories));
            if one_of(&oneself.member_of) {
                seers.push(Seer::Member);
            }
            if one_of(&oneself.staff_of) {
                seers.push(Seer::Staff);
            }
        }
    }
    let what = match (status.is_shared(), audience) {
        (false, _) => "Production: not published",
        (true, Audience::Participants) => "Production: PARTICIPANTS",
        (true, Audience::TerritoryStaff) => "Production: TERRITORY_STAFF",
        (true, Audience::TerritoryMembers) => "Production: TERRITORY_MEMBERS",
        (true, Audience::Public) => "Production: PUBLIC",
    };
    if ACCESS.admits(what, &seers) { seers } else { Vec::new() }
}

fn place<'a>(participant: &Participant, places: &'a Placed) -> Option<&'a PlaceFacts> {
    places.get(&(participant.uai.clone(), participant.school_year))
}

/// What a caller is towards all schools of a production together: an ENT of some of them is nothing towards the others.
pub(crate) fn towards_all(
    principal: &Principal,
    seers: &[Seer],
    participants: &[Participant],
    places: &Placed,
) -> Vec<Seer> {
    let holds = |one: &Participant| place(one, places).is_some_and(|place| principal.perimeter.holds(place));
    let whole = participants.iter().all(holds);
    seers.iter().filter(|seer| **seer != Seer::Vendor || whole).cloned().collect()
}

/// Whether a caller may know who this participant is.
pub(crate) fn may_know(principal: &Principal, oneself: &Oneself, participant: &Participant, places: &Placed) -> bool {
    let mut seers = Vec::new();
    if oneself.ids.contains(&participant.person_id) {
        seers.push(Seer::Oneself);
    }
    let place = place(participant, places);
    if principal.kind == PrincipalKind::Application && place.is_some_and(|place| principal.perimeter.holds(place)) {
        if principal.perimeter.projects.is_empty() {
            seers.push(Seer::Portal);
        } else if principal.has_scope(READS_USERS) {
            seers.push(Seer::Vendor);
        }
    }
    let whom = if participant.profile.is_staff() { "User: staff" } else { "User: a pupil or a guardian" };
    ACCESS.admits(whom, &seers)
}

/// For each participant, whether the caller may learn their level. Where fewer than five pupils of a school share one, the levels of
/// that school are for those alone who take part, and for its ENT: those who share another would tell it by what is missing.
pub(crate) fn shown_levels(
    principal: &Principal,
    seers: &[Seer],
    participants: &[Participant],
    places: &Placed,
) -> Vec<bool> {
    let mut pupils: HashMap<(&str, Option<&str>), usize> = HashMap::new();
    for one in participants.iter().filter(|one| one.profile == Profile::Pupil) {
        *pupils.entry((&one.uai, one.mefstat4.as_deref())).or_default() += 1;
    }
    let few: HashSet<&str> = pupils.iter().filter(|(_, count)| **count < SHARED_BY).map(|((uai, _), _)| *uai).collect();
    let shown = |one: &Participant| {
        let place = place(one, places);
        let mut towards: Vec<Seer> = seers.iter().filter(|seer| **seer != Seer::Vendor).cloned().collect();
        if seers.contains(&Seer::Vendor) && place.is_some_and(|place| principal.perimeter.holds(place)) {
            towards.push(Seer::Vendor);
        }
        (!few.contains(one.uai.as_str()) && ACCESS.permits("Participant", "level", seers))
            || ACCESS.admits("Participant.level: shared by fewer than 5", &towards)
    };
    participants.iter().map(shown).collect()
}

#[cfg(test)]
mod tests;
