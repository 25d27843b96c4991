//! Sharing: publishing for an audience, withdrawing, and discarding what was never published.

use kernel::Clock;
use uuid::Uuid;

use super::change::{self, ChangeError};
use crate::Store;
use crate::domain::{Audience, Status};

/// Shares a production with an audience; one that is shared already keeps its place in the lists.
///
/// # Errors
/// When there is no such production, or nothing of it was saved yet.
pub async fn publish(store: &Store, clock: &Clock, id: Uuid, audience: Audience) -> Result<(), ChangeError> {
    let now = clock.now();
    let mut tx = change::begin(store, id, now).await?;
    let row = store.production_in(&mut tx, id).await?.ok_or(ChangeError::UnknownProduction(id))?;
    if row.last_version == 0 {
        return Err(ChangeError::State("a production is published once a version of it was saved"));
    }
    let since = if row.status()?.is_shared() { row.published_at } else { None };
    store.write_status(&mut tx, id, (Status::Published, audience), since.or(Some(now))).await?;
    change::end(store, tx, id, now).await
}

/// Takes a production away from its audience; its participants keep it.
///
/// # Errors
/// When there is no such production, or it is not shared.
pub async fn withdraw(store: &Store, clock: &Clock, id: Uuid) -> Result<(), ChangeError> {
    let now = clock.now();
    let mut tx = change::begin(store, id, now).await?;
    let row = store.production_in(&mut tx, id).await?.ok_or(ChangeError::UnknownProduction(id))?;
    if !row.status()?.is_shared() {
        return Err(ChangeError::State("only what is published can be withdrawn"));
    }
    store.write_status(&mut tx, id, (Status::Withdrawn, row.audience()?), None).await?;
    change::end(store, tx, id, now).await
}

/// Removes a production that its audience does not see.
///
/// # Errors
/// When there is no such production, or it is shared: withdraw it first.
pub async fn discard(store: &Store, clock: &Clock, id: Uuid) -> Result<(), ChangeError> {
    let now = clock.now();
    let mut tx = change::begin(store, id, now).await?;
    let row = store.production_in(&mut tx, id).await?.ok_or(ChangeError::UnknownProduction(id))?;
    if row.status()?.is_shared() {
        return Err(ChangeError::State("a published production is withdrawn before it is discarded"));
    }
    // Whoever counts productions learns that this one counts no more before it is gone.
    store.write_status(&mut tx, id, (Status::Withdrawn, Audience::Participants), None).await?;
    change::tell(store, &mut tx, id, now).await?;
    store.delete_production(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}
