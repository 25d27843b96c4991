//! Following the directory: its events become this service's own picture of it, in order and once in effect.

use db::outbox;
use db::{Db, StoreError};

use crate::Store;

/// Events applied in one transaction.
const BATCH: u32 = 500;

/// Applies every event of the outbox in `source_db` that this service has not applied yet; returns how many.
///
/// Two deliverers may run at once: each batch moves the offset in its own transaction, and who finds it moved drops the
/// batch and goes on from there.
///
/// # Errors
/// When either database fails; what was applied before stays.
pub async fn apply_events(store: &Store, source: &str, source_db: &Db) -> Result<u64, StoreError> {
    let mut applied = 0;
    loop {
        let from = outbox::offset(store.db(), source).await?;
        let events = outbox::after(source_db, from, BATCH).await?;
        let Some(last) = events.last() else {
            if from > outbox::last(source_db).await? {
                // The producer's database was made anew: its events begin again, and each tells a whole state.
                tracing::warn!(
                    source,
                    offset = from,
                    "the events of this source begin before the offset: all are applied again"
                );
                let mut tx = store.db().begin().await?;
                if outbox::advance(&mut tx, source, from, 0).await? {
                    tx.commit().await?;
                }
                continue;
            }
            return Ok(applied);
        };
        let to = last.seq;
        let mut tx = store.db().begin().await?;
        if !outbox::advance(&mut tx, source, from, to).await? {
            continue;
        }
        places::apply(&mut tx, &events).await?;
        tx.commit().await?;
        applied += events.len() as u64;
    }
}
