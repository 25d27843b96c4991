//! Whoever was told may be somebody who is known: certain, they are merged; doubtful, somebody is asked.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use db::Tx;
use kernel::Fault;
use uuid::Uuid;

use crate::Store;
use crate::app::merge::{self, Evidence};
use crate::domain::{Likeness, Verdict};
use crate::store::NewProposal;

/// Others whom one person is compared with at most.
const MOST: usize = 50;

/// Compares these people with whoever shares something with them. Returns how many merges and proposals were made of it.
pub(crate) async fn match_people(
    store: &Store,
    tx: &mut Tx,
    people: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(u64, u64), Fault> {
    let candidates = bounded(store.candidates(tx, people).await?);
    let mut all = Round::default();
    while !candidates.is_empty() {
        let round = compare(store, tx, &candidates, now).await?;
        all.merges += round.merges;
        all.proposals += round.proposals;
        if !round.unfinished {
            break;
        }
    }
    Ok((all.merges, all.proposals))
}

/// What came of comparing each pair once.
#[derive(Default)]
struct Round {
    merges: u64,
    proposals: u64,
    /// Whether somebody was left out who had just been merged: what is known of them, and what stands against more, is now that of both.
    unfinished: bool,
}

async fn compare(
    store: &Store,
    tx: &mut Tx,
    candidates: &BTreeSet<(Uuid, Uuid)>,
    now: DateTime<Utc>,
) -> Result<Round, Fault> {
    let involved: BTreeSet<Uuid> = candidates.iter().flat_map(|(one, other)| [*one, *other]).collect();
    let involved: Vec<Uuid> = involved.into_iter().collect();
    let (leads_to, features) = store.features(tx, &involved).await?;
    let pair = |(one, other): &(Uuid, Uuid)| {
        let (one, other) = (*leads_to.get(one)?, *leads_to.get(other)?);
        (one != other).then(|| (one.min(other), one.max(other)))
    };
    // Somebody may have said it of any of those who are one now.
    let all: Vec<Uuid> = leads_to.keys().copied().collect();
    let apart: BTreeSet<(Uuid, Uuid)> = store.kept_apart(tx, &all).await?.iter().filter_map(pair).collect();
    let administrators: BTreeSet<Uuid> =
        store.administrators_among(tx, &all).await?.iter().filter_map(|id| leads_to.get(id).copied()).collect();
    let pairs: BTreeSet<(Uuid, Uuid)> = candidates.iter().filter_map(pair).collect();
    let (mut round, mut proposals, mut merged) = (Round::default(), Vec::new(), BTreeSet::new());
    for (older, newer) in pairs.difference(&apart).copied() {
        if merged.contains(&older) || merged.contains(&newer) {
            round.unfinished = true;
            continue;
        }
        let likeness = Likeness::of(&features[&older], &features[&newer]);
        let verdict = match likeness.verdict() {
            // Nobody administers by what a rule makes of them.
            Verdict::Same(rule) if administrators.contains(&older) || administrators.contains(&newer) => {
                Verdict::Doubtful(rule)
            }
            verdict => verdict,
        };
        match verdict {
            Verdict::Different => {}
            Verdict::Doubtful(rule) => proposals.push(NewProposal {
                proposal_id: Uuid::now_v7(),
                one: older,
                other: newer,
                rule,
                evidence: likeness.evidence(),
            }),
            Verdict::Same(rule) => {
                let why = Evidence { rule: rule.to_owned(), evidence: likeness.evidence() };
                // Who was known first keeps the pseudonyms under which clients know them.
                merge::merge_in(store, tx, now, newer, older, &why).await?;
                merged.extend([older, newer]);
                round.merges += 1;
            }
        }
    }
    round.proposals = store.propose(tx, &proposals, now).await?;
    Ok(round)
}

/// A person whom too many share something with shares nothing that says who they are.
fn bounded(candidates: BTreeSet<(Uuid, Uuid)>) -> BTreeSet<(Uuid, Uuid)> {
    let mut of_each: std::collections::HashMap<Uuid, usize> = std::collections::HashMap::new();
    candidates
        .into_iter()
        .filter(|(one, other)| {
            let mut within = true;
            for id in [one, other] {
                let count = of_each.entry(*id).or_default();
                *count += 1;
                within &= *count <= MOST;
            }
            within
        })
        .collect()
}
