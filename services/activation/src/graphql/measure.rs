//! Measures: figures with all that is needed to read them.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use kernel::{Fault, Principal};
use service_kit::access::{ACCESS, Seer};
use service_kit::graphql::{Date, SchoolYear};

use super::enums::{Provenance, TargetKind, Unit};
use super::indicator::Indicator;
use super::loaders::{Loaders, MeasureKey, Place, TargetsKey, WithinKey};
use super::perimeter::Perimeter;
use crate::domain::{self, Figures};
use crate::store::Wanted;

/// A figure of one indicator at one place.
pub(crate) struct Measure {
    place: Place,
    wanted: Wanted,
    figures: Figures,
}

impl Measure {
    /// The measure as this caller may see it.
    pub(crate) async fn load(ctx: &Context<'_>, place: Place, wanted: Wanted) -> Result<Option<Self>, Fault> {
        let figures: Option<Arc<Figures>> = Loaders::load(ctx, MeasureKey(place.clone(), wanted.clone())).await?;
        let Some(figures) = figures else { return Ok(None) };
        let definition = wanted.indicator.definition();
        if !definition.unit.counts_people() {
            return Ok(Some(Self { place, wanted, figures: (*figures).clone() }));
        }
        let seers = seers(ctx, &place, &wanted).await?;
        // A territory may have one school alone: its figures are that school's.
        let of_one = figures.establishments_observed == 1;
        let figures = if of_one && !ACCESS.admits("Measure: counts of people of a single school", &seers) {
            (*figures).clone().withheld()
        } else {
            (*figures).clone().disclosed(ACCESS.admits("Measure: counts of people exactly", &seers))
        };
        Ok(Some(Self { place, wanted, figures }))
    }

    /// Whether there was anything to count.
    pub(crate) fn has_observations(&self) -> bool {
        self.figures.establishments_observed > 0
    }
}

/// What the caller is towards the figures of a place: a scope reaches as far as the perimeter that it was granted with.
async fn seers(ctx: &Context<'_>, place: &Place, wanted: &Wanted) -> Result<Vec<Seer>, Fault> {
    let principal: &Principal = ctx.data_unchecked();
    let mut seers = vec![Seer::Anyone];
    if principal.is_authenticated() {
        seers.push(Seer::Known);
    }
    if !principal.scopes.is_empty()
        && Loaders::load(ctx, WithinKey(place.clone(), wanted.year)).await?.unwrap_or_default()
    {
        seers.extend(principal.scopes.iter().cloned().map(Seer::Scope));
    }
    if let (Some(person), Place::Establishment(uai)) = (&principal.person, place)
        && person.establishments.contains(uai.as_str())
    {
        seers.push(Seer::OwnEstablishment);
    }
    Ok(seers)
}

/// A figure: numerator, denominator and rate, with perimeter, date, source and provenance. Rates are never stored or rounded.
#[Object]
impl Measure {
    /// What is counted.
    async fn indicator(&self) -> Indicator {
        Indicator(self.wanted.indicator.definition())
    }

    /// How many; null for a partition (see `breakdown`), where nothing was observed, or where it is withheld.
    async fn numerator(&self) -> Option<f64> {
        self.figures.numerator
    }

    /// Out of how many; null where nothing was observed, or where it is withheld.
    async fn denominator(&self) -> Option<f64> {
        self.figures.denominator
    }

    /// `numerator / denominator`, unrounded; null without either, or for an empty denominator.
    async fn rate(&self) -> Option<f64> {
        self.figures.rate()
    }

    /// The school year that was counted.
    async fn school_year(&self) -> SchoolYear {
        SchoolYear(self.wanted.year)
    }

    /// What was counted, as it was asked for.
    async fn perimeter(&self) -> Perimeter {
        Perimeter::from(&self.wanted.perimeter)
    }

    /// The latest day of observation; null where the source gives no date.
    async fn observed_on(&self) -> Option<Date> {
        self.figures.observed_on.map(Date)
    }

    /// How far the figure can be trusted: the least certain of what was counted. DERIVED where nothing was observed and the
    /// figure follows from the directory alone.
    async fn provenance(&self) -> Provenance {
        self.figures.provenance.unwrap_or(kernel::Provenance::Derived).into()
    }

    /// The documents that the figure comes from, parted by « ; ».
    async fn source(&self) -> Option<&str> {
        self.figures.source.as_deref()
    }

    /// How many establishments were observed.
    async fn establishments_observed(&self) -> i64 {
        self.figures.establishments_observed
    }

    /// True where a count of fewer than 5 people, or one that would reveal it, is withheld.
    async fn suppressed(&self) -> bool {
        self.figures.suppressed
    }

    /// True where counts of people were each rounded to a multiple of 5 for this caller.
    async fn rounded(&self) -> bool {
        self.figures.rounded
    }

    /// The share from which a département or an establishment counts in the numerator, where the indicator has one.
    async fn threshold(&self) -> Option<f64> {
        self.figures.threshold
    }

    /// How many establishments are in each state; empty for an indicator that has none.
    async fn breakdown(&self) -> Vec<StatusCount> {
        let rows = self.figures.breakdown.iter();
        rows.map(|(status, label, count)| StatusCount { status, label, count: Some(*count) }).collect()
    }

    /// The targets set for this indicator and exactly this perimeter, here or above where they are marked to apply below, by
    /// due date.
    async fn targets(&self, ctx: &Context<'_>) -> Result<Vec<Target>, Fault> {
        let Place::Territory(id) = &self.place else { return Ok(Vec::new()) };
        let targets = Loaders::load(ctx, TargetsKey(id.clone(), self.wanted.clone())).await?;
        let told = |target: &domain::Target| Target { gap: target.gap(&self.figures), target: target.clone() };
        Ok(targets.iter().flat_map(|targets| targets.iter()).map(told).collect())
    }
}

/// How many establishments are in a state.
#[derive(SimpleObject)]
pub(crate) struct StatusCount {
    /// The state's code, such as `LEVEL_1` or `NOT_ACTIVATED`.
    status: &'static str,
    /// Its name, in French.
    label: &'static str,
    /// How many.
    count: Option<i64>,
}

/// What is aimed at.
pub(crate) struct Target {
    target: domain::Target,
    gap: Option<f64>,
}

/// What is aimed at, in the source's own words.
#[Object]
impl Target {
    /// What the value is.
    async fn kind(&self) -> TargetKind {
        self.target.kind.into()
    }

    /// The value: a rate between 0 and 1, a count, a mean, or a growth. Null where the source names an aim without a figure.
    async fn value(&self) -> Option<f64> {
        self.target.value
    }

    /// The unit of a count or a mean.
    async fn unit(&self) -> Option<Unit> {
        self.target.unit.map(Into::into)
    }

    /// When it is due.
    async fn due_on(&self) -> Option<Date> {
        self.target.due_on.map(Date)
    }

    /// The value that a growth starts from.
    async fn baseline(&self) -> Option<f64> {
        self.target.baseline
    }

    /// What is still missing: the value less the measured rate (RATE) or numerator (COUNT). Negative where it is exceeded, null
    /// where the measure has no such figure.
    async fn gap(&self) -> Option<f64> {
        self.gap
    }

    /// The source's own words, in French.
    async fn wording(&self) -> Option<&str> {
        self.target.wording.as_deref()
    }

    /// The document that sets it.
    async fn source(&self) -> Option<&str> {
        self.target.source.as_deref()
    }
}
