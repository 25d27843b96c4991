//! Counts of people as those see them who may not see them exactly: withheld below 5, else rounded to a multiple of 5, each by
//! itself.

/// Counts below this are withheld.
const SMALLEST: f64 = 5.0;
const STEP: f64 = 5.0;

/// The count that may be told, if any.
pub(crate) fn disclose(count: Option<f64>) -> Option<f64> {
    count.filter(|count| *count >= SMALLEST).map(|count| (count / STEP).round() * STEP)
}

/// Whether a count tells of some people, and of so few that it is withheld.
pub(crate) fn is_small(count: f64) -> bool {
    count > 0.0 && count < SMALLEST
}

#[cfg(test)]
mod tests {
    use super::disclose;

    #[test]
    fn below_five_is_withheld_and_the_rest_rounded() {
        for small in [0.0, 1.0, 4.0, 4.99] {
            assert_eq!(disclose(Some(small)), None);
        }
        for (count, told) in [(5.0, 5.0), (7.0, 5.0), (8.0, 10.0), (12.5, 15.0), (1002.0, 1000.0)] {
            assert_eq!(disclose(Some(count)), Some(told));
        }
        assert_eq!(disclose(None), None);
    }
}
