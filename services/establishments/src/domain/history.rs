//! How a history grows: a later file closes a period and begins the next; an older one changes nothing.

use chrono::NaiveDate;

use super::Facts;

/// A stretch of time in which nothing of [`Facts`] changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    /// First day; none: since ever, for the first period known.
    pub(crate) valid_from: Option<NaiveDate>,
    /// First day after it; none: still.
    pub(crate) valid_to: Option<NaiveDate>,
    pub(crate) facts: Facts,
}

/// What a snapshot of `as_of` does to a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The file is older than what is known.
    Older,
    /// Nothing differs.
    Same,
    /// The open period is told better by a file of the same date.
    Correct(Facts),
    /// The open period ends on the file's date, and a new one begins.
    Turn(Facts),
}

/// Decides what becomes of the open period `current`, last confirmed on `seen_as_of`, when a file of `as_of` says `facts`.
pub(crate) fn step(current: &Period, seen_as_of: NaiveDate, facts: Facts, as_of: NaiveDate) -> Step {
    if as_of < seen_as_of {
        Step::Older
    } else if current.facts == facts {
        Step::Same
    } else if as_of == seen_as_of || current.valid_from == Some(as_of) {
        Step::Correct(facts)
    } else {
        Step::Turn(facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(name: &str) -> Facts {
        Facts {
            name: name.to_owned(),
            kind: None,
            kind_code: None,
            nature: None,
            legal_status: None,
            pupils: None,
            commune_id: None,
            commune_folded: String::new(),
            circonscription_id: None,
            department_id: None,
            academy_id: None,
            region_id: None,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn only_a_later_file_turns_the_page() {
        let current = Period { valid_from: None, valid_to: None, facts: facts("A") };
        let seen = day("2023-06-08");
        assert_eq!(step(&current, seen, facts("A"), day("2024-01-01")), Step::Same);
        assert_eq!(step(&current, seen, facts("B"), day("2024-01-01")), Step::Turn(facts("B")));
        assert_eq!(step(&current, seen, facts("B"), seen), Step::Correct(facts("B")));
        assert_eq!(step(&current, seen, facts("B"), day("2023-06-07")), Step::Older);
    }
}
