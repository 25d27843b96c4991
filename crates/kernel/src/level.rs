//! Levels by MEFSTAT4, the first four characters of MEFSTAT11: the one code that first degree, second degree and EduConnect
//! share.
//!
//! Nomenclature of 2013 (BCN). A code that is not here may be well formed all the same: it then has no name and no cycle, and
//! a cycle is never taken from anything but the level (ONDE's own "cycle III" held CE2).

use crate::{Cycle, Degree};

/// What a MEFSTAT4 code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Four characters: digits, or letters after the first.
    pub mefstat4: &'static str,
    /// As it is spoken of.
    pub name: &'static str,
    /// The cycle, none after collège.
    pub cycle: Option<Cycle>,
    /// Where it is taught.
    pub degree: Degree,
}

const fn level(mefstat4: &'static str, name: &'static str, cycle: Option<Cycle>, degree: Degree) -> Level {
    Level { mefstat4, name, cycle, degree }
}

use Cycle::{Cycle1, Cycle2, Cycle3, Cycle4};
use Degree::{First, Second};

const LEVELS: &[Level] = &[
    level("1111", "PS", Some(Cycle1), First),
    level("1112", "MS", Some(Cycle1), First),
    level("1113", "GS", Some(Cycle1), First),
    level("1121", "CP", Some(Cycle2), First),
    level("1122", "CE1", Some(Cycle2), First),
    level("1123", "CE2", Some(Cycle2), First),
    level("1124", "CM1", Some(Cycle3), First),
    level("1125", "CM2", Some(Cycle3), First),
    level("2111", "6e", Some(Cycle3), Second),
    level("2112", "5e", Some(Cycle4), Second),
    level("2115", "4e", Some(Cycle4), Second),
    level("2116", "3e", Some(Cycle4), Second),
    level("2431", "6e SEGPA", Some(Cycle3), Second),
    level("2432", "5e SEGPA", Some(Cycle4), Second),
    level("2433", "4e SEGPA", Some(Cycle4), Second),
    level("2434", "3e SEGPA", Some(Cycle4), Second),
    level("2211", "2de générale et technologique", None, Second),
    level("2212", "1re générale et technologique", None, Second),
    level("2213", "Terminale générale et technologique", None, Second),
    level("2381", "2de professionnelle", None, Second),
    level("2382", "1re professionnelle", None, Second),
    level("2383", "Terminale professionnelle", None, Second),
];

impl Level {
    /// The level of a code; none for a code that holds none, as 1411 (intégration scolaire) and 2119 (ULIS) do.
    pub fn of(mefstat4: &str) -> Option<&'static Self> {
        LEVELS.iter().find(|level| level.mefstat4 == mefstat4)
    }

    /// Whether a text has the form of a code.
    pub fn is_code(text: &str) -> bool {
        text.len() == 4
            && text.starts_with(|first: char| first.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycle_3_is_cm1_cm2_and_both_sorts_of_6e() {
        let names: Vec<&str> =
            LEVELS.iter().filter(|level| level.cycle == Some(Cycle3)).map(|level| level.name).collect();
        assert_eq!(names, ["CM1", "CM2", "6e", "6e SEGPA"]);
    }

    #[test]
    fn ulis_is_a_code_that_holds_no_level() {
        for code in ["1411", "2119", "23B1"] {
            assert!(Level::is_code(code));
            assert_eq!(Level::of(code), None);
        }
        for bad in ["", "CM2", "112", "11251", "B123", "112é", "11a5"] {
            assert!(!Level::is_code(bad), "{bad}");
        }
    }
}
