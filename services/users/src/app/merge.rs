//! Merging two people into one, and undoing it. Nothing is moved: the ids stay, beside a table of where lookups lead.

use db::StoreError;
use db::outbox::{self, NewEvent};
use kernel::Clock;
use kernel::events::{PersonMerged, PersonUnmerged};
use uuid::Uuid;

use super::register::told;
use crate::Store;
use crate::store::MergeRow;

/// Why two people are taken to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Which rule says so.
    pub rule: String,
    /// On what it rests.
    pub evidence: String,
}

/// The people stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// No such person.
    #[error("one of the two people is not known")]
    UnknownPerson,
    /// They are one already.
    #[error("lookups of both lead to the same person already")]
    SamePerson,
    /// No such merge in force.
    #[error("no such merge is in force")]
    UnknownMerge,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is stored cannot be read.
    #[error("people cannot be read: {0}")]
    Unreadable(kernel::Fault),
}

/// Makes lookups of `from`, and of everybody who led there, lead to `into`. Returns the merge's id, by which it can be undone.
///
/// # Errors
/// When one of them is not known or both are one already, or the database fails.
pub async fn merge(store: &Store, clock: &Clock, from: Uuid, into: Uuid, why: &Evidence) -> Result<Uuid, MergeError> {
    let mut tx = store.db().begin().await?;
    store.lock_merges(&mut tx).await?;
    let from = store.canonical_in(&mut tx, from).await?.ok_or(MergeError::UnknownPerson)?;
    let into = store.canonical_in(&mut tx, into).await?.ok_or(MergeError::UnknownPerson)?;
    if from == into {
        return Err(MergeError::SamePerson);
    }
    let (merge_id, now) = (Uuid::now_v7(), clock.now());
    let row = MergeRow {
        merge_id,
        from_id: from,
        into_id: into,
        rule: why.rule.clone(),
        evidence: why.evidence.clone(),
        merged_at: now,
        undone_at: None,
    };
    store.insert_merge(&mut tx, &row).await?;
    let led = store.members(&mut tx, from).await?;
    store.redirect(&mut tx, &led, into).await?;
    let payload = PersonMerged { person_ids: led.iter().map(Uuid::to_string).collect(), into: into.to_string() };
    let mut events = vec![NewEvent::new(PersonMerged::KIND, into.to_string(), &payload)];
    let people = store.people_in(&mut tx, &[into]).await.map_err(MergeError::Unreadable)?;
    events.extend(told(&people, &[into]));
    outbox::append(&mut tx, &events, now).await?;
    tx.commit().await?;
    Ok(merge_id)
}

/// Undoes a merge: lookups of those who led to the one who was merged lead there again, whatever was merged since.
///
/// # Errors
/// When no such merge is in force, or the database fails.
pub async fn unmerge(store: &Store, clock: &Clock, merge_id: Uuid) -> Result<(), MergeError> {
    let mut tx = store.db().begin().await?;
    store.lock_merges(&mut tx).await?;
    let row = store.merge_in_force(&mut tx, merge_id).await?.ok_or(MergeError::UnknownMerge)?;
    let left = store.canonical_in(&mut tx, row.into_id).await?.ok_or(MergeError::UnknownPerson)?;
    let now = clock.now();
    store.end_merge(&mut tx, merge_id, now).await?;
    let led = store.below(&mut tx, row.from_id).await?;
    store.redirect(&mut tx, &led, row.from_id).await?;
    let redirects = led.iter().map(|id| (id.to_string(), row.from_id.to_string())).collect();
    let mut events = vec![NewEvent::new(PersonUnmerged::KIND, row.from_id.to_string(), &PersonUnmerged { redirects })];
    let both = [row.from_id, left];
    let people = store.people_in(&mut tx, &both).await.map_err(MergeError::Unreadable)?;
    events.extend(told(&people, &both));
    outbox::append(&mut tx, &events, now).await?;
    tx.commit().await?;
    Ok(())
}
