//! A measure of what the store counted.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kernel::Provenance;

use super::catalogue::{Counting, NONE};
use super::disclosure;
use super::{Definition, Population};

/// Sources named in one answer at most.
const MAX_SOURCES: usize = 5;

/// What the store counted of one status, source and provenance.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    /// None: nothing was observed of these establishments.
    pub(crate) status: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) provenance: Option<i64>,
    pub(crate) establishments: i64,
    pub(crate) observed: i64,
    pub(crate) numerator: Option<f64>,
    pub(crate) denominator: Option<f64>,
    pub(crate) observed_on: Option<NaiveDate>,
}

/// The figures of a measure.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    pub(crate) numerator: Option<f64>,
    pub(crate) denominator: Option<f64>,
    pub(crate) breakdown: Vec<(&'static str, &'static str, i64)>,
    pub(crate) establishments_observed: i64,
    pub(crate) observed_on: Option<NaiveDate>,
    /// None: nothing was observed; the figure then follows from the directory alone.
    pub(crate) provenance: Option<Provenance>,
    pub(crate) source: Option<String>,
    pub(crate) suppressed: bool,
    pub(crate) rounded: bool,
    pub(crate) threshold: Option<f64>,
}

impl Figures {
    /// The figures of `definition` from what was counted.
    pub(crate) fn of(definition: &Definition, groups: &[Group]) -> Self {
        let mut figures = Self::from_sources(groups);
        let establishments: i64 = groups.iter().map(|group| group.establishments).sum();
        match definition.counting {
            Counting::States { states, counted, .. } => {
                let of_status = |status: &str| -> i64 {
                    let is = |group: &&Group| group.status.as_deref().unwrap_or(NONE) == status;
                    groups.iter().filter(is).map(|group| group.establishments).sum()
                };
                figures.breakdown =
                    states.iter().map(|state| (state.status, state.label, of_status(state.status))).collect();
                let numerator: i64 = counted.iter().map(|status| of_status(status)).sum();
                figures.numerator = (!counted.is_empty()).then(|| count(numerator));
                figures.denominator = Some(count(establishments));
            }
            Counting::Deployments => {
                figures.numerator = Some(count(figures.establishments_observed));
                figures.denominator = Some(count(establishments));
            }
            Counting::Sums => {
                figures.numerator = sum(groups.iter().filter_map(|group| group.numerator));
                figures.denominator = sum(groups.iter().filter_map(|group| group.denominator));
            }
            Counting::SharedEnt => {}
        }
        if definition.population == Population::Observed && figures.establishments_observed == 0 {
            figures.numerator = None;
            figures.denominator = None;
        }
        figures
    }

    /// Provenance, source and date of everything that was counted: the least certain, all of them, the latest.
    pub(crate) fn from_sources(groups: &[Group]) -> Self {
        let sources: BTreeSet<&str> = groups.iter().filter_map(|group| group.source.as_deref()).collect();
        let mut source = sources.iter().take(MAX_SOURCES).copied().collect::<Vec<_>>().join(" ; ");
        if sources.len() > MAX_SOURCES {
            source.push_str(" ; …");
        }
        Self {
            establishments_observed: groups.iter().map(|group| group.observed).sum(),
            observed_on: groups.iter().filter_map(|group| group.observed_on).max(),
            provenance: groups.iter().filter_map(|group| group.provenance).min().and_then(Provenance::of_rank),
            source: (!source.is_empty()).then_some(source),
            ..Self::default()
        }
    }

    /// `numerator / denominator`, never stored or rounded; none without either, or for an empty denominator.
    pub(crate) fn rate(&self) -> Option<f64> {
        match (self.numerator, self.denominator) {
            (Some(numerator), Some(denominator)) if denominator > 0.0 => Some(numerator / denominator),
            _ => None,
        }
    }

    /// Figures that count people without any count.
    #[must_use]
    pub(crate) fn withheld(self) -> Self {
        let suppressed = self.numerator.is_some() || self.denominator.is_some();
        Self { numerator: None, denominator: None, suppressed, ..self }
    }

