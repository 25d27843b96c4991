//! A person as everybody who was merged into them tells it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kernel::{Profile, SchoolYear};
use uuid::Uuid;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// Where lookups lead.
    pub(crate) id: Uuid,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    /// Generation of the secret that their pseudonyms are made with.
    pub(crate) pseudonym_key: i64,
    pub(crate) birth_date: Option<NaiveDate>,
    /// Every affiliation, the latest year first.
    pub(crate) affiliations: Vec<Affiliation>,
}

/// What a person is in an establishment in a school year.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Affiliation {
    pub(crate) school_year: SchoolYear,
    pub(crate) uai: String,
    pub(crate) profile: Profile,
    pub(crate) mefstat4: Option<String>,
    pub(crate) classes: Vec<String>,
    pub(crate) groups: Vec<String>,
    /// Since when nobody tells it any more; none while somebody does.
    pub(crate) ended_on: Option<NaiveDate>,
}

impl Affiliation {
    /// Whether it stands in this school year.
    pub(crate) fn is_now(&self, year: SchoolYear) -> bool {
        self.school_year == year && self.ended_on.is_none()
    }

    /// Whether both say the same, whenever it ended.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        Self { ended_on: None, ..self.clone() } == Self { ended_on: None, ..other.clone() }
    }
}

impl Person {
    /// What they were in the last school year of which anything is known: a teacher who was once a pupil is a teacher.
    pub(crate) fn profiles(&self) -> BTreeSet<Profile> {
        latest(self.affiliations.iter())
    }

    /// The same of these establishments, each in a school year, alone.
    pub(crate) fn profiles_within(&self, within: &BTreeSet<(String, SchoolYear)>) -> BTreeSet<Profile> {
        latest(self.affiliations.iter().filter(|one| within.contains(&(one.uai.clone(), one.school_year))))
    }

    /// Their name, if there is any.
    pub(crate) fn name(&self) -> Option<String> {
        let parts: Vec<&str> =
            [&self.given_name, &self.family_name].into_iter().flatten().map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// What they are called where their name is not told: the first of these profiles, in French.
    pub(crate) fn label(profiles: &BTreeSet<Profile>) -> &'static str {
        match profiles.first() {
            Some(Profile::Pupil) => "Élève",
            Some(Profile::Teacher) => "Enseignant ou enseignante",
            Some(Profile::Guardian) => "Responsable légal",
            Some(Profile::Head) => "Direction",
            Some(Profile::SchoolLife) => "Vie scolaire",
            Some(Profile::Librarian) => "Documentation",
            Some(Profile::Inspector) => "Inspection",
            Some(Profile::Staff | Profile::Academic | Profile::LocalAuthority) | None => "Personnel",
        }
    }
}

/// Profiles of the latest school year among these.
fn latest<'a>(affiliations: impl Iterator<Item = &'a Affiliation> + Clone) -> BTreeSet<Profile> {
    let latest = affiliations.clone().map(|one| one.school_year).max();
    affiliations.filter(|one| Some(one.school_year) == latest).map(|one| one.profile).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_a_pupil_once_is_none_any_more() {
        let affiliation = |year: &str, profile| Affiliation {
            school_year: year.parse().expect("a year"),
            uai: "0350122T".to_owned(),
            profile,
            mefstat4: None,
            classes: Vec::new(),
            groups: Vec::new(),
            ended_on: None,
        };
        let person = Person {
            id: Uuid::now_v7(),
            given_name: Some("Ada".to_owned()),
            family_name: None,
            pseudonym_key: 1,
            birth_date: None,
            affiliations: vec![affiliation("2018-2019", Profile::Pupil), affiliation("2026-2027", Profile::Teacher)],
        };
        assert_eq!(person.profiles(), [Profile::Teacher].into());
        assert_eq!(person.name().as_deref(), Some("Ada"));
        assert_eq!(Person::label(&person.profiles()), "Enseignant ou enseignante");
        assert_eq!(Person::label(&BTreeSet::new()), "Personnel");
    }
}
