//! An establishment of the demonstration.

use kernel::{EstablishmentKind, LegalStatus, Uai};

use super::category::{Category, MATERNELLE};
use super::places::{Commune, Department};

/// An establishment; everything else about it follows from this.
#[derive(Debug)]
pub(crate) struct Establishment {
    pub(crate) uai: Uai,
    pub(crate) category: &'static Category,
    pub(crate) department: &'static Department,
    pub(crate) commune: &'static Commune,
    /// None for a service.
    pub(crate) legal_status: Option<LegalStatus>,
    pub(crate) name: String,
    /// UAI and name of the circonscription of an école.
    pub(crate) circonscription: Option<(Uai, String)>,
}

impl Establishment {
    /// Whether it lies in the académie of this code.
    pub(crate) fn in_academy(&self, code: &str) -> bool {
        self.department.academy == code
    }

    /// Whether it lies in the région of this code.
    pub(crate) fn in_region(&self, code: &str) -> bool {
        self.department.region == code
    }

    /// Whether it lies in the département of this code.
    pub(crate) fn in_department(&self, code: &str) -> bool {
        self.department.code == code
    }

    /// Whether it is public.
    pub(crate) fn is_public(&self) -> bool {
        self.legal_status == Some(LegalStatus::Public)
    }

    /// Whether it is an école of any nature.
    pub(crate) fn is_ecole(&self) -> bool {
        self.category.kind == EstablishmentKind::Ecole
    }

    /// Whether it is an école that is no maternelle: natures 151 and 153.
    pub(crate) fn is_elementaire(&self) -> bool {
        self.is_ecole() && self.category != MATERNELLE
    }

    /// Whether it is a collège.
    pub(crate) fn is_college(&self) -> bool {
        self.category.kind == EstablishmentKind::College
    }

    /// Whether it is a lycée and not a section of one.
    pub(crate) fn is_lycee(&self) -> bool {
        self.category.kind == EstablishmentKind::Lycee && !self.category.is_section()
    }

    /// Whether it is a collège or a lycée.
    pub(crate) fn is_second_degree(&self) -> bool {
        self.is_college() || self.is_lycee()
    }
}
