//! What a caller is towards a person, in the words of the access table.

use std::collections::HashMap;

use kernel::{PlaceFacts, Principal, PrincipalKind, SchoolYear};
use service_kit::access::{ACCESS, Seer};
use uuid::Uuid;

use super::Person;

/// By which an application may know the people of its perimeter.
const READ_USERS: &str = "users:read";

/// Everything that `principal` is towards `person`; empty where they may not know them at all.
///
/// `oneself` is the person whom the principal is, where it is one; `places` what is known of the establishments of the
/// person's affiliations.
pub(crate) fn seers(
    principal: &Principal,
    oneself: Option<Uuid>,
    person: &Person,
    places: &HashMap<(String, SchoolYear), PlaceFacts>,
) -> Vec<Seer> {
    let mut seers = Vec::new();
    if principal.kind == PrincipalKind::Person && oneself == Some(person.id) {
        seers.push(Seer::Oneself);
    }
    if principal.kind == PrincipalKind::Application {
        let perimeter = &principal.perimeter;
        let within = person
            .affiliations
            .iter()
            .any(|one| places.get(&(one.uai.clone(), one.school_year)).is_some_and(|facts| perimeter.holds(facts)));
        if within && !perimeter.projects.is_empty() && principal.has_scope(READ_USERS) {
            seers.push(Seer::Vendor);
        }
        if within && perimeter.projects.is_empty() {
            seers.push(Seer::Portal);
        }
    }
    let staff = person.profiles().iter().any(|profile| profile.is_staff());
    let whom = if staff { "User: staff" } else { "User: a pupil or a guardian" };
    if ACCESS.admits(whom, &seers) { seers } else { Vec::new() }
}
