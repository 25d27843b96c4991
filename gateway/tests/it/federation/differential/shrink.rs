//! Cutting an operation down to what still shows the difference.

use super::compare::{Difference, Outcome, ask, is_valid};
use super::generate::Ground;
use super::operation::{Head, Item, Operation};
use crate::federation::Graph;

/// Plans differ from run to run: so often is a cut operation asked.
const TRIES: usize = 3;
/// Operations that are tried at most.
const MOST: usize = 600;

/// Ways to make an operation smaller at one of its selections.
type Cut = fn(&mut Vec<Item>, usize, &Operation) -> bool;

const CUTS: [Cut; 6] = [
    |set, at, _| {
        set.remove(at);
        true
    },
    // What stands in a fragment may stand without it.
    |set, at, _| {
        let inline = matches!(set[at].head, Head::Inline { .. });
        if inline {
            let inner = std::mem::take(&mut set[at].set);
            set.splice(at..=at, inner);
        }
        inline
    },
    |set, at, whole| {
        let Head::Spread { name } = &set[at].head else { return false };
        let Some(fragment) = whole.fragments.iter().find(|fragment| fragment.name == *name) else { return false };
        set[at].set.clone_from(&fragment.set);
        set[at].head = Head::Inline { on: Some(fragment.on.clone()) };
        true
    },
    |set, at, _| !std::mem::take(&mut set[at].directives).is_empty(),
    |set, at, _| match &mut set[at].head {
        Head::Field { alias, .. } => alias.take().is_some(),
        _ => false,
    },
    |set, at, _| match &mut set[at].head {
        Head::Field { arguments, .. } => arguments.pop().is_some(),
        _ => false,
    },
];

/// The smallest operation found that still differs, and how it does.
pub(crate) async fn shrink(
    graph: &Graph,
    ground: &Ground,
    found: Operation,
    how: Difference,
) -> (Operation, Difference) {
    let (mut smallest, mut shown) = (found, how);
    let mut tried = 0;
    loop {
        let mut smaller = false;
        for cut in CUTS {
            let mut at = 0;
            while let Some((candidate, changed)) = cut_at(&smallest, at, cut) {
                tried += 1;
                if tried > MOST {
                    return (smallest, shown);
                }
                let worth = changed && is_valid(ground, &candidate);
                match if worth { still(graph, &candidate).await } else { None } {
                    Some(how) => (smallest, shown, smaller) = (candidate, how, true),
                    None => at += 1,
                }
            }
        }
        if !smaller {
            return (smallest, shown);
        }
    }
}

async fn still(graph: &Graph, candidate: &Operation) -> Option<Difference> {
    for variant in 0..TRIES {
        // Another text is planned anew.
        let mut again = candidate.clone();
        again.spaces = variant + 1;
        if let Outcome::Differs(how) = ask(graph, &again.body()).await {
            return Some(how);
        }
    }
    None
}

/// The operation cut at its selection number `at`, and whether there was anything to cut; none where it has no such selection.
fn cut_at(whole: &Operation, at: usize, cut: Cut) -> Option<(Operation, bool)> {
    let mut out = whole.clone();
    let mut left = at;
    let mut done = within(&mut out.set, &mut left, cut, whole);
    for fragment in &mut out.fragments {
        done = done.or_else(|| within(&mut fragment.set, &mut left, cut, whole));
    }
    done.map(|changed| (out, changed))
}

fn within(set: &mut Vec<Item>, left: &mut usize, cut: Cut, whole: &Operation) -> Option<bool> {
    for at in 0..set.len() {
        if *left == 0 {
            return Some(cut(set, at, whole));
        }
        *left -= 1;
        if let Some(done) = within(&mut set[at].set, left, cut, whole) {
            return Some(done);
        }
    }
    None
}
