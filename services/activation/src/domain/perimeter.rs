//! What is counted: kinds, natures, degree, legal status, ENT project. Everything that is not named is not restricted.

use kernel::{Degree, EstablishmentKind, LegalStatus};

/// A perimeter, its lists sorted and without doubles: two that mean the same are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Perimeter {
    pub(crate) kinds: Vec<EstablishmentKind>,
    pub(crate) natures: Vec<String>,
    pub(crate) degree: Option<Degree>,
    pub(crate) legal_status: Option<LegalStatus>,
    pub(crate) project: Option<String>,
}

impl Perimeter {
    /// The perimeter in its one spelling.
    pub(crate) fn new(
        mut kinds: Vec<EstablishmentKind>,
        mut natures: Vec<String>,
        degree: Option<Degree>,
        legal_status: Option<LegalStatus>,
        project: Option<String>,
    ) -> Self {
        kinds.sort_unstable();
        kinds.dedup();
        natures.sort_unstable();
        natures.dedup();
        Self { kinds, natures, degree, legal_status, project }
    }

    /// One text for one meaning: targets are found by it.
    pub(crate) fn spelling(&self) -> String {
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.as_str()).collect();
        format!(
            "kinds={};natures={};degree={};legal={};project={}",
            kinds.join(","),
            self.natures.join(","),
            self.degree.map_or("", Degree::as_str),
            self.legal_status.map_or("", LegalStatus::as_str),
            self.project.as_deref().unwrap_or_default()
        )
    }
}
