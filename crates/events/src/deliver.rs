//! Delivery from the producer's own database: batch after batch, each in one transaction with the offset.

use std::time::Duration;

use db::outbox::{self, Event};
use db::{Db, StoreError};
use tokio::time::{Instant, sleep};

use crate::worker::Lease;
use crate::{Projection, Worker};

/// Events applied in one transaction.
pub(crate) const BATCH: u32 = 500;
/// How long a command lets another deliverer stand still before it goes on without the lease.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often a command looks whether the other has gone on.
const LOOK: Duration = Duration::from_millis(50);

/// What one step of a delivery did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Events were taken: so many applied here, none where another deliverer was faster. There may be more.
    Applied(u64),
    /// There is nothing new.
    Current,
    /// Somebody else is delivering.
    Busy,
    /// The events that come next have not arrived in the stream yet.
    Waiting,
}

/// Applies everything of the outbox in `producer` that `projection` has not applied yet; returns how many events were applied here.
///
/// While somebody else holds the lease, this waits for them; when they do not go on, it delivers beside them.
///
/// # Errors
/// When either database fails; what was applied before stays.
pub async fn deliver(
    worker: &Worker,
    projection: &dyn Projection,
    source: &str,
    producer: &Db,
) -> Result<u64, StoreError> {
    let mut lease = worker.delivering(projection.db(), source);
    let outcome = deliver_all(&mut lease, projection, source, producer).await;
    lease.release().await;
    outcome
}

async fn deliver_all(
    lease: &mut Lease,
    projection: &dyn Projection,
    source: &str,
    producer: &Db,
) -> Result<u64, StoreError> {
    let mut applied = 0;
    let mut others = Others::new();
    loop {
        let next = Next::read(projection, source, producer).await?;
        if next.is_current() {
            return Ok(applied);
        }
        if !lease.hold().await? && others.go_on(next.from) {
            sleep(LOOK).await;
            continue;
        }
        applied += next.apply(projection, source).await?;
    }
}

/// Whether those who hold the lease make use of it.
struct Others {
    seen: Option<i64>,
    since: Instant,
    given_up: bool,
}

impl Others {
    fn new() -> Self {
        Self { seen: None, since: Instant::now(), given_up: false }
    }

    /// Whether the offset `now` has moved since it was last looked at, or may still.
    fn go_on(&mut self, now: i64) -> bool {
        if self.seen != Some(now) {
            (self.seen, self.since) = (Some(now), Instant::now());
        }
        self.given_up |= self.since.elapsed() >= PATIENCE;
        !self.given_up
    }
}

/// One batch from the producer's database, under the lease.
pub(crate) async fn step(
    lease: &mut Lease,
    projection: &dyn Projection,
    source: &str,
    producer: &Db,
) -> Result<Step, StoreError> {
    let next = Next::read(projection, source, producer).await?;
    // A lease is taken only where there is work: an idle installation writes nothing.
    if next.is_current() {
        return Ok(Step::Current);
    }
    if !lease.hold().await? {
        return Ok(Step::Busy);
    }
    next.apply(projection, source).await.map(Step::Applied)
}

/// What comes next in the producer's database.
struct Next {
    from: i64,
    events: Vec<Event>,
    /// The outbox ends before the offset.
    anew: bool,
}

impl Next {
    async fn read(projection: &dyn Projection, source: &str, producer: &Db) -> Result<Self, StoreError> {
        let from = outbox::offset(projection.db(), source).await?;
        let events = outbox::after(producer, from, BATCH).await?;
        let anew = events.is_empty() && from > outbox::last(producer).await?;
        Ok(Self { from, events, anew })
    }

    fn is_current(&self) -> bool {
        self.events.is_empty() && !self.anew
    }

    async fn apply(&self, projection: &dyn Projection, source: &str) -> Result<u64, StoreError> {
        if self.anew {
            begin_again(projection, source, self.from).await?;
            return Ok(0);
        }
        apply(projection, source, self.from, &self.events).await
    }
}

/// Applies `events`, which come next after `from`, and moves the offset with them; returns how many, 0 where another was faster.
pub(crate) async fn apply(
    projection: &dyn Projection,
    source: &str,
    from: i64,
    events: &[Event],
) -> Result<u64, StoreError> {
    let Some(last) = events.last() else { return Ok(0) };
    let mut tx = projection.db().begin().await?;
    // First of all: who comes second waits here, and has written nothing that must be undone.
    if !outbox::advance(&mut tx, source, from, last.seq).await? {
        return Ok(0);
    }
    projection.apply(&mut tx, source, events).await?;
    tx.commit().await?;
    Ok(events.len() as u64)
}

/// The producer's database was made anew: its events begin again, and each tells a whole state.
pub(crate) async fn begin_again(projection: &dyn Projection, source: &str, from: i64) -> Result<(), StoreError> {
    let mut tx = projection.db().begin().await?;
    if outbox::advance(&mut tx, source, from, 0).await? {
        // What is no more is told by no event.
        projection.clear(&mut tx, source).await?;
        tx.commit().await?;
        let consumer = projection.name();
        tracing::warn!(
            consumer,
            source,
            offset = from,
            "the events of this source begin before the offset: all are applied again"
        );
    }
    Ok(())
}
