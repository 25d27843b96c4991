//! Merging two people into one, and undoing it. Nothing is moved: the ids stay, beside a table of where lookups lead.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use db::outbox::{self, NewEvent};
use db::{StoreError, Tx};
use kernel::events::{PersonMerged, PersonUnmerged};
use kernel::{Clock, ErrorCode, Fault};
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
    Unreadable(Fault),
}

impl From<MergeError> for Fault {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::UnknownPerson | MergeError::UnknownMerge => Self::new(ErrorCode::NotFound, error.to_string()),
            MergeError::SamePerson => Self::new(ErrorCode::Conflict, error.to_string()),
            MergeError::Store(error) => error.into(),
            MergeError::Unreadable(fault) => fault,
        }
    }
}

/// Makes lookups of `from`, and of everybody who led there, lead to `into`. Returns the merge's id, by which it can be undone.
///
/// # Errors
/// When one of them is not known or both are one already, or the database fails.
pub async fn merge(store: &Store, clock: &Clock, from: Uuid, into: Uuid, why: &Evidence) -> Result<Uuid, MergeError> {
    let mut tx = store.db().begin().await?;
    store.lock_merges(&mut tx).await?;
    let merge_id = merge_in(store, &mut tx, clock.now(), from, into, why).await?;
    tx.commit().await?;
    Ok(merge_id)
}

/// The same within a transaction that has the right to merge.
pub(crate) async fn merge_in(
    store: &Store,
    tx: &mut Tx,
    now: DateTime<Utc>,
    from: Uuid,
    into: Uuid,
    why: &Evidence,
) -> Result<Uuid, MergeError> {
    let led_from = store.canonical_in(tx, from).await?.ok_or(MergeError::UnknownPerson)?;
    let leads_to = store.canonical_in(tx, into).await?.ok_or(MergeError::UnknownPerson)?;
    if led_from == leads_to {
        return Err(MergeError::SamePerson);
    }
    let merge_id = Uuid::now_v7();
    let row = MergeRow {
        merge_id,
        from_id: from,
        into_id: into,
        rule: why.rule.clone(),
        evidence: why.evidence.clone(),
        merged_at: now,
        undone_at: None,
    };
    store.insert_merge(tx, &row).await?;
    let led = store.members(tx, led_from).await?;
    store.redirect(tx, &led.iter().map(|id| (*id, leads_to)).collect::<Vec<_>>()).await?;
    let payload = PersonMerged { person_ids: led.iter().map(Uuid::to_string).collect(), into: leads_to.to_string() };
    let mut events = vec![NewEvent::new(PersonMerged::KIND, leads_to.to_string(), &payload)];
    let people = store.people_in(tx, &[leads_to]).await.map_err(MergeError::Unreadable)?;
    events.extend(told(&people, &[leads_to]));
    outbox::append(tx, &events, now).await?;
    Ok(merge_id)
}

/// Undoes a merge: whoever was one person leads again where the other merges in force say.
///
/// # Errors
/// When no such merge is in force, or the database fails.
pub async fn unmerge(store: &Store, clock: &Clock, merge_id: Uuid) -> Result<(), MergeError> {
    let mut tx = store.db().begin().await?;
    store.lock_merges(&mut tx).await?;
    let row = store.merge_in_force(&mut tx, merge_id).await?.ok_or(MergeError::UnknownMerge)?;
    let together = store.canonical_in(&mut tx, row.into_id).await?.ok_or(MergeError::UnknownPerson)?;
    let members = store.members(&mut tx, together).await?;
    let now = clock.now();
    store.end_merge(&mut tx, merge_id, now).await?;
    let leads_to = replayed(&members, &store.merges_among(&mut tx, &members).await?);
    store.redirect(&mut tx, &leads_to).await?;
    let redirects = leads_to.iter().map(|(id, canonical)| (id.to_string(), canonical.to_string())).collect();
    let mut events = vec![NewEvent::new(PersonUnmerged::KIND, together.to_string(), &PersonUnmerged { redirects })];
    let now_people: BTreeSet<Uuid> = leads_to.iter().map(|(_, canonical)| *canonical).collect();
    let now_people: Vec<Uuid> = now_people.into_iter().collect();
    let people = store.people_in(&mut tx, &now_people).await.map_err(MergeError::Unreadable)?;
    events.extend(told(&people, &now_people));
    outbox::append(&mut tx, &events, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Where each of these leads by these merges alone, applied in their order.
fn replayed(members: &[Uuid], merges: &[(Uuid, Uuid)]) -> Vec<(Uuid, Uuid)> {
    let mut leads_to: BTreeMap<Uuid, Uuid> = members.iter().map(|id| (*id, *id)).collect();
    for (from, into) in merges {
        let (Some(from), Some(into)) = (leads_to.get(from).copied(), leads_to.get(into).copied()) else { continue };
        for canonical in leads_to.values_mut().filter(|canonical| **canonical == from) {
            *canonical = into;
        }
    }
    leads_to.into_iter().collect()
}
