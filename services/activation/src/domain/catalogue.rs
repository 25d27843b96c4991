//! The catalogue: what each indicator counts, out of what, in which unit, and what may be added up.
//!
//! "Taux d'activation" means three things in the field's documents (establishments whose ENT is open, accounts activated, a Pix
//! Orga state): they are several indicators here, each with its own words.

/// An indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum IndicatorCode {
    EntDeployment,
    EntSharedCollegeLycee,
    AccountActivation,
    PixOrgaState,
    PixOrgaActivated,
    PixOrgaActive,
    PixOrgaCampaign,
    PixCertification,
    DigitalLabel,
    DigitalProgramme,
    SchematicUse,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Unit {
    Establishments,
    Departments,
    Accounts,
    People,
    Pix,
}

/// Out of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Population {
    /// Every establishment of the directory in the perimeter and the year.
    Directory,
    /// Those that were observed.
    Observed,
}

/// A state that an establishment can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) status: &'static str,
    pub(crate) label: &'static str,
}

/// Where the figures come from and how they are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counting {
    /// Each establishment is in one of `states`; the numerator counts those in `counted` (none: the states are a partition and
    /// there is no numerator).
    States { observed_as: IndicatorCode, states: &'static [State], counted: &'static [&'static str] },
    /// Counts of each establishment are added up.
    Sums,
    /// Establishments with an ENT open, from the deployments.
    Deployments,
    /// Départements whose public collèges share the ENT of their public lycées, from the deployments.
    SharedEnt,
}

/// An indicator's entry in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Definition {
    pub(crate) code: IndicatorCode,
    /// Its name, in French.
    pub(crate) label: &'static str,
    /// What the numerator counts, in French.
    pub(crate) numerator: &'static str,
    /// What the denominator counts, in French.
    pub(crate) denominator: &'static str,
    pub(crate) unit: Unit,
    pub(crate) population: Population,
    pub(crate) counting: Counting,
    /// Whether figures of several school years may be added up.
    pub(crate) additive_over_time: bool,
    /// Whether figures of several establishments may be added up.
    pub(crate) additive_over_establishments: bool,
    /// Raised when the definition changes.
    pub(crate) version: i32,
}

/// Status of an establishment of the directory of which nothing was observed.
pub(crate) const NONE: &str = "NONE";
/// Share of a département's public collèges from which their ENT counts as shared with the lycées. The source gives none; half is
/// ours, and is published with each answer.
pub(crate) const SHARED_ENT_THRESHOLD: f64 = 0.5;

const PIX_STATES: &[State] = &[
    State { status: "NOT_ACTIVATED", label: "Non activé" },
    State { status: "NOT_IMPORTED", label: "Non importé" },
    State { status: "IMPORTED", label: "Importé" },
    State { status: "ACTIVE", label: "Actif" },
];
const CAMPAIGN: &[State] = &[
    State { status: "LAUNCHED", label: "Campagne lancée" },
    State { status: "NOT_LAUNCHED", label: "Campagne non lancée" },
];
const LABEL: &[State] = &[
    State { status: "LEVEL_1", label: "Niveau 1" },
    State { status: "LEVEL_2", label: "Niveau 2" },
    State { status: "LEVEL_3", label: "Niveau 3" },
    State { status: NONE, label: "Sans label" },
];
const PROGRAMME: &[State] =
    &[State { status: "YES", label: "Dans le programme" }, State { status: NONE, label: "Hors du programme" }];
const SCHEMATIC: &[State] = &[
    State { status: "USED", label: "Utilise SchémaTIC" },
    State { status: "NOT_USED", label: "N'utilise pas SchémaTIC" },
];

const fn states(
    code: IndicatorCode,
    observed_as: IndicatorCode,
    population: Population,
    states: &'static [State],
    counted: &'static [&'static str],
) -> Definition {
    Definition {
        code,
        label: "",
        numerator: "",
        denominator: "",
        unit: Unit::Establishments,
        population,
        counting: Counting::States { observed_as, states, counted },
        additive_over_time: false,
        additive_over_establishments: true,
        version: 1,
    }
}

