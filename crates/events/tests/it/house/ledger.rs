//! A projection that remembers everything that was done to it.

use std::collections::BTreeMap;

use db::outbox::Event;
use db::{Db, StoreError, Tx, with_pool, with_tx};
use events::Projection;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;

/// The one event of these tests.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Counted {
    pub(crate) value: i64,
}

/// Things and their values, and a journal of every event.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    pub(crate) name: &'static str,
    pub(crate) db: Db,
}

/// A thing, its value, and how often it was written.
pub(crate) type Thing = (String, i64, i64);

impl Ledger {
    /// Everything it knows, in order.
    pub(crate) async fn things(&self) -> Vec<Thing> {
        with_pool!(&self.db, |pool| {
            sqlx::query_as("SELECT id, value, times FROM things ORDER BY id").fetch_all(pool).await
        })
        .expect("readable")
    }

    /// The numbers of the events, in the order in which they were applied.
    pub(crate) async fn journal(&self) -> Vec<i64> {
        with_pool!(&self.db, |pool| {
            sqlx::query_scalar("SELECT seq FROM journal ORDER BY position").fetch_all(pool).await
        })
        .expect("readable")
    }

    /// Spoils what it knows, as nobody should.
    pub(crate) async fn spoil(&self) {
        with_pool!(&self.db, |pool| sqlx::query("UPDATE things SET value = -1").execute(pool).await.map(drop))
            .expect("written");
    }
}

async fn write(tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
    let last: i64 = with_tx!(tx, |connection| {
        sqlx::query_scalar("SELECT COALESCE(MAX(position), 0) FROM journal").fetch_one(connection).await
    })?;
    with_tx!(tx, |connection| {
        let mut query = QueryBuilder::new("INSERT INTO journal (position, seq) ");
        query.push_values((last + 1..).zip(events), |mut row, (position, event)| {
            row.push_bind(position).push_bind(event.seq);
        });
        query.build().execute(connection).await.map(drop)
    })?;
    // Of several events on one thing the last tells all; how many there were is for the tests.
    let mut things: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for event in events {
        if let Some(counted) = event.understood::<Counted>() {
            let times = things.get(event.aggregate.as_str()).map_or(0, |(_, times)| *times);
            things.insert(&event.aggregate, (counted.value, times + 1));
        }
    }
    if things.is_empty() {
        return Ok(());
    }
    with_tx!(tx, |connection| {
        let mut query = QueryBuilder::new("INSERT INTO things (id, value, times) ");
        query.push_values(&things, |mut row, (id, (value, times))| {
            row.push_bind((*id).to_owned()).push_bind(*value).push_bind(*times);
        });
        query.push(" ON CONFLICT (id) DO UPDATE SET value = excluded.value, times = things.times + excluded.times");
        query.build().execute(connection).await.map(drop)
    })?;
    Ok(())
}

async fn empty(tx: &mut Tx) -> Result<(), StoreError> {
    with_tx!(tx, |connection| sqlx::query("DELETE FROM things").execute(connection).await.map(drop))?;
    with_tx!(tx, |connection| sqlx::query("DELETE FROM journal").execute(connection).await.map(drop))?;
    Ok(())
}

impl Projection for Ledger {
    fn name(&self) -> &'static str {
        self.name
    }

    fn sources(&self) -> &'static [&'static str] {
        &[super::SOURCE]
    }

    fn db(&self) -> &Db {
        &self.db
    }

    fn apply<'a>(&'a self, tx: &'a mut Tx, _: &'a str, events: &'a [Event]) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(write(tx, events))
    }

    fn clear<'a>(&'a self, tx: &'a mut Tx, _: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(empty(tx))
    }
}
