//! How many tries beside the first ones a subgraph may be given: a share of its calls, so that an outage is not multiplied.

use std::sync::atomic::{AtomicU32, Ordering};

/// What one further try costs; a call brings as many as its percentage.
const COST: u32 = 100;
/// Tries that can be saved up, and that there are at the beginning.
const RESERVE: u32 = 10;

/// The further tries that are left.
pub(super) struct Budget {
    percent: u32,
    saved: AtomicU32,
}

impl Budget {
    /// So many further tries for a hundred calls.
    pub(super) fn of(percent: u32) -> Self {
        Self { percent, saved: AtomicU32::new(RESERVE * COST) }
    }

    /// A call is made.
    pub(super) fn earn(&self) {
        let more = |saved: u32| Some((saved + self.percent).min(RESERVE * COST));
        self.saved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).expect("there always is a next value");
    }

    /// Takes a further try; false where none is left.
    pub(super) fn spend(&self) -> bool {
        self.saved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |saved| saved.checked_sub(COST)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_calls_is_tried_again_and_a_few_are_saved_up() {
        let budget = Budget::of(20);
        let spent = |calls: u32| {
            (0..calls)
                .filter(|_| {
                    budget.earn();
                    budget.spend()
                })
                .count()
        };
        assert_eq!(spent(1_000), 10 + 200 - 1, "the reserve, and a fifth; the first call finds it full");
        (0..1_000).for_each(|_| budget.earn());
        assert_eq!((0..1_000).filter(|_| budget.spend()).count(), 10, "no more than that is saved up");
    }
}
