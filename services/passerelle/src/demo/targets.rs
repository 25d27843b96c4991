//! What the roadmaps aim at, in their own words.

use std::io::{self, Write};

/// Columns of the targets.
pub(crate) const HEADER: &str = "indicator;territory;applies_below;kinds;natures;degree;legal_status;ent_project;\
    kind;value;unit;due_on;baseline;wording;source";

const ROADMAP_2021: &str = "Région académique Nouvelle-Aquitaine, DRANE, « Feuille de route », objectifs 2021";
const ROADMAP_PIX: &str = "Région académique Nouvelle-Aquitaine, DRANE, « Feuille de route », objectifs 2021 (la \
    source ne dit pas ce qu'elle compte : rattacher l'objectif à « activé », soit tout sauf « non activé », est une \
    interprétation)";
const ROADMAP_2018: &str = "Académie de Bordeaux, DANE, « Perspectives 2018-2020 », objectifs 2018-2019";

/// A target; what is empty is not restricted, or not said.
struct Target {
    indicator: &'static str,
    territory: &'static str,
    /// Whether it holds for each territory below, too.
    applies_below: bool,
    kinds: &'static str,
    legal_status: &'static str,
    kind: &'static str,
    value: &'static str,
    unit: &'static str,
    due_on: &'static str,
    wording: &'static str,
    source: &'static str,
}

/// A target of the région académique for the end of 2021, without a figure yet.
const ROADMAP: Target = Target {
    indicator: "",
    territory: "REG-75",
    applies_below: false,
    kinds: "",
    legal_status: "",
    kind: "RATE",
    value: "",
    unit: "ESTABLISHMENTS",
    due_on: "2021-12-31",
    wording: "",
    source: ROADMAP_2021,
};

const TARGETS: &[Target] = &[
    Target {
        indicator: "PIX_ORGA_ACTIVATED",
        applies_below: true,
        value: "1.0",
        wording: "Taux d'activation de PIX Orga : 100 %",
        source: ROADMAP_PIX,
        ..ROADMAP
    },
    Target {
        indicator: "PIX_CERTIFICATION",
        value: "1.0",
        unit: "PEOPLE",
        wording: "Taux de certifications : 100 %",
        ..ROADMAP
    },
    Target {
        indicator: "PIX_CERTIFICATION",
        kinds: "COLLEGE",
        kind: "MEAN",
        value: "128",
        unit: "PIX",
        wording: "Niveau moyen atteint : 128 PIX (3e)",
        ..ROADMAP
    },
    Target {
        indicator: "PIX_CERTIFICATION",
        kinds: "LYCEE",
        kind: "MEAN",
        value: "256",
        unit: "PIX",
        wording: "Niveau moyen atteint : 256 PIX (terminale)",
        ..ROADMAP
    },
    Target {
        indicator: "SCHEMATIC_USE",
        value: "0.2",
        wording: "Taux d'établissements utilisant l'application SchémaTic : 20 % des établissements de la région \
            académique",
        ..ROADMAP
    },
    Target {
        indicator: "ENT_DEPLOYMENT",
        kinds: "LYCEE",
        legal_status: "PUBLIC",
        value: "1.0",
        wording: "Taux d'activation des ENT dans les lycées publics : 100 % d'activation de l'ENT lycée connecté \
            (2021)",
        ..ROADMAP
    },
    Target {
        indicator: "ENT_DEPLOYMENT",
        kinds: "ECOLE",
        legal_status: "PUBLIC",
        value: "0.5",
        due_on: "2022-12-31",
        wording: "Taux d'activation d'un ENT dans les écoles publiques (ENT socle 1D) : viser 50 % d'activation des \
            écoles publiques de la région académique d'ici 2022",
        ..ROADMAP
    },
    Target {
        indicator: "ENT_SHARED_COLLEGE_LYCEE",
        kind: "COUNT",
        value: "4",
        unit: "DEPARTMENTS",
        due_on: "2021-09-01",
        wording: "Nombre de départements ayant un ENT commun à celui du lycée : 4 départements à la rentrée 2021",
        ..ROADMAP
    },
    Target {
        indicator: "ENT_SHARED_COLLEGE_LYCEE",
        kind: "COUNT",
        value: "12",
        unit: "DEPARTMENTS",
        due_on: "2022-09-01",
        wording: "Nombre de départements ayant un ENT commun à celui du lycée : généralisation 2022",
        ..ROADMAP
    },
    Target {
        indicator: "ENT_DEPLOYMENT",
        territory: "ACA-04",
        kinds: "ECOLE",
        kind: "COUNT",
        due_on: "",
        wording: "Nombre d'écoles bénéficiant d'un ENT socle",
        source: ROADMAP_2018,
        ..ROADMAP
    },
];

/// Writes the targets. None restricts natures, the degree or the project, and no source gives a baseline.
pub(crate) fn write(out: &mut impl Write) -> io::Result<()> {
    for target in TARGETS {
        let Target { indicator, territory, applies_below, kinds, legal_status, .. } = target;
        let Target { kind, value, unit, due_on, wording, source, .. } = target;
        write!(out, "{indicator};{territory};{applies_below};{kinds};;;{legal_status};;")?;
        writeln!(out, "{kind};{value};{unit};{due_on};;{wording};{source}")?;
    }
    Ok(())
}
