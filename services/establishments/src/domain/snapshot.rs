//! An establishment as one file tells it.

use chrono::NaiveDate;
use kernel::{EstablishmentKind, LegalStatus, Uai};

/// Whether an establishment works (`etat`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Status {
    /// Open.
    Open,
    /// Open, and will close.
    Closing,
    /// Will open.
    Opening,
    /// Closed.
    Closed,
}

impl Status {
    pub(crate) const ALL: [Self; 4] = [Self::Open, Self::Closing, Self::Opening, Self::Closed];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Closing => "CLOSING",
            Self::Opening => "OPENING",
            Self::Closed => "CLOSED",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// What is kept as history: a difference in any of these begins a new period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) name: String,
    pub(crate) kind: Option<EstablishmentKind>,
    /// `Type_etablissement` as the file has it, for a kind that is not known.
    pub(crate) kind_code: Option<String>,
    pub(crate) nature: Option<String>,
    pub(crate) legal_status: Option<LegalStatus>,
    pub(crate) pupils: Option<i64>,
    pub(crate) commune_id: Option<String>,
    /// The commune's name, folded: the order by commune.
    pub(crate) commune_folded: String,
    pub(crate) circonscription_id: Option<String>,
    pub(crate) department_id: Option<String>,
    pub(crate) academy_id: Option<String>,
    pub(crate) region_id: Option<String>,
}

/// One address of an establishment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Site {
    pub(crate) name: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) latitude: Option<f64>,
    pub(crate) longitude: Option<f64>,
}

/// An establishment with all its rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) uai: Uai,
    pub(crate) status: Status,
    pub(crate) opened_on: Option<NaiveDate>,
    pub(crate) closed_on: Option<NaiveDate>,
    pub(crate) facts: Facts,
    pub(crate) sites: Vec<Site>,
}
