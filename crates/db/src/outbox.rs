//! A change and its events in one transaction; delivery at least once, in order, and once in effect.
//!
//! The producer appends events to its own `outbox` table in the transaction of the change. A consumer keeps, in its own
//! database, the number of the last event that it applied, and moves it in the transaction that applies the next
//! batch: two deliverers of the same events cannot both apply them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::QueryBuilder;
use sqlx::types::Json;

use crate::{Db, StoreError, Tx, sequence, with_pool, with_tx};

/// Events written with one statement: five values each stay far below what either database binds.
const CHUNK: usize = 500;

/// An event as the outbox keeps it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Event {
    /// Its place in the order of the producer's commits.
    pub seq: i64,
    /// What it is about, such as a UAI.
    pub aggregate: String,
    /// Its name, such as `EstablishmentChanged`.
    pub kind: String,
    /// What happened: an object.
    pub payload: Json<serde_json::Value>,
    /// When.
    pub occurred_at: DateTime<Utc>,
}

impl Event {
    /// An event that came by another way than the outbox's own table.
    pub fn new(
        seq: i64,
        aggregate: String,
        kind: String,
        payload: serde_json::Value,
        occurred_at: DateTime<Utc>,
    ) -> Self {
        Self { seq, aggregate, kind, payload: Json(payload), occurred_at }
    }

    /// The payload as the type that its kind stands for.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.payload.0)
    }

    /// The payload, or a log line: an event that cannot be read must not stop all that come after it.
    pub fn understood<T: DeserializeOwned>(&self) -> Option<T> {
        self.read()
            .inspect_err(
                |error| tracing::error!(seq = self.seq, kind = self.kind, %error, "an event cannot be read and is passed over"),
            )
            .ok()
    }
}

/// An event to append.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// What it is about.
    pub aggregate: String,
    /// Its name.
    pub kind: &'static str,
    /// What happened.
    pub payload: serde_json::Value,
}

impl NewEvent {
    /// An event whose payload is `payload`, which must serialise to an object.
    pub fn new(kind: &'static str, aggregate: impl Into<String>, payload: &impl Serialize) -> Self {
        let payload = serde_json::to_value(payload).expect("event payloads are plain structs");
        Self { aggregate: aggregate.into(), kind, payload }
    }
}

/// Appends `events` to the outbox in the transaction of the change that they tell.
pub async fn append(tx: &mut Tx, events: &[NewEvent], at: DateTime<Utc>) -> Result<(), StoreError> {
    let count = i64::try_from(events.len()).expect("fewer events than i64 holds");
    if count == 0 {
        return Ok(());
    }
    let last = sequence::next(tx, "outbox", count).await?;
    let numbered: Vec<(i64, &NewEvent)> = (last - count + 1..).zip(events).collect();
    for chunk in numbered.chunks(CHUNK) {
        with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new("INSERT INTO outbox (seq, aggregate, kind, payload, occurred_at) ");
            query.push_values(chunk, |mut row, (seq, event)| {
                row.push_bind(*seq)
                    .push_bind(event.aggregate.clone())
                    .push_bind(event.kind)
                    .push_bind(Json(event.payload.clone()))
                    .push_bind(at);
            });
            query.build().execute(connection).await.map(drop)
        })?;
    }
    Ok(())
}

/// The next `limit` events after `seq`, in order.
pub async fn after(db: &Db, seq: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
    let events = with_pool!(db, |pool| {
        sqlx::query_as(
            "SELECT seq, aggregate, kind, payload, occurred_at FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(seq)
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await
    })?;
    Ok(events)
}

/// The number of the last event; 0 where there is none.
pub async fn last(db: &Db) -> Result<i64, StoreError> {
    let seq: Option<i64> =
        with_pool!(db, |pool| sqlx::query_scalar("SELECT MAX(seq) FROM outbox").fetch_one(pool).await)?;
    Ok(seq.unwrap_or(0))
}

/// How far this consumer has applied the events of `source`.
pub async fn offset(db: &Db, source: &str) -> Result<i64, StoreError> {
    let seq: Option<i64> = with_pool!(db, |pool| {
        sqlx::query_scalar("SELECT seq FROM inbox_offsets WHERE source = $1").bind(source).fetch_optional(pool).await
    })?;
    Ok(seq.unwrap_or(0))
}

/// Moves the offset from `from` to `to` in the transaction that applied the events between; false when another
/// deliverer was faster, and the transaction must then be dropped.
pub async fn advance(tx: &mut Tx, source: &str, from: i64, to: i64) -> Result<bool, StoreError> {
    with_tx!(tx, |connection| {
        sqlx::query("INSERT INTO inbox_offsets (source, seq) VALUES ($1, 0) ON CONFLICT (source) DO NOTHING")
            .bind(source)
            .execute(connection)
            .await
            .map(drop)
    })?;
    let moved: u64 = with_tx!(tx, |connection| {
        sqlx::query("UPDATE inbox_offsets SET seq = $1 WHERE source = $2 AND seq = $3")
            .bind(to)
            .bind(source)
            .bind(from)
            .execute(connection)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(moved == 1)
}

/// Sets the offset, whatever it was. Until `tx` ends, every other deliverer of this source waits in [`advance`].
///
/// # Errors
/// When the database fails.
pub async fn set_offset(tx: &mut Tx, source: &str, seq: i64) -> Result<(), StoreError> {
    with_tx!(tx, |connection| {
        sqlx::query(
            "INSERT INTO inbox_offsets (source, seq) VALUES ($1, $2)
             ON CONFLICT (source) DO UPDATE SET seq = excluded.seq",
        )
        .bind(source)
        .bind(seq)
        .execute(connection)
        .await
        .map(drop)
    })?;
    Ok(())
}
