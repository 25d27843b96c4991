//! What one service tells the others: the payloads of events, whole states rather than differences, so that applying one twice
//! changes nothing.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{EstablishmentKind, LegalStatus, Provenance};

/// An establishment as it now stands, with its whole history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstablishmentChanged {
    /// Its UAI.
    pub uai: String,
    /// When it opened, where known.
    pub opened_on: Option<NaiveDate>,
    /// When it closed, if it did.
    pub closed_on: Option<NaiveDate>,
    /// Its periods, in order; the last one is open.
    pub periods: Vec<PlacePeriod>,
}

impl EstablishmentChanged {
    /// The event's name.
    pub const KIND: &'static str = "EstablishmentChanged";
}

/// What an establishment was and where it lay from `valid_from` (null: since ever) until before `valid_to` (null: still).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacePeriod {
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// First day after it.
    pub valid_to: Option<NaiveDate>,
    /// Kind, null where the directory gives none that is known.
    pub kind: Option<EstablishmentKind>,
    /// `nature_uai`.
    pub nature: Option<String>,
    /// Public or private.
    pub legal_status: Option<LegalStatus>,
    /// Id of the région.
    pub region: Option<String>,
    /// Id of the académie.
    pub academy: Option<String>,
    /// Id of the département.
    pub department: Option<String>,
    /// Id of the circonscription.
    pub circonscription: Option<String>,
    /// Id of the intercommunalité.
    pub intercommunalite: Option<String>,
    /// Id of the commune.
    pub commune: Option<String>,
}

/// A deployment of an ENT as it now stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentChanged {
    /// The establishment.
    pub uai: String,
    /// The ENT project's slug.
    pub project: String,
    /// `2017-2018`.
    pub school_year: String,
    /// `PLANNED`, `OPEN` or `CLOSED`.
    pub status: String,
    /// When the fact was observed, where the source says it.
    pub observed_on: Option<NaiveDate>,
    /// How far it can be trusted.
    pub provenance: Provenance,
    /// Where it was read.
    pub source: Option<String>,
}

impl DeploymentChanged {
    /// The event's name.
    pub const KIND: &'static str = "DeploymentChanged";
}
