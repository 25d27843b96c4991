//! A producer, a consumer, and a way between them.

mod keys;
mod ledger;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use db::outbox::{self, NewEvent};
use db::testing::{Backend, Fresh};
use events::{Follower, Relay, Source, Step, Streams, Worker};
use kernel::Clock;

pub(crate) use keys::Keys;
pub(crate) use ledger::{Counted, Ledger};

/// The producer's name.
pub(crate) const SOURCE: &str = "shop";

static PRODUCER: sqlx::migrate::Migrator = sqlx::migrate!("./tests/producer");
static CONSUMER: sqlx::migrate::Migrator = sqlx::migrate!("./tests/consumer");

/// By which way events go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// The consumer reads the producer's database.
    Direct,
    /// Over Redis.
    Redis,
}

/// A producer and one consumer.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) producer: Fresh,
    pub(crate) ledger: Ledger,
    pub(crate) transport: Transport,
    pub(crate) keys: Option<Keys>,
    backend: Backend,
    consumers: Vec<Fresh>,
}

/// A moment, and so many seconds later.
pub(crate) fn moment(seconds: i64) -> DateTime<Utc> {
    let noon: DateTime<Utc> = "2021-02-01T12:00:00Z".parse().expect("a moment");
    noon + TimeDelta::seconds(seconds)
}

/// A worker whose clock stands at [`moment`] + `seconds`.
pub(crate) fn worker(seconds: i64) -> Worker {
    Worker::new(Clock::Fixed(moment(seconds)))
}

/// How long a step waits in a test that knows that nothing will come.
pub(crate) const BRIEFLY: Duration = Duration::from_millis(5);

impl House {
    pub(crate) async fn new(transport: Transport, backend: Backend) -> Self {
        let producer = backend.fresh(&PRODUCER).await;
        let consumer = backend.fresh(&CONSUMER).await;
        let ledger = Ledger { name: "desk", db: consumer.db.clone() };
        let keys = (transport == Transport::Redis).then(Keys::fresh);
        Self { producer, ledger, transport, keys, backend, consumers: vec![consumer] }
    }

    /// Another service that follows the same producer.
    pub(crate) async fn another(&mut self, name: &'static str) -> Ledger {
        let consumer = self.backend.fresh(&CONSUMER).await;
        let ledger = Ledger { name, db: consumer.db.clone() };
        self.consumers.push(consumer);
        ledger
    }

    /// A producer whose database was made anew.
    pub(crate) async fn with_new_producer(self) -> Self {
        let producer = self.backend.fresh(&PRODUCER).await;
        Self { producer, ..self }
    }

    /// Writes `events` in one transaction.
    pub(crate) async fn write(&self, events: &[(&str, i64)]) {
        let new = |(id, value): &(&str, i64)| NewEvent::new("Counted", (*id).to_owned(), &Counted { value: *value });
        self.append(events.iter().map(new).collect()).await;
    }

    /// Writes so many events on 50 things, 400 in a transaction.
    pub(crate) async fn write_many(&self, count: i64) {
        let events: Vec<NewEvent> = (0..count)
            .map(|n| NewEvent::new("Counted", format!("thing {:02}", n % 50), &Counted { value: n }))
            .collect();
        for events in events.chunks(400) {
            self.append(events.to_vec()).await;
        }
    }

    pub(crate) async fn append(&self, events: Vec<NewEvent>) {
        let mut tx = self.producer.db.begin().await.expect("begins");
        outbox::append(&mut tx, &events, moment(0)).await.expect("appended");
        tx.commit().await.expect("committed");
    }

    /// Writes events that are taken back.
    pub(crate) async fn write_and_roll_back(&self) {
        let mut tx = self.producer.db.begin().await.expect("begins");
        let events = [1, 2].map(|value| NewEvent::new("Counted", "never", &Counted { value }));
        outbox::append(&mut tx, &events, moment(0)).await.expect("appended");
        drop(tx);
    }

    pub(crate) fn streams(&self) -> &Streams {
        &self.keys.as_ref().expect("a test over Redis").streams
    }

    pub(crate) fn follower_of(&self, worker: &Worker, ledger: &Ledger) -> Follower {
        let from = match self.transport {
            Transport::Direct => Source::Direct(self.producer.db.clone()),
            Transport::Redis => Source::Streams(self.streams().clone()),
        };
        Follower::new(worker, Arc::new(ledger.clone()), SOURCE, from)
    }

    pub(crate) fn follower(&self, worker: &Worker) -> Follower {
        self.follower_of(worker, &self.ledger)
    }

    /// The relay, where there is one.
    pub(crate) fn relay(&self, worker: &Worker) -> Option<Relay> {
        let streams = &self.keys.as_ref()?.streams;
        Some(Relay::new(worker, SOURCE, self.producer.db.clone(), streams))
    }

    /// How far a consumer is, and how far the producer.
    pub(crate) async fn distance(&self, ledger: &Ledger) -> (i64, i64) {
        let offset = outbox::offset(&ledger.db, SOURCE).await.expect("readable");
        (offset, outbox::last(&self.producer.db).await.expect("readable"))
    }

    /// Delivers until nothing is left; returns how many events were applied.
    pub(crate) async fn deliver_to(&self, ledger: &Ledger) -> u64 {
        let (mut follower, mut relay) = (self.follower_of(&worker(0), ledger), self.relay(&worker(0)));
        let mut applied = 0;
        for _ in 0..500 {
            if let Some(relay) = &mut relay {
                relay.step().await.expect("relayed");
            }
            if let Step::Applied(count) = follower.step(BRIEFLY).await.expect("followed") {
                applied += count;
            }
            let (offset, last) = self.distance(ledger).await;
            if offset == last {
                follower.release().await;
                if let Some(relay) = &mut relay {
                    relay.release().await;
                }
                return applied;
            }
        }
        panic!("delivery does not come to an end: {:?}", self.distance(ledger).await);
    }

    /// Delivers to the consumer until nothing is left.
    pub(crate) async fn deliver(&self) -> u64 {
        self.deliver_to(&self.ledger).await
    }

    /// Each event once, in the order of commits.
    pub(crate) async fn check_journal(&self, ledger: &Ledger) {
        let (offset, last) = self.distance(ledger).await;
        assert_eq!(offset, last, "everything has arrived");
        assert_eq!(ledger.journal().await, (1..=last).collect::<Vec<i64>>(), "each once, in order");
    }
}

/// A number that no other test of this process has.
pub(crate) fn number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
