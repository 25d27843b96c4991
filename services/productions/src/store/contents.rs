//! Versions and what each holds.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::{StoreError, with_pool};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{CHUNK, Store, push_ids};
use crate::content::Signed;

/// The content of a version in one format.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct ContentRow {
    pub(crate) production_id: Uuid,
    pub(crate) version: i64,
    pub(crate) format: String,
    pub(crate) media_type: String,
    pub(crate) size: i64,
    pub(crate) sha256: String,
}

/// A version with its first content, which is the editable one.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct VersionRow {
    pub(crate) production_id: Uuid,
    pub(crate) number: i64,
    pub(crate) saved_by: i64,
    pub(crate) saved_at: DateTime<Utc>,
    pub(crate) media_type: String,
    pub(crate) size: i64,
    pub(crate) sha256: String,
}

const CONTENTS: &str = "SELECT c.production_id, c.version, c.format, c.media_type, c.size, c.sha256 FROM contents c \
    JOIN productions p ON p.id = c.production_id ";

impl Store {
    /// What the last version of each production holds, in the order in which it was given.
    pub(crate) async fn exports(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<ContentRow>>, StoreError> {
        let mut found: HashMap<Uuid, Vec<ContentRow>> = HashMap::new();
        for ids in ids.chunks(CHUNK) {
            let rows: Vec<ContentRow> = with_pool!(&self.db, |pool| {
                let mut query = QueryBuilder::new(CONTENTS);
                query.push("WHERE c.version = p.last_version AND c.production_id IN ");
                push_ids!(query, ids);
                query.push(" ORDER BY c.production_id, c.ordinal");
                query.build_query_as().fetch_all(pool).await
            })?;
            for row in rows {
                found.entry(row.production_id).or_default().push(row);
            }
        }
        Ok(found)
    }

    /// What a signed link is for, if the production is still as far as it says.
    pub(crate) async fn content(&self, of: Signed<'_>) -> Result<Option<ContentRow>, StoreError> {
        let row = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(CONTENTS);
            query.push("WHERE p.status = ").push_bind(of.status.to_owned());
            query.push(" AND c.production_id = ").push_bind(of.production);
            query.push(" AND c.version = ").push_bind(of.version);
            query.push(" AND c.format = ").push_bind(of.format.to_owned());
            query.build_query_as().fetch_optional(pool).await
        })?;
        Ok(row)
    }

    /// The last `limit` versions of each production below `before`, the newest first; one statement for all of them.
    pub(crate) async fn versions(
        &self,
        ids: &[Uuid],
        before: Option<i64>,
        limit: i64,
    ) -> Result<HashMap<Uuid, Vec<VersionRow>>, StoreError> {
        let mut found: HashMap<Uuid, Vec<VersionRow>> = HashMap::new();
        for ids in ids.chunks(CHUNK) {
            let rows: Vec<VersionRow> = with_pool!(&self.db, |pool| {
                let mut query = QueryBuilder::new(
                    "SELECT production_id, number, saved_by, saved_at, media_type, size, sha256 FROM (SELECT v.production_id, v.number, \
                     v.saved_by, v.saved_at, c.media_type, c.size, c.sha256, \
                     ROW_NUMBER() OVER (PARTITION BY v.production_id ORDER BY v.number DESC) AS place FROM versions v \
                     JOIN contents c ON c.production_id = v.production_id AND c.version = v.number AND c.ordinal = 0 \
                     WHERE v.production_id IN ",
                );
                push_ids!(query, ids);
                if let Some(before) = before {
                    query.push(" AND v.number < ").push_bind(before);
                }
                query.push(") ranked WHERE place <= ").push_bind(limit).push(" ORDER BY production_id, number DESC");
                query.build_query_as().fetch_all(pool).await
            })?;
            for row in rows {
                found.entry(row.production_id).or_default().push(row);
            }
        }
        Ok(found)
    }
}
