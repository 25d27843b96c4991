//! The catalogue of indicators, perimeters, targets, and how a measure comes of what was counted. No I/O.

pub(crate) mod catalogue;
pub(crate) mod disclosure;
pub(crate) mod measure;
pub(crate) mod perimeter;
pub(crate) mod shared_ent;
pub(crate) mod target;

pub(crate) use catalogue::{Counting, Definition, IndicatorCode, Population, Unit};
pub(crate) use measure::{Figures, Group};
pub(crate) use perimeter::Perimeter;
pub(crate) use target::{Target, TargetKind};
