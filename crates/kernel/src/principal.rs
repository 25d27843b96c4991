//! Who asks: made once at the gateway, carried to subgraphs as a signed token, checked again there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{EstablishmentKind, LegalStatus, Profile};

/// What kind of caller a principal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// Someone logged in.
    Person,
    /// A machine client with its own credentials.
    Application,
    /// Nobody known.
    Anonymous,
}

/// How far a principal's rights reach: in the `territories`, where an ENT of the `projects` is open, and there only to
/// establishments of these `kinds` and this `legal_status`.
///
/// What is empty narrows nothing; but a perimeter that names neither territory nor project reaches no establishment at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Perimeter {
    /// Ids of territories, such as `ACA-04`.
    pub territories: BTreeSet<String>,
    /// Kinds of establishment.
    pub kinds: BTreeSet<EstablishmentKind>,
    /// Legal status.
    pub legal_status: BTreeSet<LegalStatus>,
    /// Slugs of ENT projects.
    pub projects: BTreeSet<String>,
}

/// What a perimeter is compared with: an establishment in a school year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceFacts {
    /// Every territory that it lies in; the country is understood.
    pub territories: BTreeSet<String>,
    /// What it is.
    pub kind: Option<EstablishmentKind>,
    /// Public or private.
    pub legal_status: Option<LegalStatus>,
    /// ENT projects open there.
    pub projects: BTreeSet<String>,
}

impl Perimeter {
    /// Whether it names a place at all.
    pub fn reaches_anything(&self) -> bool {
        !self.territories.is_empty() || !self.projects.is_empty()
    }

    /// Whether every establishment of a territory lies in it. `wider` are the territories above in which its establishments lie: of a
    /// level, one or, where it straddles a border, several.
    pub fn holds_whole(&self, territory: &str, wider: &[String]) -> bool {
        let narrowed = !(self.kinds.is_empty() && self.legal_status.is_empty() && self.projects.is_empty());
        let level = |id: &str| id.split('-').next().unwrap_or_default().to_owned();
        let mut by_level: BTreeMap<String, bool> = BTreeMap::new();
        for id in wider {
            *by_level.entry(level(id)).or_insert(true) &= self.territories.contains(id);
        }
        !narrowed
            && (self.territories.contains("FR")
                || self.territories.contains(territory)
                || by_level.into_values().any(|whole| whole))
    }

    /// Whether an establishment lies in it.
    pub fn holds(&self, place: &PlaceFacts) -> bool {
        let country = || self.territories.contains("FR");
        self.reaches_anything()
            && (self.territories.is_empty() || country() || !self.territories.is_disjoint(&place.territories))
            && (self.projects.is_empty() || !self.projects.is_disjoint(&place.projects))
            && (self.kinds.is_empty() || place.kind.is_some_and(|kind| self.kinds.contains(&kind)))
            && (self.legal_status.is_empty()
                || place.legal_status.is_some_and(|status| self.legal_status.contains(&status)))
    }
}

/// What the gateway knows of a person who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonFacts {
    /// The pseudonym under which the client knows them: `sub` of the token. The service of people finds the person by it.
    pub subject: String,
    /// The internal id, where the gateway learned it from the service of people; never leaves the house.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_id: Option<String>,
    /// What they are now.
    pub profiles: BTreeSet<Profile>,
    /// UAI of their establishments now.
    pub establishments: BTreeSet<String>,
    /// Those of them where they work: what one is as staff, one is there and nowhere else.
    pub workplaces: BTreeSet<String>,
    /// Their classes now, as `UAI:class`.
    pub classes: BTreeSet<String>,
    /// Ids of the territories that they inspect now.
    pub inspects: BTreeSet<String>,
    /// Whether they administer this installation.
    pub administrator: bool,
    /// The public id of the session by which they ask, where it is one of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// A caller, its scopes and its perimeter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Principal {
    /// Person, application or nobody.
    pub kind: PrincipalKind,
    /// The client that asks, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// What it was granted.
    #[serde(default)]
    pub scopes: BTreeSet<String>,
    /// How far its grants reach.
    #[serde(default)]
    pub perimeter: Perimeter,
    /// Of a person: who they are here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonFacts>,
}