    /// Figures that count people as a caller sees them who sees them exactly, or who does not.
    #[must_use]
    pub(crate) fn disclosed(mut self, exact: bool) -> Self {
        if !exact {
            let denominator = disclosure::disclose(self.denominator);
            // The rest would tell of few people too.
            let few_left =
                self.numerator.zip(self.denominator).is_some_and(|(part, whole)| disclosure::is_small(whole - part));
            let numerator = disclosure::disclose(self.numerator).filter(|_| !few_left);
            self.suppressed = (self.numerator.is_some() && numerator.is_none())
                || (self.denominator.is_some() && denominator.is_none());
            self.rounded = numerator.is_some() || denominator.is_some();
            self.numerator = numerator;
            self.denominator = denominator;
        }
        self
    }
}

fn sum(values: impl Iterator<Item = f64>) -> Option<f64> {
    values.reduce(|a, b| a + b)
}

/// A count as GraphQL's Float carries it: exact up to 2^53, far beyond any count of establishments.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(crate) fn count(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::super::IndicatorCode;
    use super::*;

    fn group(status: Option<&str>, establishments: i64, provenance: Option<i64>) -> Group {
        Group {
            status: status.map(str::to_owned),
            source: provenance.map(|rank| format!("source {rank}")),
            provenance,
            establishments,
            observed: if status.is_some() { establishments } else { 0 },
            numerator: None,
            denominator: None,
            observed_on: None,
        }
    }

    #[test]
    fn the_label_counts_the_whole_directory_and_names_those_without() {
        let groups = [group(Some("LEVEL_1"), 2, Some(3)), group(Some("LEVEL_3"), 1, Some(2)), group(None, 7, None)];
        let figures = Figures::of(IndicatorCode::DigitalLabel.definition(), &groups);
        assert_eq!((figures.numerator, figures.denominator, figures.rate()), (Some(3.0), Some(10.0), Some(0.3)));
        let counts: Vec<(&str, i64)> = figures.breakdown.iter().map(|(status, _, count)| (*status, *count)).collect();
        assert_eq!(counts, [("LEVEL_1", 2), ("LEVEL_2", 0), ("LEVEL_3", 1), ("NONE", 7)]);
        assert_eq!(figures.provenance, Some(Provenance::Declared));
        assert_eq!(figures.source.as_deref(), Some("source 2 ; source 3"));
    }

    #[test]
    fn a_partition_has_no_numerator() {
        let groups = [group(Some("ACTIVE"), 3, Some(3)), group(Some("NOT_ACTIVATED"), 1, Some(3))];
        let figures = |code: IndicatorCode| Figures::of(code.definition(), &groups);
        assert_eq!(
            (figures(IndicatorCode::PixOrgaState).numerator, figures(IndicatorCode::PixOrgaState).denominator),
            (None, Some(4.0))
        );
        assert_eq!(figures(IndicatorCode::PixOrgaActivated).rate(), Some(0.75));
    }

    #[test]
    fn nothing_observed_is_no_zero() {
        let observed = Figures::of(IndicatorCode::PixOrgaActive.definition(), &[]);
        assert_eq!((observed.numerator, observed.denominator, observed.rate()), (None, None, None));
        let directory = Figures::of(IndicatorCode::DigitalLabel.definition(), &[]);
        assert_eq!((directory.numerator, directory.denominator, directory.rate()), (Some(0.0), Some(0.0), None));
    }

    #[test]
    fn counts_of_people_are_rounded_or_withheld() {
        let mut pair = group(None, 1, Some(0));
        (pair.numerator, pair.denominator, pair.observed) = (Some(4.0), Some(23.0), 1);
        let definition = IndicatorCode::PixCertification.definition();
        let figures = Figures::of(definition, &[pair]);
        let seen = figures.clone().disclosed(false);
        assert_eq!(
            (seen.numerator, seen.denominator, seen.suppressed, seen.rounded, seen.rate()),
            (None, Some(25.0), true, true, None)
        );
        assert_eq!(figures.clone().disclosed(true), figures);
        let withheld = figures.withheld();
        assert_eq!((withheld.numerator, withheld.denominator, withheld.suppressed), (None, None, true));
        assert!(!Figures::default().withheld().suppressed, "nothing was observed");
    }
}
