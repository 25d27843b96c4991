//! The consumer's end of a stream.

use std::time::Duration;

use db::outbox::{self, Event};
use redis::AsyncCommands;
use redis::streams::{StreamReadOptions, StreamReadReply};

use super::connection::Link;
use super::cursor::Cursor;
use super::{Keys, StreamsError, entry};
use crate::deliver::{BATCH, apply, begin_again};
use crate::{FollowError, Projection, Step, Worker};

/// Reads one producer's events for one consumer.
pub(crate) struct Inlet {
    worker: Worker,
    source: &'static str,
    consumer: &'static str,
    keys: Keys,
    link: Link,
}

/// What the stream had.
enum Arrived {
    /// The events that come next.
    Next(Vec<Event>),
    /// Nothing.
    Nothing,
    /// Later ones only.
    Later,
    /// The relay says that the outbox ends before the offset.
    Ahead,
}

impl Inlet {
    pub(super) fn new(worker: Worker, source: &'static str, consumer: &'static str, keys: Keys, link: Link) -> Self {
        Self { worker, source, consumer, keys, link }
    }

    /// Tells the relay how far the consumer is, and applies what comes next.
    pub(crate) async fn step(&mut self, projection: &dyn Projection, wait: Duration) -> Result<Step, FollowError> {
        let from = outbox::offset(projection.db(), self.source).await?;
        let arrived = self.read(from, wait).await.inspect_err(|_| self.link.forget())?;
        Ok(match arrived {
            Arrived::Nothing => Step::Current,
            Arrived::Later => Step::Waiting,
            Arrived::Next(events) => Step::Applied(apply(projection, self.source, from, &events).await?),
            Arrived::Ahead => {
                begin_again(projection, self.source, from).await?;
                Step::Applied(0)
            }
        })
    }

    async fn read(&mut self, from: i64, wait: Duration) -> Result<Arrived, StreamsError> {
        let (cursors, ahead, stream) = (self.keys.cursors(), self.keys.ahead(), self.keys.stream(self.consumer));
        let cursor = Cursor::new(from, self.worker.now()).spelling();
        let connection = self.link.get().await?;
        let mut told = redis::pipe();
        told.hset(&cursors, self.consumer, cursor).ignore().hget(&ahead, self.consumer);
        let (ahead_of,): (Option<i64>,) = told.query_async(connection).await?;
        if ahead_of == Some(from) {
            let () = connection.hdel(&ahead, self.consumer).await?;
            return Ok(Arrived::Ahead);
        }
        let wait = usize::try_from(wait.as_millis()).unwrap_or(usize::MAX).max(1);
        let options = StreamReadOptions::default().block(wait).count(BATCH as usize);
        let reply: Option<StreamReadReply> =
            connection.xread_options(&[&stream], &[entry::id_of(from)], &options).await?;
        let found: Vec<_> = reply.into_iter().flat_map(|reply| reply.keys).flat_map(|key| key.ids).collect();
        let entries: Result<Vec<_>, _> = found.iter().map(|found| entry::read(&stream, found)).collect();
        let entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                // Everything in it can be had again.
                let () = connection.del(&stream).await?;
                return Err(error);
            }
        };
        if entries.is_empty() {
            return Ok(Arrived::Nothing);
        }
        let next = entry::next_after(from, entries);
        Ok(if next.is_empty() { Arrived::Later } else { Arrived::Next(next) })
    }
}
