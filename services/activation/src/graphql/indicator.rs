//! The catalogue's entries.

use async_graphql::Object;

use super::enums::{IndicatorCode, Population, Unit};
use crate::domain::Definition;

/// An entry of the catalogue.
pub(crate) struct Indicator(pub(crate) &'static Definition);

/// An indicator: what is counted, out of what, in which unit, and what may be added up.
#[Object]
impl Indicator {
    /// Its code.
    async fn code(&self) -> IndicatorCode {
        self.0.code.into()
    }

    /// Its name, in French.
    async fn label(&self) -> &str {
        self.0.label
    }

    /// What the numerator counts, in French.
    async fn numerator_definition(&self) -> &str {
        self.0.numerator
    }

    /// What the denominator counts, in French.
    async fn denominator_definition(&self) -> Option<&str> {
        Some(self.0.denominator)
    }

    /// In which unit numerator and denominator are.
    async fn unit(&self) -> Unit {
        self.0.unit.into()
    }

    /// Out of whom the denominator is taken.
    async fn population(&self) -> Population {
        self.0.population.into()
    }

    /// Whether figures of several school years may be added up.
    async fn additive_over_time(&self) -> bool {
        self.0.additive_over_time
    }

    /// Whether figures of several establishments may be added up.
    async fn additive_over_establishments(&self) -> bool {
        self.0.additive_over_establishments
    }

    /// Raised when the definition changes.
    async fn version(&self) -> i32 {
        self.0.version
    }
}
