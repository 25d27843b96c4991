//! Who administers this installation.

use chrono::{DateTime, Utc};
use db::{StoreError, with_pool};
use uuid::Uuid;

use super::Store;

impl Store {
    /// Whether a system calls this person, or one merged into them, by a name of an administrator.
    pub(crate) async fn is_administrator(&self, canonical: Uuid) -> Result<bool, StoreError> {
        let found: Option<String> = with_pool!(self.db(), |pool| {
            sqlx::query_scalar(
                "SELECT a.system FROM administrators a JOIN identifiers i ON i.system = a.system AND i.value = a.value \
                 AND i.valid_to IS NULL WHERE i.person_id = $1 OR i.person_id IN (SELECT person_id FROM redirects WHERE canonical_id = $1) LIMIT 1",
            )
            .bind(canonical)
            .fetch_optional(pool)
            .await
        })?;
        Ok(found.is_some())
    }

    /// Makes whoever a system calls this an administrator, known already or not; whether they were none.
    pub(crate) async fn add_administrator(
        &self,
        system: &str,
        value: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let added = with_pool!(self.db(), |pool| {
            sqlx::query(
                "INSERT INTO administrators (system, value, granted_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (system, value) DO NOTHING",
            )
            .bind(system)
            .bind(value)
            .bind(at)
            .execute(pool)
            .await
            .map(|done| done.rows_affected())
        })?;
        Ok(added > 0)
    }

    /// Takes that away; whether they were one.
    pub(crate) async fn remove_administrator(&self, system: &str, value: &str) -> Result<bool, StoreError> {
        let removed = with_pool!(self.db(), |pool| {
            sqlx::query("DELETE FROM administrators WHERE system = $1 AND value = $2")
                .bind(system)
                .bind(value)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })?;
        Ok(removed > 0)
    }
}
