//! The producer's end of its streams: what its outbox has, a window ahead of each consumer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use db::{Db, StoreError, outbox};
use redis::AsyncCommands;
use redis::streams::{StreamRangeReply, StreamTrimOptions, StreamTrimmingMode};
use tokio::time::sleep;

use super::append::{After, append};
use super::connection::Link;
use super::cursor::Cursor;
use super::{Keys, Streams, StreamsError, entry};
use crate::Worker;
use crate::deliver::BATCH;
use crate::trouble::{Trouble, with_causes};
use crate::worker::Lease;

/// Events that a stream holds ahead of its consumer, at most: what bounds the memory of Redis.
pub const WINDOW: i64 = 10_000;

/// How long the relay rests when every consumer has what it may have.
const REST: Duration = Duration::from_millis(300);
/// How long it rests after a failure, and while another relay is at work.
const PAUSE: Duration = Duration::from_secs(1);

/// A step did not succeed; the next one tries again.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// Redis failed.
    #[error("Redis failed")]
    Streams(#[from] StreamsError),
}

impl From<redis::RedisError> for RelayError {
    fn from(error: redis::RedisError) -> Self {
        Self::Streams(error.into())
    }
}

/// Copies one service's outbox to the streams of those who follow it.
pub struct Relay {
    service: &'static str,
    worker: Worker,
    outbox: Db,
    keys: Keys,
    link: Link,
    lease: Lease,
    /// Consumers whose stream was begun by this relay since it holds the lease. What another one left is not gone on with: it may
    /// tell of a database that was put back since.
    begun: BTreeSet<String>,
}

impl Relay {
    /// Relays the outbox of `service`, whose database is `outbox`.
    pub fn new(worker: &Worker, service: &'static str, outbox: Db, streams: &Streams) -> Self {
        Self {
            service,
            worker: worker.clone(),
            keys: streams.keys(service),
            link: streams.link(),
            lease: worker.relaying(&outbox),
            outbox,
            begun: BTreeSet::new(),
        }
    }

    /// Gives each consumer one more batch, where it may have one; returns how many events were written, none while another relay
    /// holds the lease.
    ///
    /// # Errors
    /// When the database or Redis fails.
    pub async fn step(&mut self) -> Result<u64, RelayError> {
        let held = self.lease.is_held();
        if !self.lease.hold().await? {
            self.begun.clear();
            return Ok(0);
        }
        if !held {
            self.begun.clear();
        }
        self.serve_all().await.inspect_err(|_| self.link.forget())
    }

    /// Gives back the lease, so that another relay need not wait for its end.
    pub async fn release(&mut self) {
        self.lease.release().await;
    }

    /// Relays until dropped. What fails is told once, and tried again.
    pub(crate) async fn relay(&mut self) {
        let mut trouble = Trouble::new(format!("relaying the events of {}", self.service));
        loop {
            let rest = match self.step().await {
                Ok(written) => {
                    trouble.ends();
                    match written {
                        0 if self.lease.is_held() => REST,
                        0 => PAUSE,
                        _ => continue,
                    }
                }
                Err(error) => {
                    trouble.begins(&with_causes(&error));
                    PAUSE
                }
            };
            sleep(rest).await;
        }
    }

    async fn serve_all(&mut self) -> Result<u64, RelayError> {
        let cursors: BTreeMap<String, String> = self.link.get().await?.hgetall(self.keys.cursors()).await?;
        // Read after the cursors: an offset beyond it is one of another outbox.
        let last = outbox::last(&self.outbox).await?;
        let mut written = 0;
        for (consumer, cursor) in cursors {
            match Cursor::parse(&cursor).filter(|cursor| !cursor.is_gone(self.worker.now())) {
                None => self.drop_consumer(&consumer).await?,
                Some(cursor) if cursor.offset > last => self.tell_ahead(&consumer, cursor.offset).await?,
                Some(cursor) => written += self.serve(&consumer, cursor.offset, last).await?,
            }
        }
        Ok(written)
    }

    /// Tells a consumer that its offset is one of another outbox, and takes that outbox's events out of its way.
    async fn tell_ahead(&mut self, consumer: &str, offset: i64) -> Result<(), RelayError> {
        self.begun.remove(consumer);
        let mut tell = redis::pipe();
        tell.atomic().del(self.keys.stream(consumer)).hset(self.keys.ahead(), consumer, offset);
        let () = tell.query_async(self.link.get().await?).await?;
        Ok(())
    }

    async fn drop_consumer(&mut self, consumer: &str) -> Result<(), RelayError> {
        self.begun.remove(consumer);
        let mut forget = redis::pipe();
        forget.hdel(self.keys.cursors(), consumer).hdel(self.keys.ahead(), consumer).del(self.keys.stream(consumer));
        let () = forget.query_async(self.link.get().await?).await?;
        tracing::info!(
            service = self.service,
            consumer,
            "nothing was heard of this consumer for long: its stream is gone"
        );
        Ok(())
    }

    /// One more batch for a consumer that has applied everything up to `offset`.
    async fn serve(&mut self, consumer: &str, offset: i64, last: i64) -> Result<u64, RelayError> {
        let stream = self.keys.stream(consumer);
        let after = self.after(&stream, consumer, offset).await?;
        let room = (offset + WINDOW - after.seq()).clamp(0, i64::from(BATCH));
        let room = u32::try_from(room).expect("the batch is small");
        // What another relay left is emptied even where there is nothing to write in its place.
        if self.begun.contains(consumer) && (room == 0 || after.seq() >= last) {
            return Ok(0);
        }
        let events = outbox::after(&self.outbox, after.seq(), room).await?;
        if append(self.link.get().await?, &stream, after, &events).await? {
            self.begun.insert(consumer.to_owned());
            return Ok(events.len() as u64);
        }
        Ok(0)
    }

    /// Drops what the consumer has applied, and says where its stream is gone on with.
    async fn after(&mut self, stream: &str, consumer: &str, offset: i64) -> Result<After, RelayError> {
        if !self.begun.contains(consumer) {
            return Ok(After::Anew(offset));
        }
        let applied = StreamTrimOptions::minid(StreamTrimmingMode::Exact, entry::id_of(offset + 1));
        let mut looked = redis::pipe();
        looked
            .xtrim_options(stream, &applied)
            .ignore()
            .xrange_count(stream, "-", "+", 1)
            .xrevrange_count(stream, "+", "-", 1);
        let (first, last): (StreamRangeReply, StreamRangeReply) = looked.query_async(self.link.get().await?).await?;
        let (Some(first), Some(last)) = (first.ids.first(), last.ids.first()) else {
            return Ok(After::Anew(offset));
        };
        let (first, last) = (entry::read(stream, first), entry::read(stream, last));
        Ok(match (first, last) {
            (Ok(first), Ok(last)) if first.previous <= offset => After::Last(last.event.seq),
            // The consumer was set back, or somebody else wrote here.
            _ => After::Anew(offset),
        })
    }
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Relay").field("service", &self.service).finish_non_exhaustive()
    }
}
