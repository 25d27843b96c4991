//! Progressive overrides: fields that move from one subgraph to another by degrees (`@override(label:)`), for a share of the
//! requests (`percent(5)`) or where the configuration names their label.

use std::collections::{BTreeSet, HashSet};

use hive_router_query_planner::graph::PlannerOverrideContext;
use hive_router_query_planner::state::supergraph_state::SupergraphState;

/// What the planner counts a hundredth as.
const PERCENT: u64 = 100_000_000;

/// The shares of a supergraph, and what a request drew among them.
#[derive(Debug, Default)]
pub(crate) struct Overrides {
    /// The shares, in the planner's unit, from the smallest to the largest.
    shares: Vec<u64>,
}

/// Which of the shares a request is in, by how many it is beyond: all requests of one draw have one plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Drawn(usize);

impl Overrides {
    pub(super) fn of(state: &SupergraphState) -> Self {
        let shares: BTreeSet<u64> = state.progressive_overrides.percentages.iter().copied().collect();
        Self { shares: shares.into_iter().collect() }
    }

    /// Draws for a request; there is one outcome where there are no shares.
    pub(crate) fn draw(&self) -> Drawn {
        if self.shares.is_empty() {
            return Drawn::default();
        }
        self.at(fastrand::u64(0..100 * PERCENT))
    }

    fn at(&self, value: u64) -> Drawn {
        Drawn(self.shares.iter().take_while(|share| **share <= value).count())
    }

    /// What the planner goes by for this draw, where these labels are switched on.
    pub(crate) fn context(&self, drawn: Drawn, labels: &BTreeSet<String>) -> PlannerOverrideContext {
        // Whoever is beyond the first shares and in the next stands at the last of the first.
        let value = drawn.0.checked_sub(1).and_then(|beyond| self.shares.get(beyond)).copied().unwrap_or(0);
        PlannerOverrideContext::new(labels.iter().cloned().collect::<HashSet<_>>(), value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_is_in_the_shares_that_are_larger() {
        let percent = |share: u64| share * PERCENT;
        let overrides = Overrides { shares: vec![percent(5), percent(50)] };
        for (value, in_5, in_50) in [(0, true, true), (5, false, true), (49, false, true), (50, false, false)] {
            let context = overrides.context(overrides.at(percent(value)), &BTreeSet::new());
            assert_eq!((context.is_in_range(&percent(5)), context.is_in_range(&percent(50))), (in_5, in_50), "{value}");
        }
        assert_eq!(Overrides::default().draw(), Drawn::default());
        let draws: HashSet<Drawn> = (0..1_000).map(|_| overrides.draw()).collect();
        assert_eq!(draws.len(), 3);
    }
}
