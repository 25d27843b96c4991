//! Targets: what is aimed at, in the source's own words.

use chrono::NaiveDate;

use super::{Figures, Unit};

/// What a target's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TargetKind {
    Rate,
    Count,
    Mean,
    Growth,
}

impl TargetKind {
    pub(crate) const ALL: [Self; 4] = [Self::Rate, Self::Count, Self::Mean, Self::Growth];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Rate => "RATE",
            Self::Count => "COUNT",
            Self::Mean => "MEAN",
            Self::Growth => "GROWTH",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A target as it applies to a territory.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) kind: TargetKind,
    pub(crate) value: Option<f64>,
    pub(crate) unit: Option<Unit>,
    pub(crate) due_on: Option<NaiveDate>,
    pub(crate) baseline: Option<f64>,
    pub(crate) wording: Option<String>,
    pub(crate) source: Option<String>,
}

impl Target {
    /// What is still missing: the value less the measured rate or count. None where the measure has no figure of that kind.
    pub(crate) fn gap(&self, figures: &Figures) -> Option<f64> {
        let measured = match self.kind {
            TargetKind::Rate => figures.rate(),
            TargetKind::Count => figures.numerator,
            TargetKind::Mean | TargetKind::Growth => None,
        };
        Some(self.value? - measured?)
    }
}
