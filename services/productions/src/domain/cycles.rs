//! Cycles and degrees, from the levels that pupils had when each first contributed.

use kernel::{Cycle, Degree, EstablishmentKind, Level};

/// Cycles as a row keeps them: one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cycles(pub(crate) i64);

impl Cycles {
    /// The bit of a cycle.
    pub(crate) const fn bit(cycle: Cycle) -> i64 {
        1 << cycle as i64
    }

    /// The cycles of these levels (MEFSTAT4, none where no source told it), and how many pupils have a level that the code
    /// does not hold: those are unknown, and counted apart.
    pub(crate) fn of<'a>(levels: impl IntoIterator<Item = Option<&'a str>>) -> (Self, i64) {
        let (mut cycles, mut unknown) = (Self::default(), 0);
        for mefstat4 in levels {
            match mefstat4.and_then(Level::of) {
                None => unknown += 1,
                Some(level) => cycles.0 |= level.cycle.map_or(0, Self::bit),
            }
        }
        (cycles, unknown)
    }

    /// The cycles, in order.
    pub(crate) fn list(self) -> Vec<Cycle> {
        Cycle::ALL.iter().copied().filter(|cycle| self.0 & Self::bit(*cycle) != 0).collect()
    }
}

/// The degree in which a pupil is taught: by the first digit of MEFSTAT4, which ULIS has too, else by the establishment.
pub(crate) fn degree(mefstat4: Option<&str>, kind: Option<EstablishmentKind>) -> Option<Degree> {
    match mefstat4.and_then(|code| code.as_bytes().first()) {
        Some(b'1') => return Some(Degree::First),
        Some(b'2') => return Some(Degree::Second),
        _ => {}
    }
    match kind? {
        EstablishmentKind::Ecole => Some(Degree::First),
        EstablishmentKind::College | EstablishmentKind::Lycee | EstablishmentKind::Erea => Some(Degree::Second),
        _ => None,
    }
}

/// Whether pupils of both degrees are among these.
pub(crate) fn crosses_degrees<'a>(
    pupils: impl IntoIterator<Item = (Option<&'a str>, Option<EstablishmentKind>)>,
) -> bool {
    let (mut first, mut second) = (false, false);
    for (mefstat4, kind) in pupils {
        match degree(mefstat4, kind) {
            Some(Degree::First) => first = true,
            Some(Degree::Second) => second = true,
            None => {}
        }
    }
    first && second
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ulis_is_unknown_and_counted_apart() {
        let (cycles, unknown) = Cycles::of([Some("1125"), Some("2111"), Some("2119"), Some("1411"), None]);
        assert_eq!((cycles.list(), unknown), (vec![Cycle::Cycle3], 3));
        let (cycles, unknown) = Cycles::of([Some("1123"), Some("2431"), Some("2211")]);
        assert_eq!((cycles.list(), unknown), (vec![Cycle::Cycle2, Cycle::Cycle3], 0));
    }

    #[test]
    fn degrees_are_those_of_the_pupils() {
        let kind = Some(EstablishmentKind::Ecole);
        assert!(crosses_degrees([(Some("1125"), None), (Some("2111"), None)]));
        assert!(crosses_degrees([(Some("1411"), None), (None, Some(EstablishmentKind::College))]));
        assert!(!crosses_degrees([(Some("1124"), None), (Some("1125"), kind), (None, kind)]));
        assert!(!crosses_degrees([(None, None), (Some("2111"), None)]));
    }
}
