//! The filter of a list, checked before anything is asked of the database.

use async_graphql::{ID, InputObject};
use kernel::{ErrorCode, Fault, TerritoryId};
use service_kit::graphql::{Degree, EstablishmentKind, LegalStatus, SchoolYear, Uai};

use super::enums::EstablishmentStatus;
use crate::store::Filter;

/// UAI of one filter at most.
const MAX_UAIS: usize = 1000;
/// Other values of one filter at most.
const MAX_VALUES: usize = 100;
/// Characters of a search at most.
const MAX_TEXT: usize = 200;

/// Which establishments. Everything that is not named is not restricted, with one exception: without `status`, `uais` and
/// `schoolYear`, closed establishments are left out.
#[derive(Clone, Debug, Default, InputObject)]
pub(crate) struct EstablishmentFilter {
    /// Words of the name or of the commune, or the UAI; accents and case do not count, each word may be cut short.
    text: Option<String>,
    /// These establishments alone, 1000 at most; unknown ones are left out.
    uais: Option<Vec<Uai>>,
    /// Of one of these kinds.
    kinds: Option<Vec<EstablishmentKind>>,
    /// Of one of these natures (`nature_uai`), such as `["151", "153"]` for écoles that are not maternelles.
    natures: Option<Vec<String>>,
    /// Of this degree.
    degree: Option<Degree>,
    /// Public or private.
    legal_status: Option<LegalStatus>,
    /// In this territory, of any level, such as `ACA-04`.
    territory: Option<ID>,
    /// With this ENT project open, in `schoolYear` (absent: the current one).
    ent_project: Option<ID>,
    /// With `entProject`: the year of the deployment. Without: establishments that took part in this year, that is opened
    /// before its end and not closed before its 1 September.
    school_year: Option<SchoolYear>,
    /// Of one of these states.
    status: Option<Vec<EstablishmentStatus>>,
}

impl EstablishmentFilter {
    /// The filter as the store takes it; `this_year` is the current school year.
    pub(crate) fn check(self, this_year: kernel::SchoolYear) -> Result<Filter, Fault> {
        too_many("uais", self.uais.as_ref().map_or(0, Vec::len), MAX_UAIS)?;
        too_many("natures", self.natures.as_ref().map_or(0, Vec::len), MAX_VALUES)?;
        too_many("kinds", self.kinds.as_ref().map_or(0, Vec::len), MAX_VALUES)?;
        too_many("status", self.status.as_ref().map_or(0, Vec::len), MAX_VALUES)?;
        too_many("text", self.text.as_ref().map_or(0, |text| text.chars().count()), MAX_TEXT)?;
        let territory: Option<TerritoryId> = self
            .territory
            .map(|id| id.parse())
            .transpose()
            .map_err(|error: kernel::BadTerritoryId| Fault::bad_input(&error))?;
        let project = self.ent_project.map(|id| id.0);
        let school_year = self.school_year.map(|year| year.0).or_else(|| project.as_ref().map(|_| this_year));
        Ok(Filter {
            text: self.text,
            uais: self.uais.map(|uais| uais.into_iter().map(|uai| uai.0.to_string()).collect()),
            kinds: self.kinds.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            natures: self.natures,
            degree: self.degree.map(Into::into),
            legal_status: self.legal_status.map(Into::into),
            territory,
            project,
            school_year,
            status: self.status.map(|status| status.into_iter().map(Into::into).collect()),
        })
    }
}

fn too_many(name: &str, given: usize, limit: usize) -> Result<(), Fault> {
    if given <= limit {
        return Ok(());
    }
    Err(Fault::new(ErrorCode::LimitExceeded, format!("{name}: {limit} at most; got {given}")))
}