impl Principal {
    /// A caller of whom nothing is known.
    pub fn anonymous() -> Self {
        Self {
            kind: PrincipalKind::Anonymous,
            client: None,
            scopes: BTreeSet::new(),
            perimeter: Perimeter::default(),
            person: None,
        }
    }

    /// A machine client of whom nothing but its name is known.
    pub fn application(client: &str) -> Self {
        Self { kind: PrincipalKind::Application, client: Some(client.to_owned()), ..Self::anonymous() }
    }

    /// Whether it was granted `scope`.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }

    /// Whether anything is known of it.
    pub fn is_authenticated(&self) -> bool {
        self.kind != PrincipalKind::Anonymous
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
        items.into_iter().collect()
    }

    #[test]
    fn a_perimeter_that_names_no_place_holds_none() {
        let place = PlaceFacts { kind: Some(EstablishmentKind::Ecole), ..PlaceFacts::default() };
        assert!(!Perimeter::default().holds(&place));
        assert!(!Perimeter { kinds: set([EstablishmentKind::Ecole]), ..Perimeter::default() }.holds(&place));
        assert!(Perimeter { territories: set(["FR".to_owned()]), ..Perimeter::default() }.holds(&place));
    }

    #[test]
    fn a_territory_is_held_whole_or_not() {
        let of = |ids: &[&str]| Perimeter {
            territories: ids.iter().map(|&id| id.to_owned()).collect(),
            ..Perimeter::default()
        };
        let wider = ["REG-75", "ACA-04", "DEP-33", "DEP-24"].map(str::to_owned);
        for (ids, held) in [
            (&["FR"][..], true),
            (&["EPCI-1"], true),
            (&["ACA-04"], true),
            (&["DEP-33"], false),
            (&["DEP-33", "DEP-24"], true),
            (&["ACA-13"], false),
            (&[], false),
        ] {
            assert_eq!(of(ids).holds_whole("EPCI-1", &wider), held, "{ids:?}");
        }
        let kinds = Perimeter { kinds: set([EstablishmentKind::Ecole]), ..of(&["FR"]) };
        assert!(!kinds.holds_whole("EPCI-1", &wider), "not all of its establishments");
        assert!(!of(&["ACA-04"]).holds_whole("FR", &[]));
    }

    #[test]
    fn every_dimension_narrows() {
        let place = PlaceFacts {
            territories: set(["ACA-04".to_owned(), "DEP-33".to_owned()]),
            kind: Some(EstablishmentKind::College),
            legal_status: Some(LegalStatus::Public),
            projects: set(["argos".to_owned()]),
        };
        let bordeaux = Perimeter { territories: set(["ACA-04".to_owned()]), ..Perimeter::default() };
        assert!(bordeaux.holds(&place));
        let vendor = Perimeter { projects: set(["argos".to_owned()]), ..bordeaux.clone() };
        assert!(vendor.holds(&place));
        assert!(!Perimeter { projects: set(["alienor".to_owned()]), ..bordeaux.clone() }.holds(&place));
        assert!(!Perimeter { territories: set(["ACA-13".to_owned()]), ..vendor.clone() }.holds(&place));
        assert!(!Perimeter { kinds: set([EstablishmentKind::Ecole]), ..vendor.clone() }.holds(&place));
        assert!(!Perimeter { legal_status: set([LegalStatus::Private]), ..vendor }.holds(&place));
        let unknown = PlaceFacts { kind: None, ..place };
        assert!(!Perimeter { kinds: set([EstablishmentKind::College]), ..bordeaux }.holds(&unknown));
    }
}