/// Counts of people that each establishment declares, added up.
const fn sums(code: IndicatorCode, unit: Unit) -> Definition {
    Definition {
        code,
        label: "",
        numerator: "",
        denominator: "",
        unit,
        population: Population::Observed,
        counting: Counting::Sums,
        additive_over_time: false,
        additive_over_establishments: true,
        version: 1,
    }
}

/// Every indicator.
pub(crate) const CATALOGUE: &[Definition] = &[
    Definition {
        code: IndicatorCode::EntDeployment,
        label: "Établissements dont l'ENT est ouvert",
        numerator: "Établissements où un ENT (celui du périmètre, s'il en nomme un) est ouvert dans l'année scolaire",
        denominator: "Établissements de l'annuaire dans le périmètre et l'année scolaire",
        unit: Unit::Establishments,
        population: Population::Directory,
        counting: Counting::Deployments,
        additive_over_time: false,
        additive_over_establishments: true,
        version: 1,
    },
    Definition {
        code: IndicatorCode::EntSharedCollegeLycee,
        label: "Départements ayant un ENT commun aux collèges et aux lycées",
        numerator: "Départements où l'ENT le plus répandu des lycées publics est ouvert dans au moins la part publiée \
                    (threshold) des collèges publics",
        denominator: "Départements qui ont au moins un collège public dans l'année scolaire",
        unit: Unit::Departments,
        population: Population::Directory,
        counting: Counting::SharedEnt,
        additive_over_time: false,
        additive_over_establishments: false,
        version: 1,
    },
    Definition {
        label: "Comptes activés",
        numerator: "Comptes de l'ENT activés, quel que soit le profil",
        denominator: "Comptes de l'ENT créés",
        ..sums(IndicatorCode::AccountActivation, Unit::Accounts)
    },
    Definition {
        label: "État de Pix Orga",
        numerator: "Sans objet : les quatre états sont une partition, voir la répartition",
        denominator: "Établissements du second degré observés",
        ..states(IndicatorCode::PixOrgaState, IndicatorCode::PixOrgaState, Population::Observed, PIX_STATES, &[])
    },
    Definition {
        label: "Pix Orga activé",
        numerator: "Établissements dont l'espace Pix Orga est dans un autre état que « non activé »",
        denominator: "Établissements du second degré observés",
        ..states(
            IndicatorCode::PixOrgaActivated,
            IndicatorCode::PixOrgaState,
            Population::Observed,
            PIX_STATES,
            &["NOT_IMPORTED", "IMPORTED", "ACTIVE"],
        )
    },
    Definition {
        label: "Pix Orga actif",
        numerator: "Établissements dont l'espace Pix Orga est dans l'état « actif »",
        denominator: "Établissements du second degré observés",
        ..states(
            IndicatorCode::PixOrgaActive,
            IndicatorCode::PixOrgaState,
            Population::Observed,
            PIX_STATES,
            &["ACTIVE"],
        )
    },
    Definition {
        label: "Campagne Pix de rentrée lancée",
        numerator: "Établissements qui ont lancé une campagne de rentrée",
        denominator: "Établissements du second degré observés",
        ..states(
            IndicatorCode::PixOrgaCampaign,
            IndicatorCode::PixOrgaCampaign,
            Population::Observed,
            CAMPAIGN,
            &["LAUNCHED"],
        )
    },
    Definition {
        label: "Élèves certifiés Pix",
        numerator: "Élèves de 3e ou de terminale qui ont obtenu la certification",
        denominator: "Élèves de 3e ou de terminale",
        ..sums(IndicatorCode::PixCertification, Unit::People)
    },
    Definition {
        label: "Label numérique",
        numerator: "Établissements labellisés, quel que soit le niveau",
        denominator: "Établissements de l'annuaire dans le périmètre et l'année scolaire",
        ..states(
            IndicatorCode::DigitalLabel,
            IndicatorCode::DigitalLabel,
            Population::Directory,
            LABEL,
            &["LEVEL_1", "LEVEL_2", "LEVEL_3"],
        )
    },
    Definition {
        label: "Programme « écoles numériques », « collèges numériques »",
        numerator: "Établissements retenus dans le programme",
        denominator: "Établissements de l'annuaire dans le périmètre et l'année scolaire",
        ..states(
            IndicatorCode::DigitalProgramme,
            IndicatorCode::DigitalProgramme,
            Population::Directory,
            PROGRAMME,
            &["YES"],
        )
    },
    Definition {
        label: "Établissements qui utilisent SchémaTIC",
        numerator: "Établissements qui ont rempli l'autodiagnostic SchémaTIC dans l'année scolaire",
        denominator: "Établissements observés",
        ..states(IndicatorCode::SchematicUse, IndicatorCode::SchematicUse, Population::Observed, SCHEMATIC, &["USED"])
    },
];

