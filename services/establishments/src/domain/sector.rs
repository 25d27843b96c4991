//! The sector of an école: who has one, and what a file makes of it.

use std::collections::BTreeSet;

use kernel::{EstablishmentKind, LegalStatus};

/// Natures of écoles whose pupils go on to a collège of their sector: élémentaire, and élémentaire d'application.
const FEEDING: [&str; 2] = ["151", "153"];
/// Natures of maternelles, whose pupils go on to an école.
const MATERNELLES: [&str; 2] = ["101", "103"];

/// What an establishment is to the carte scolaire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Sectors are those of collèges.
    College,
    /// A public école, which the commune's sectors hold for.
    SectorEcole,
    /// Another école: it lies in a sector only where a file says so of it by name.
    OtherEcole,
    /// A maternelle feeds no collège.
    Maternelle,
    /// It has no part in it.
    None,
}

impl Role {
    /// The role of an establishment of this kind, nature and legal status.
    pub(crate) fn of(kind: Option<EstablishmentKind>, nature: Option<&str>, legal_status: Option<LegalStatus>) -> Self {
        let is_one_of = |natures: [&str; 2]| nature.is_some_and(|nature| natures.contains(&nature));
        match kind {
            Some(EstablishmentKind::College) => Self::College,
            Some(EstablishmentKind::Ecole) if is_one_of(MATERNELLES) => Self::Maternelle,
            Some(EstablishmentKind::Ecole) if is_one_of(FEEDING) && legal_status == Some(LegalStatus::Public) => {
                Self::SectorEcole
            }
            Some(EstablishmentKind::Ecole) => Self::OtherEcole,
            _ => Self::None,
        }
    }
}

/// The sector of an école.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sector {
    /// UAI of the collèges; none where the école lies in no sector.
    pub(crate) colleges: BTreeSet<String>,
    /// Told of this very école, and not derived from its commune.
    pub(crate) exact: bool,
}

/// What a file does to a sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing differs.
    Same,
    /// What is known exactly does not give way to what a commune alone says.
    Kept,
    /// The same collèges, which are now known exactly.
    Confirm,
    /// Other collèges.
    Change,
}

/// Decides what becomes of the sector `known` when a file says `told`.
pub(crate) fn step(known: &Sector, told: &Sector) -> Step {
    if known.exact && !told.exact {
        Step::Kept
    } else if known == told {
        Step::Same
    } else if known.colleges == told.colleges {
        Step::Confirm
    } else {
        Step::Change
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sector(colleges: &[&str], exact: bool) -> Sector {
        Sector { colleges: colleges.iter().map(|uai| (*uai).to_owned()).collect(), exact }
    }

    #[test]
    fn what_is_exact_gives_way_to_what_is_exact_alone() {
        let (derived, exact) = (sector(&["A", "B"], false), sector(&["A"], true));
        assert_eq!(step(&Sector::default(), &derived), Step::Change);
        assert_eq!(step(&derived, &derived), Step::Same);
        assert_eq!(step(&derived, &exact), Step::Change);
        assert_eq!(step(&exact, &derived), Step::Kept);
        assert_eq!(step(&exact, &sector(&["B"], true)), Step::Change);
        assert_eq!(step(&derived, &sector(&["A", "B"], true)), Step::Confirm);
    }

    #[test]
    fn public_ecoles_that_are_no_maternelles_follow_their_commune() {
        let ecole = |nature, legal_status| Role::of(Some(EstablishmentKind::Ecole), nature, legal_status);
        let (public, private) = (Some(LegalStatus::Public), Some(LegalStatus::Private));
        assert_eq!(ecole(Some("151"), public), Role::SectorEcole);
        assert_eq!(ecole(Some("153"), public), Role::SectorEcole);
        assert_eq!(ecole(Some("101"), public), Role::Maternelle);
        assert_eq!(ecole(Some("151"), private), Role::OtherEcole);
        assert_eq!(ecole(Some("162"), public), Role::OtherEcole);
        assert_eq!(ecole(None, public), Role::OtherEcole);
        assert_eq!(Role::of(Some(EstablishmentKind::College), Some("340"), public), Role::College);
        assert_eq!(Role::of(None, Some("340"), public), Role::None);
    }
}
