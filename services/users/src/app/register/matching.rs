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
    if candidates.is_empty() {
        return Ok((0, 0));
    }
    let involved: BTreeSet<Uuid> = candidates.iter().flat_map(|(one, other)| [*one, *other]).collect();
    let involved: Vec<Uuid> = involved.into_iter().collect();
    let (leads_to, features) = store.features(tx, &involved).await?;
    let pairs: BTreeSet<(Uuid, Uuid)> = candidates
        .into_iter()
        .map(|(one, other)| (leads_to[&one], leads_to[&other]))
        .filter(|(one, other)| one != other)
        .map(|(one, other)| (one.min(other), one.max(other)))
        .collect();
    let apart = store.kept_apart(tx, &involved).await?;
    let (mut merges, mut proposals) = (0, Vec::new());
    for (older, newer) in pairs.into_iter().filter(|pair| !apart.contains(pair)) {
        let likeness = Likeness::of(&features[&older], &features[&newer]);
        match likeness.verdict() {
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
                match merge::merge_in(store, tx, now, newer, older, &why).await {
                    Ok(_) => merges += 1,
                    // A merge before has made them one.
                    Err(merge::MergeError::SamePerson) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
    let proposed = u64::try_from(proposals.len()).unwrap_or(u64::MAX);
    store.propose(tx, &proposals, now).await?;
    Ok((merges, proposed))
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
