//! What a caller is towards a person, in the words of the access table.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use kernel::{Principal, PrincipalKind, Profile, SchoolYear};
use service_kit::access::{ACCESS, READS_USERS, Seer};
use uuid::Uuid;

use super::Person;

/// At which age nobody answers for one any more.
const OF_AGE: i32 = 18;

/// The person who asks, as far as rights follow from what they now are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asker {
    pub(crate) id: Uuid,
    /// UAI of the establishments that they head.
    pub(crate) heads: BTreeSet<String>,
    /// Ids of the territories that they inspect.
    pub(crate) inspects: BTreeSet<String>,
    /// For whom they answer by law.
    pub(crate) children: BTreeSet<Uuid>,
}

/// Everything that `principal` is towards `person`; empty where they may not know them at all.
///
/// `asker` is the person whom the principal is, where it is one; `within` are the person's establishments, each in a school year,
/// that lie in the principal's perimeter, or that the asker heads or inspects. Who knows a person for what they are or were there
/// learns nothing of elsewhere.
pub(crate) fn seers(
    principal: &Principal,
    asker: Option<&Asker>,
    person: &Person,
    within: &BTreeSet<(String, SchoolYear)>,
    today: NaiveDate,
) -> Vec<Seer> {
    let mut seers = Vec::new();
    let mut profiles = person.profiles();
    if principal.kind == PrincipalKind::Person
        && let Some(asker) = asker
    {
        if asker.id == person.id {
            seers.push(Seer::Oneself);
        }
        if asker.children.contains(&person.id) && person.is_minor(today) {
            seers.push(Seer::Guardian);
        }
        if within.iter().any(|(uai, _)| asker.heads.contains(uai)) {
            seers.push(Seer::Head);
        } else if !within.is_empty() {
            // What they inspect is the work of those who work there, whatever else these may be.
            profiles = person.profiles_within(within);
            seers.push(Seer::Inspector);
        }
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

impl Person {
    /// Whether somebody answers for them still. Of whom no date of birth is known, as long as they are a pupil.
    pub(crate) fn is_minor(&self, today: NaiveDate) -> bool {
        let Some(born) = self.birth_date else { return self.profiles() == BTreeSet::from([Profile::Pupil]) };
        let birthday = (today.month(), today.day()) >= (born.month(), born.day());
        today.year() - born.year() - i32::from(!birthday) < OF_AGE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_of_age_on_a_birthday() {
        let person = |born: Option<&str>| Person {
            id: Uuid::now_v7(),
            given_name: None,
            family_name: None,
            pseudonym_key: 1,
            birth_date: born.map(|born| born.parse().expect("a date")),
            affiliations: Vec::new(),
        };
        let on = |today: &str| today.parse().expect("a date");
        assert!(person(Some("2008-03-02")).is_minor(on("2026-03-01")));
        assert!(!person(Some("2008-03-02")).is_minor(on("2026-03-02")));
        assert!(!person(Some("2008-02-29")).is_minor(on("2026-03-01")));
        assert!(!person(None).is_minor(on("2026-03-01")), "nobody's pupil");
    }
}
