//! What one service tells the others: the payloads of events, whole states rather than differences, so that applying one twice
//! changes nothing.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{Cycle, EstablishmentKind, LegalStatus, Profile, Provenance};

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

/// The sector of an école as it now stands: every collège whose sector it lies in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectorChanged {
    /// The école.
    pub ecole: String,
    /// UAI of the collèges, in order; empty where it lies in no sector any more.
    pub colleges: Vec<String>,
}

impl SectorChanged {
    /// The event's name.
    pub const KIND: &'static str = "SectorChanged";
}

/// What a person is and where, over all school years that are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffiliationChanged {
    /// The internal id.
    pub person_id: String,
    /// Every affiliation.
    pub affiliations: Vec<Affiliation>,
}

impl AffiliationChanged {
    /// The event's name.
    pub const KIND: &'static str = "AffiliationChanged";
}

/// What a person is in an establishment in a school year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affiliation {
    /// Where.
    pub uai: String,
    /// As what.
    pub profile: Profile,
    /// `2018-2019`.
    pub school_year: String,
    /// A pupil's level as MEFSTAT4, where the code holds one.
    pub mefstat4: Option<String>,
    /// Names of the classes.
    pub classes: Vec<String>,
}

/// One person turned out to be another: lookups of the first now lead to the second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonMerged {
    /// Who is redirected, with everybody who was redirected there before.
    pub person_ids: Vec<String>,
    /// Where they lead.
    pub into: String,
}

impl PersonMerged {
    /// The event's name.
    pub const KIND: &'static str = "PersonMerged";
}

/// A merge was undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonUnmerged {
    /// Each person whose redirect changed, and where they lead now (themselves, mostly).
    pub redirects: Vec<(String, String)>,
}

impl PersonUnmerged {
    /// The event's name.
    pub const KIND: &'static str = "PersonUnmerged";
}

/// A person is no longer known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonErased {
    /// The internal id.
    pub person_id: String,
}

impl PersonErased {
    /// The event's name.
    pub const KIND: &'static str = "PersonErased";
}

/// A production as it now stands, without a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductionChanged {
    /// Its id.
    pub id: String,
    /// Its school year.
    pub school_year: String,
    /// Cycles of the pupils at their first contribution.
    pub cycles: Vec<Cycle>,
    /// Pupils whose code holds no level.
    pub unknown_level_pupils: i64,
    /// Whether pupils of both degrees took part.
    pub crosses_degrees: bool,
    /// UAI of everybody who took part.
    pub establishments: Vec<String>,
    /// `DRAFT`, `SUBMITTED`, `PUBLISHED`, `WITHDRAWN` or `ARCHIVED`.
    pub status: String,
    /// `PARTICIPANTS`, `TERRITORY_STAFF`, `TERRITORY_MEMBERS` or `PUBLIC`.
    pub audience: String,
}

impl ProductionChanged {
    /// The event's name.
    pub const KIND: &'static str = "ProductionChanged";
}
