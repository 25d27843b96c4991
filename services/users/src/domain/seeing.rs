//! What a caller is towards a person, in the words of the access table.

use std::collections::BTreeSet;

use kernel::{Principal, PrincipalKind, SchoolYear};
use service_kit::access::{ACCESS, READS_USERS, Seer};
use uuid::Uuid;

use super::Person;

/// Everything that `principal` is towards `person`; empty where they may not know them at all.
///
/// `oneself` is the person whom the principal is, where it is one; `within` are the person's establishments, each in a school year,
/// that lie in the principal's perimeter. An application knows what a person is or was there, and nothing of elsewhere.
pub(crate) fn seers(
    principal: &Principal,
    oneself: Option<Uuid>,
    person: &Person,
    within: &BTreeSet<(String, SchoolYear)>,
) -> Vec<Seer> {
    let mut seers = Vec::new();
    let mut profiles = person.profiles();
    if principal.kind == PrincipalKind::Person && oneself == Some(person.id) {
        seers.push(Seer::Oneself);
    }
    if principal.kind == PrincipalKind::Application && !within.is_empty() {
        profiles = person.profiles_within(within);
        if principal.perimeter.projects.is_empty() {
            seers.push(Seer::Portal);
        } else if principal.has_scope(READS_USERS) {
            seers.push(Seer::Vendor);
        }
    }
    let staff = profiles.iter().any(|profile| profile.is_staff());
    let whom = if staff { "User: staff" } else { "User: a pupil or a guardian" };
    if ACCESS.admits(whom, &seers) { seers } else { Vec::new() }
}
