//! Perimeters as clients give them and get them back.

use async_graphql::{ID, InputObject, SimpleObject};
use kernel::{ErrorCode, Fault};
use service_kit::graphql::{Degree, EstablishmentKind, LegalStatus};

use crate::domain;

/// Values of one list at most.
const MAX_VALUES: usize = 100;

/// What is counted. Everything that is not named is not restricted.
#[derive(Clone, Debug, Default, InputObject)]
pub(crate) struct PerimeterInput {
    /// Establishments of these kinds.
    kinds: Option<Vec<EstablishmentKind>>,
    /// Establishments of these natures (`nature_uai`), such as `["151", "153"]`.
    natures: Option<Vec<String>>,
    /// Establishments of this degree.
    degree: Option<Degree>,
    /// Public or private establishments.
    legal_status: Option<LegalStatus>,
    /// For `ENT_DEPLOYMENT`: only this project counts in the numerator. Elsewhere: only establishments where this project is open.
    ent_project: Option<ID>,
}

impl PerimeterInput {
    pub(crate) fn check(self) -> Result<domain::Perimeter, Fault> {
        if self.kinds.as_ref().is_some_and(Vec::is_empty) || self.natures.as_ref().is_some_and(Vec::is_empty) {
            return Err(Fault::new(
                ErrorCode::BadUserInput,
                "kinds and natures: an empty list names nothing; leave it out",
            ));
        }
        let (kinds, natures) = (self.kinds.unwrap_or_default(), self.natures.unwrap_or_default());
        if kinds.len() > MAX_VALUES || natures.len() > MAX_VALUES {
            return Err(Fault::new(
                ErrorCode::LimitExceeded,
                format!("kinds and natures: {MAX_VALUES} values at most"),
            ));
        }
        Ok(domain::Perimeter::new(
            kinds.into_iter().map(Into::into).collect(),
            natures,
            self.degree.map(Into::into),
            self.legal_status.map(Into::into),
            self.ent_project.map(|id| id.0),
        ))
    }
}

/// What was counted. Null: not restricted.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct Perimeter {
    /// Establishments of these kinds.
    kinds: Option<Vec<EstablishmentKind>>,
    /// Establishments of these natures (`nature_uai`).
    natures: Option<Vec<String>>,
    /// Establishments of this degree.
    degree: Option<Degree>,
    /// Public or private establishments.
    legal_status: Option<LegalStatus>,
    /// The ENT project.
    ent_project: Option<ID>,
}

impl From<&domain::Perimeter> for Perimeter {
    fn from(perimeter: &domain::Perimeter) -> Self {
        Self {
            kinds: (!perimeter.kinds.is_empty()).then(|| perimeter.kinds.iter().map(|kind| (*kind).into()).collect()),
            natures: (!perimeter.natures.is_empty()).then(|| perimeter.natures.clone()),
            degree: perimeter.degree.map(Into::into),
            legal_status: perimeter.legal_status.map(Into::into),
            ent_project: perimeter.project.clone().map(ID),
        }
    }
}
