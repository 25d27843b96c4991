//! What a caller is towards a production and its participants, in the words of the access table.

use std::collections::{BTreeSet, HashMap, HashSet};

use kernel::{PlaceFacts, Principal, PrincipalKind, Profile, SchoolYear};
use service_kit::access::{ACCESS, Seer};
use uuid::Uuid;

use super::{Audience, Participant, Status};

/// By which an ENT may know its people.
const READ_USERS: &str = "users:read";
/// Pupils of a school who must share a level for others to learn it.
const SHARED_BY: usize = 5;

/// What is known of the places of a request.
pub(crate) type Placed = HashMap<(String, SchoolYear), PlaceFacts>;

/// Everything that a caller is towards a production; empty where they may not see it at all. `oneself` are the internal ids of
/// the person who asks.
pub(crate) fn seers(
    principal: &Principal,
    oneself: &HashSet<Uuid>,
    (status, audience): (Status, Audience),
    participants: &[Participant],
    places: &Placed,
) -> Vec<Seer> {
    let mut seers = vec![Seer::Anyone];
    let facts = || participants.iter().filter_map(|one| places.get(&(one.uai.clone(), one.school_year)));
    match principal.kind {
        PrincipalKind::Anonymous => {}
        PrincipalKind::Application => {
            let perimeter = &principal.perimeter;
            if facts().any(|place| perimeter.holds(place)) {
                seers.push(if perimeter.projects.is_empty() { Seer::Portal } else { Seer::Vendor });
            }
        }
        PrincipalKind::Person => {
            if participants.iter().any(|one| oneself.contains(&one.person_id)) {
                seers.push(Seer::Participant);
            }
            if let Some(person) = &principal.person
                && shares_academy(&person.establishments, participants, places)
            {
                seers.push(Seer::Member);
                if person.profiles.iter().any(|profile| profile.is_staff()) {
                    seers.push(Seer::Staff);
                }
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

/// Whether one of a person's establishments lies in the académie of one that takes part.
fn shares_academy(own: &BTreeSet<String>, participants: &[Participant], places: &Placed) -> bool {
    let academies = |uai: &str| -> BTreeSet<String> {
        let facts = places.iter().filter(|((at, _), _)| at == uai).flat_map(|(_, facts)| &facts.territories);
        facts.filter(|id| id.starts_with("ACA-")).cloned().collect()
    };
    let theirs: BTreeSet<String> = own.iter().flat_map(|uai| academies(uai)).collect();
    participants.iter().any(|one| !theirs.is_disjoint(&academies(&one.uai)))
}

/// Whether a caller may know who this participant is.
pub(crate) fn may_know(
    principal: &Principal,
    oneself: &HashSet<Uuid>,
    participant: &Participant,
    places: &Placed,
) -> bool {
    let mut seers = Vec::new();
    if oneself.contains(&participant.person_id) {
        seers.push(Seer::Oneself);
    }
    let place = places.get(&(participant.uai.clone(), participant.school_year));
    if principal.kind == PrincipalKind::Application && place.is_some_and(|place| principal.perimeter.holds(place)) {
        if principal.perimeter.projects.is_empty() {
            seers.push(Seer::Portal);
        } else if principal.has_scope(READ_USERS) {
            seers.push(Seer::Vendor);
        }
    }
    let whom = if participant.profile.is_staff() { "User: staff" } else { "User: a pupil or a guardian" };
    ACCESS.admits(whom, &seers)
}

/// For each participant, whether the caller may learn their level. One that fewer than five pupils of a school share is for those
/// alone who take part, and for the ENT of that school.
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
    let shown = |one: &Participant| {
        let many = pupils.get(&(one.uai.as_str(), one.mefstat4.as_deref())).is_some_and(|count| *count >= SHARED_BY);
        let place = places.get(&(one.uai.clone(), one.school_year));
        let mut towards: Vec<Seer> = seers.iter().filter(|seer| **seer != Seer::Vendor).cloned().collect();
        if seers.contains(&Seer::Vendor) && place.is_some_and(|place| principal.perimeter.holds(place)) {
            towards.push(Seer::Vendor);
        }
        (many && ACCESS.permits("Participant", "level", seers))
            || ACCESS.admits("Participant.level: shared by fewer than 5", &towards)
    };
    participants.iter().map(shown).collect()
}

#[cfg(test)]
mod tests;
