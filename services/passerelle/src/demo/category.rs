//! The sorts of establishments that the demonstration has, as the directory tells them apart.

use kernel::EstablishmentKind;

/// A sort of establishment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Category {
    /// What it is by the directory's typology.
    pub(crate) kind: EstablishmentKind,
    /// Its code of nature.
    pub(crate) nature: &'static str,
    /// The directory's label of that nature.
    pub(crate) nature_label: &'static str,
    /// How a name of this sort begins.
    pub(crate) label: &'static str,
    /// For an école: whether it has maternelle classes, whether it has élémentaire ones.
    pub(crate) classes: Option<(bool, bool)>,
}

impl Category {
    /// The kind as the directory writes it.
    pub(crate) fn kind_label(&self) -> &'static str {
        match self.kind {
            EstablishmentKind::Ecole => "Ecole",
            EstablishmentKind::College => "Collège",
            EstablishmentKind::Lycee => "Lycée",
            _ => "Service Administratif",
        }
    }

    /// Whether it is a section of a lycée, which is no lycée.
    pub(crate) fn is_section(&self) -> bool {
        matches!(self.nature, "334" | "335")
    }
}

const fn ecole(
    nature: &'static str,
    nature_label: &'static str,
    label: &'static str,
    classes: (bool, bool),
) -> Category {
    Category { kind: EstablishmentKind::Ecole, nature, nature_label, label, classes: Some(classes) }
}

const fn lycee(nature: &'static str, nature_label: &'static str, label: &'static str) -> Category {
    Category { kind: EstablishmentKind::Lycee, nature, nature_label, label, classes: None }
}

/// École maternelle.
pub(crate) const MATERNELLE: &Category = &ecole("101", "ECOLE MATERNELLE", "École maternelle", (true, false));
/// École with maternelle and élémentaire classes.
pub(crate) const PRIMAIRE: &Category = &ecole("151", "ECOLE DE NIVEAU ELEMENTAIRE", "École primaire", (true, true));
/// École with élémentaire classes alone.
pub(crate) const ELEMENTAIRE: &Category =
    &ecole("151", "ECOLE DE NIVEAU ELEMENTAIRE", "École élémentaire", (false, true));
/// École élémentaire in which teachers are trained.
pub(crate) const APPLICATION: &Category =
    &ecole("153", "ECOLE ELEMENTAIRE D'APPLICATION", "École élémentaire d'application", (false, true));
/// Collège.
pub(crate) const COLLEGE: &Category = &Category {
    kind: EstablishmentKind::College,
    nature: "340",
    nature_label: "COLLEGE",
    label: "Collège",
    classes: None,
};
/// Lycées, in the order in which a département gets them.
pub(crate) const LYCEES: &[Category] = &[
    lycee("306", "LYCEE POLYVALENT", "Lycée polyvalent"),
    lycee("320", "LYCEE PROFESSIONNEL", "Lycée professionnel"),
    lycee("302", "LYCEE D ENSEIGNEMENT GENERAL", "Lycée général"),
    lycee("300", "LYCEE ENSEIGNT GENERAL ET TECHNOLOGIQUE", "Lycée général et technologique"),
    lycee("320", "LYCEE PROFESSIONNEL", "Lycée professionnel"),
];
/// Sections of lycées.
pub(crate) const SECTIONS: &[Category] = &[
    lycee("334", "SECTION D ENSEIGNEMENT PROFESSIONNEL", "Section d'enseignement professionnel"),
    lycee("335", "SECTION ENSEIGT GENERAL ET TECHNOLOGIQUE", "Section d'enseignement général et technologique"),
];
/// Circonscription of an inspector of the first degree.
pub(crate) const CIRCONSCRIPTION: &Category = &Category {
    kind: EstablishmentKind::ServiceAdministratif,
    nature: "809",
    nature_label: "CIRCONSCRIPTIONS INSPECTION EDUC NAT",
    label: "Circonscription d'inspection du 1er degré",
    classes: None,
};
