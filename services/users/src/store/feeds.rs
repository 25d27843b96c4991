//! What feeds told last: records, establishments, levels, and how far each was read.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use db::{StoreError, Tx, with_pool, with_tx};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::people::push_ids;
use super::{CHUNK, Store};

/// What a feed told last of a person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct FeedRecord {
    pub(crate) record_key: String,
    pub(crate) category: String,
    pub(crate) person_id: Uuid,
    pub(crate) school_year: String,
    pub(crate) digest: String,
    pub(crate) sealed: String,
}

/// Where somebody of a feed is in the year in which it told them last.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct FeedMember {
    pub(crate) record_key: String,
    pub(crate) school_year: String,
    pub(crate) uai: Option<String>,
}

/// An establishment of a feed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct FeedStructureRow {
    pub(crate) structure_key: String,
    pub(crate) uai: Option<String>,
    pub(crate) name: Option<String>,
}

/// Appends `(text, text, ...)`.
macro_rules! push_texts {
    ($query:expr, $texts:expr) => {{
        $query.push("(");
        let mut list = $query.separated(", ");
        for text in $texts {
            list.push_bind(text.clone());
        }
        $query.push(")");
    }};
}

impl Store {
    /// What a feed told last of these, as far as it did.
    pub(crate) async fn feed_records(
        &self,
        tx: &mut Tx,
        source: &str,
        keys: &[String],
    ) -> Result<HashMap<String, FeedRecord>, StoreError> {
        let mut found = HashMap::new();
        for keys in keys.chunks(CHUNK) {
            let rows: Vec<FeedRecord> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "SELECT record_key, category, person_id, school_year, digest, sealed FROM feed_records WHERE source = ",
                );
                query.push_bind(source.to_owned()).push(" AND record_key IN ");
                push_texts!(query, keys);
                query.build_query_as().fetch_all(connection).await
            })?;
            found.extend(rows.into_iter().map(|row| (row.record_key.clone(), row)));
        }
        Ok(found)
    }

    /// Notes what a feed told.
    pub(crate) async fn write_feed_records(
        &self,
        tx: &mut Tx,
        source: &str,
        records: &[FeedRecord],
    ) -> Result<(), StoreError> {
        for chunk in records.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "INSERT INTO feed_records (source, record_key, category, person_id, school_year, digest, sealed) ",
                );
                query.push_values(chunk, |mut row, one| {
                    row.push_bind(source.to_owned())
                        .push_bind(one.record_key.clone())
                        .push_bind(one.category.clone())
                        .push_bind(one.person_id)
                        .push_bind(one.school_year.clone())
                        .push_bind(one.digest.clone())
                        .push_bind(one.sealed.clone());
                });
                query.push(
                    " ON CONFLICT (source, record_key) DO UPDATE SET category = excluded.category, \
                     person_id = excluded.person_id, school_year = excluded.school_year, digest = excluded.digest, \
                     sealed = excluded.sealed",
                );
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Forgets what a feed told of these, and since when it calls nobody so any more.
    pub(crate) async fn end_feed_records(
        &self,
        tx: &mut Tx,
        source: &str,
        keys: &[String],
        today: NaiveDate,
    ) -> Result<(), StoreError> {
        for keys in keys.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("DELETE FROM feed_records WHERE source = ");
                query.push_bind(source.to_owned()).push(" AND record_key IN ");
                push_texts!(query, keys);
                query.build().execute(connection).await.map(drop)
            })?;
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("UPDATE identifiers SET valid_to = ");
                query.push_bind(today).push(" WHERE valid_to IS NULL AND system = ").push_bind(source.to_owned());
                query.push(" AND value IN ");
                push_texts!(query, keys);
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Those of these people of whom a feed still tells.
    pub(crate) async fn still_told(
        &self,
        tx: &mut Tx,
        source: &str,
        people: &[Uuid],
    ) -> Result<HashSet<Uuid>, StoreError> {
        let mut found = HashSet::new();
        for people in people.chunks(CHUNK) {
            let rows: Vec<Uuid> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("SELECT person_id FROM feed_records WHERE source = ");
                query.push_bind(source.to_owned()).push(" AND person_id IN ");
                push_ids!(query, people);
                query.build_query_scalar().fetch_all(connection).await
            })?;
            found.extend(rows);
        }
        Ok(found)
    }

    /// Notes since when a source calls these people by no name any more.
    pub(crate) async fn end_identifiers_of(
        &self,
        tx: &mut Tx,
        source: &str,
        people: &[Uuid],
        today: NaiveDate,
    ) -> Result<(), StoreError> {
        for people in people.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("UPDATE identifiers SET valid_to = ");
                query.push_bind(today).push(" WHERE valid_to IS NULL AND source = ").push_bind(source.to_owned());
                query.push(" AND person_id IN ");
                push_ids!(query, people);
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Everybody of a category of a feed after `after`, with every place where the feed still says that they are; in order of keys.
    pub(crate) async fn feed_members(
        &self,
        source: &str,
        category: &str,
        after: &str,
        size: i64,
    ) -> Result<Vec<FeedMember>, StoreError> {
        let rows = with_pool!(self.db(), |pool| {
            sqlx::query_as(
                "SELECT f.record_key, f.school_year, a.uai FROM \
                 (SELECT record_key, person_id, school_year, source FROM feed_records \
                  WHERE source = $1 AND category = $2 AND record_key > $3 ORDER BY record_key LIMIT $4) f \
                 LEFT JOIN affiliations a ON a.person_id = f.person_id AND a.source IN (f.source, f.source || '/children') \
                 AND a.school_year = f.school_year AND a.ended_on IS NULL ORDER BY f.record_key",
            )
            .bind(source)
            .bind(category)
            .bind(after)
            .bind(size)
            .fetch_all(pool)
            .await
        })?;
        Ok(rows)
    }

    /// What a feed calls establishments.
    pub(crate) async fn feed_structures(&self, source: &str) -> Result<Vec<FeedStructureRow>, StoreError> {
        let rows = with_pool!(self.db(), |pool| {
            sqlx::query_as("SELECT structure_key, uai, name FROM feed_structures WHERE source = $1")
                .bind(source)
                .fetch_all(pool)
                .await
        })?;
        Ok(rows)
    }

    /// Notes what a feed calls establishments.
    pub(crate) async fn write_feed_structures(
        &self,
        tx: &mut Tx,
        source: &str,
        structures: &[FeedStructureRow],
    ) -> Result<(), StoreError> {
        for chunk in structures.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("INSERT INTO feed_structures (source, structure_key, uai, name) ");
                query.push_values(chunk, |mut row, one| {
                    row.push_bind(source.to_owned())
                        .push_bind(one.structure_key.clone())
                        .push_bind(one.uai.clone())
                        .push_bind(one.name.clone());
                });
                query.push(
                    " ON CONFLICT (source, structure_key) DO UPDATE SET \
                     uai = COALESCE(excluded.uai, feed_structures.uai), name = excluded.name",
                );
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// The MEFSTAT4 of a feed's own codes.
    pub(crate) async fn feed_levels(&self, source: &str) -> Result<HashMap<String, String>, StoreError> {
        let rows: Vec<(String, String)> = with_pool!(self.db(), |pool| {
            sqlx::query_as("SELECT code, mefstat4 FROM feed_levels WHERE source = $1")
                .bind(source)
                .fetch_all(pool)
                .await
        })?;
        Ok(rows.into_iter().collect())
    }

    /// Notes the MEFSTAT4 of a feed's own codes.
    pub(crate) async fn write_feed_levels(
        &self,
        tx: &mut Tx,
        source: &str,
        levels: &[(String, String)],
    ) -> Result<(), StoreError> {
        for chunk in levels.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("INSERT INTO feed_levels (source, code, mefstat4) ");
                query.push_values(chunk, |mut row, (code, mefstat4)| {
                    row.push_bind(source.to_owned()).push_bind(code.clone()).push_bind(mefstat4.clone());
                });
                query.push(" ON CONFLICT (source, code) DO UPDATE SET mefstat4 = excluded.mefstat4");
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// How far a directory was read.
    pub(crate) async fn feed_cursor(&self, source: &str) -> Result<Option<String>, StoreError> {
        let row = with_pool!(self.db(), |pool| {
            sqlx::query_scalar("SELECT position FROM feed_cursors WHERE source = $1")
                .bind(source)
                .fetch_optional(pool)
                .await
        })?;
        Ok(row)
    }

    /// Notes how far a directory was read.
    pub(crate) async fn write_feed_cursor(
        &self,
        tx: &mut Tx,
        source: &str,
        position: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        with_tx!(tx, |connection| {
            sqlx::query(
                "INSERT INTO feed_cursors (source, position, read_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (source) DO UPDATE SET position = excluded.position, read_at = excluded.read_at",
            )
            .bind(source)
            .bind(position)
            .bind(at)
            .execute(connection)
            .await
            .map(drop)
        })?;
        Ok(())
    }
}