impl IndicatorCode {
    /// The code as files and rows write it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::EntDeployment => "ENT_DEPLOYMENT",
            Self::EntSharedCollegeLycee => "ENT_SHARED_COLLEGE_LYCEE",
            Self::AccountActivation => "ACCOUNT_ACTIVATION",
            Self::PixOrgaState => "PIX_ORGA_STATE",
            Self::PixOrgaActivated => "PIX_ORGA_ACTIVATED",
            Self::PixOrgaActive => "PIX_ORGA_ACTIVE",
            Self::PixOrgaCampaign => "PIX_ORGA_CAMPAIGN",
            Self::PixCertification => "PIX_CERTIFICATION",
            Self::DigitalLabel => "DIGITAL_LABEL",
            Self::DigitalProgramme => "DIGITAL_PROGRAMME",
            Self::SchematicUse => "SCHEMATIC_USE",
        }
    }

    /// The indicator of this code.
    pub(crate) fn parse(code: &str) -> Option<Self> {
        CATALOGUE.iter().map(|definition| definition.code).find(|known| known.as_str() == code)
    }

    /// Its entry in the catalogue.
    pub(crate) fn definition(self) -> &'static Definition {
        CATALOGUE.iter().find(|definition| definition.code == self).expect("the catalogue holds every code")
    }
}

impl Unit {
    pub(crate) const ALL: [Self; 5] =
        [Self::Establishments, Self::Departments, Self::Accounts, Self::People, Self::Pix];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Establishments => "ESTABLISHMENTS",
            Self::Departments => "DEPARTMENTS",
            Self::Accounts => "ACCOUNTS",
            Self::People => "PEOPLE",
            Self::Pix => "PIX",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == name)
    }

    /// Whether it counts people or their accounts, so that small counts are withheld.
    pub(crate) const fn counts_people(self) -> bool {
        matches!(self, Self::Accounts | Self::People)
    }
}

impl Definition {
    /// The statuses that a file may give for this indicator; none where it takes no observation of this kind.
    pub(crate) fn accepted_statuses(&self) -> Option<Vec<&'static str>> {
        match self.counting {
            Counting::States { observed_as, states, .. } if observed_as == self.code => {
                Some(states.iter().map(|state| state.status).filter(|status| *status != NONE).collect())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_entry_is_complete_and_found_by_its_code() {
        let mut codes = HashSet::new();
        for definition in CATALOGUE {
            assert!(codes.insert(definition.code));
            assert_eq!(IndicatorCode::parse(definition.code.as_str()), Some(definition.code));
            assert!(
                !definition.label.is_empty() && !definition.numerator.is_empty() && !definition.denominator.is_empty()
            );
            if let Counting::States { states, counted, .. } = definition.counting {
                assert!(
                    counted.iter().all(|status| states.iter().any(|state| state.status == *status)),
                    "{definition:?}"
                );
            }
        }
    }
}
