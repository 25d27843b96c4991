//! Making a projection anew, beside those who read it and those who deliver.

use db::outbox;
use db::{Db, StoreError, Tx};

use crate::deliver::BATCH;
use crate::worker::Lease;
use crate::{Projection, Worker};

/// A projection could not be rebuilt; it stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The outbox of a service that is followed was not given.
    #[error("the events of {0} are followed, and its database is not at hand")]
    Missing(&'static str),
    /// A database failed.
    #[error("the database failed; the projection is as it was")]
    Store(#[from] StoreError),
}

/// Empties `projection` and applies again all events that its sources have, out of their databases `producers`; returns how many.
///
/// One transaction: readers see what was until it ends, and then what is. Deliverers wait for it, those of SQLite ten seconds at
/// most. Memory is bounded by the batch.
///
/// # Errors
/// When a source's database is not among `producers`, or a database fails.
pub async fn rebuild(
    worker: &Worker,
    projection: &dyn Projection,
    producers: &[(&str, Db)],
) -> Result<u64, RebuildError> {
    let mut sources = Vec::new();
    for &source in projection.sources() {
        let found = producers.iter().find(|(name, _)| *name == source);
        let (_, producer) = found.ok_or(RebuildError::Missing(source))?;
        sources.push((source, producer));
    }
    let mut leases: Vec<Lease> = sources.iter().map(|(source, _)| worker.delivering(projection.db(), source)).collect();
    // Taken, not waited for: a follower keeps its own for as long as it runs. It finds out when it renews.
    for lease in &mut leases {
        lease.take().await?;
    }
    let outcome = in_one_transaction(projection, &sources).await;
    for lease in &mut leases {
        lease.release().await;
    }
    Ok(outcome?)
}

async fn in_one_transaction(projection: &dyn Projection, sources: &[(&str, &Db)]) -> Result<u64, StoreError> {
    let mut tx = projection.db().begin().await?;
    // The offsets' rows first: a batch of somebody else's that has begun ends before, and no other begins until this is over.
    for (source, _) in sources {
        outbox::set_offset(&mut tx, source, 0).await?;
    }
    let mut applied = 0;
    for (source, producer) in sources {
        projection.clear(&mut tx, source).await?;
        applied += apply_all(&mut tx, projection, source, producer).await?;
    }
    tx.commit().await?;
    Ok(applied)
}

async fn apply_all(tx: &mut Tx, projection: &dyn Projection, source: &str, producer: &Db) -> Result<u64, StoreError> {
    let (mut applied, mut from) = (0, 0);
    // What is written from now on is delivered afterwards: a busy producer must not keep this from its end.
    let until = outbox::last(producer).await?;
    while from < until {
        let mut events = outbox::after(producer, from, BATCH).await?;
        events.retain(|event| event.seq <= until);
        let Some(last) = events.last() else { break };
        from = last.seq;
        projection.apply(tx, source, &events).await?;
        applied += events.len() as u64;
    }
    outbox::set_offset(tx, source, from).await?;
    Ok(applied)
}
