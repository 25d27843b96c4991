//! Merges: every one with its reason, and the redirects that follow from those in force.

use chrono::{DateTime, Utc};
use db::{StoreError, Tx, with_tx};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::people::push_ids;
use super::{CHUNK, Store};

/// A merge.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct MergeRow {
    pub(crate) merge_id: Uuid,
    pub(crate) from_id: Uuid,
    pub(crate) into_id: Uuid,
    pub(crate) rule: String,
    pub(crate) evidence: String,
    pub(crate) merged_at: DateTime<Utc>,
    pub(crate) undone_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Takes the right to merge and unmerge until the transaction ends: what it reads of redirects stays so.
    pub(crate) async fn lock_merges(&self, tx: &mut Tx) -> Result<(), StoreError> {
        db::next_sequence(tx, "merges", 0).await.map(drop)
    }

    /// Where lookups of this id lead, if it is a person's.
    pub(crate) async fn canonical_in(&self, tx: &mut Tx, id: Uuid) -> Result<Option<Uuid>, StoreError> {
        let row: Option<(Uuid, Option<Uuid>)> = with_tx!(tx, |connection| {
            sqlx::query_as(
                "SELECT p.person_id, r.canonical_id FROM people p LEFT JOIN redirects r ON r.person_id = p.person_id \
                 WHERE p.person_id = $1",
            )
            .bind(id)
            .fetch_optional(connection)
            .await
        })?;
        Ok(row.map(|(id, canonical)| canonical.unwrap_or(id)))
    }

    /// Everybody whose lookups lead to `canonical`, itself among them.
    pub(crate) async fn members(&self, tx: &mut Tx, canonical: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let mut members: Vec<Uuid> = with_tx!(tx, |connection| {
            sqlx::query_scalar("SELECT person_id FROM redirects WHERE canonical_id = $1 ORDER BY person_id")
                .bind(canonical)
                .fetch_all(connection)
                .await
        })?;
        members.insert(0, canonical);
        Ok(members)
    }

    /// Notes a merge.
    pub(crate) async fn insert_merge(&self, tx: &mut Tx, row: &MergeRow) -> Result<(), StoreError> {
        with_tx!(tx, |connection| {
            sqlx::query(
                "INSERT INTO merges (merge_id, from_id, into_id, rule, evidence, merged_at, undone_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(row.merge_id)
            .bind(row.from_id)
            .bind(row.into_id)
            .bind(&row.rule)
            .bind(&row.evidence)
            .bind(row.merged_at)
            .bind(row.undone_at)
            .execute(connection)
            .await
            .map(drop)
        })?;
        Ok(())
    }

    /// A merge that is in force.
    pub(crate) async fn merge_in_force(&self, tx: &mut Tx, merge_id: Uuid) -> Result<Option<MergeRow>, StoreError> {
        let row = with_tx!(tx, |connection| {
            sqlx::query_as(
                "SELECT merge_id, from_id, into_id, rule, evidence, merged_at, undone_at FROM merges \
                 WHERE merge_id = $1 AND undone_at IS NULL",
            )
            .bind(merge_id)
            .fetch_optional(connection)
            .await
        })?;
        Ok(row)
    }

    /// Notes that a merge was undone.
    pub(crate) async fn end_merge(&self, tx: &mut Tx, merge_id: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
        with_tx!(tx, |connection| {
            sqlx::query("UPDATE merges SET undone_at = $1 WHERE merge_id = $2")
                .bind(at)
                .bind(merge_id)
                .execute(connection)
                .await
                .map(drop)
        })?;
        Ok(())
    }

    /// The merges in force among these people, in the order in which they were made.
    pub(crate) async fn merges_among(&self, tx: &mut Tx, people: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
        let mut found: Vec<(Uuid, Uuid, Uuid)> = Vec::new();
        for people in people.chunks(CHUNK) {
            let rows: Vec<(Uuid, Uuid, Uuid)> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "SELECT merge_id, from_id, into_id FROM merges WHERE undone_at IS NULL AND from_id IN ",
                );
                push_ids!(query, people);
                query.build_query_as().fetch_all(connection).await
            })?;
            found.extend(rows);
        }
        // Ids of merges are made in the order of time.
        found.sort_unstable();
        Ok(found.into_iter().map(|(_, from, into)| (from, into)).collect())
    }

    /// Makes lookups of each lead where it says.
    pub(crate) async fn redirect(&self, tx: &mut Tx, leads_to: &[(Uuid, Uuid)]) -> Result<(), StoreError> {
        for chunk in leads_to.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("DELETE FROM redirects WHERE person_id IN ");
                let ids: Vec<Uuid> = chunk.iter().map(|(id, _)| *id).collect();
                push_ids!(query, &ids);
                query.build().execute(connection).await.map(drop)
            })?;
            let led: Vec<(Uuid, Uuid)> = chunk.iter().copied().filter(|(id, canonical)| id != canonical).collect();
            if led.is_empty() {
                continue;
            }
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("INSERT INTO redirects (person_id, canonical_id) ");
                query.push_values(&led, |mut row, (id, canonical)| {
                    row.push_bind(*id).push_bind(*canonical);
                });
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }
}
