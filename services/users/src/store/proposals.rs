//! Proposals that two people be taken for one, and the installation's own clients.

use chrono::{DateTime, Utc};
use db::{StoreError, Tx, with_pool, with_tx};
use sqlx::types::Json;
use uuid::Uuid;

use super::Store;

/// A proposal.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ProposalRow {
    pub(crate) proposal_id: Uuid,
    pub(crate) one_id: Uuid,
    pub(crate) other_id: Uuid,
    pub(crate) rule: String,
    pub(crate) evidence: String,
    pub(crate) proposed_at: DateTime<Utc>,
    pub(crate) accepted: Option<bool>,
}

/// A machine client.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ClientRow {
    pub(crate) client_id: String,
    pub(crate) name: String,
    pub(crate) secret_hash: String,
    pub(crate) scopes: Json<Vec<String>>,
    pub(crate) perimeter: Json<kernel::Perimeter>,
    pub(crate) registered_by: Option<Uuid>,
    pub(crate) registered_at: DateTime<Utc>,
    pub(crate) revoked_at: Option<DateTime<Utc>>,
}

const CLIENT: &str =
    "SELECT client_id, name, secret_hash, scopes, perimeter, registered_by, registered_at, revoked_at FROM clients";

impl Store {
    /// Proposals that nobody has decided, of people who have not become one otherwise, after `after`, oldest first.
    pub(crate) async fn open_proposals(&self, after: Uuid, size: i64) -> Result<Vec<ProposalRow>, StoreError> {
        let rows = with_pool!(self.db(), |pool| {
            sqlx::query_as(
                "SELECT p.proposal_id, p.one_id, p.other_id, p.rule, p.evidence, p.proposed_at, p.accepted FROM proposals p \
                 LEFT JOIN redirects one ON one.person_id = p.one_id LEFT JOIN redirects other ON other.person_id = p.other_id \
                 WHERE p.decided_at IS NULL AND p.proposal_id > $1 \
                 AND COALESCE(one.canonical_id, p.one_id) <> COALESCE(other.canonical_id, p.other_id) \
                 ORDER BY p.proposal_id LIMIT $2",
            )
            .bind(after)
            .bind(size)
            .fetch_all(pool)
            .await
        })?;
        Ok(rows)
    }

    /// A proposal, decided or not.
    pub(crate) async fn proposal(&self, tx: &mut Tx, id: Uuid) -> Result<Option<ProposalRow>, StoreError> {
        let row = with_tx!(tx, |connection| {
            sqlx::query_as(
                "SELECT proposal_id, one_id, other_id, rule, evidence, proposed_at, accepted FROM proposals \
                 WHERE proposal_id = $1",
            )
            .bind(id)
            .fetch_optional(connection)
            .await
        })?;
        Ok(row)
    }

    /// Notes what somebody decided.
    pub(crate) async fn decide(
        &self,
        tx: &mut Tx,
        id: Uuid,
        accepted: bool,
        by: Uuid,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        with_tx!(tx, |connection| {
            sqlx::query("UPDATE proposals SET accepted = $1, decided_by = $2, decided_at = $3 WHERE proposal_id = $4")
                .bind(accepted)
                .bind(by)
                .bind(at)
                .bind(id)
                .execute(connection)
                .await
                .map(drop)
        })?;
        Ok(())
    }

    /// A client of this name.
    pub(crate) async fn client(&self, client_id: &str) -> Result<Option<ClientRow>, StoreError> {
        let statement = format!("{CLIENT} WHERE client_id = $1");
        let row = with_pool!(self.db(), |pool| {
            sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(client_id).fetch_optional(pool).await
        })?;
        Ok(row)
    }

    /// Every client, by name.
    pub(crate) async fn clients(&self) -> Result<Vec<ClientRow>, StoreError> {
        let statement = format!("{CLIENT} ORDER BY client_id");
        let rows = with_pool!(self.db(), |pool| sqlx::query_as(sqlx::AssertSqlSafe(statement)).fetch_all(pool).await)?;
        Ok(rows)
    }

    /// Adds a client.
    ///
    /// # Errors
    /// A conflict where there is one of this name.
    pub(crate) async fn add_client(&self, row: &ClientRow) -> Result<(), StoreError> {
        with_pool!(self.db(), |pool| {
            sqlx::query(
                "INSERT INTO clients (client_id, name, secret_hash, scopes, perimeter, registered_by, registered_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(&row.client_id)
            .bind(&row.name)
            .bind(&row.secret_hash)
            .bind(&row.scopes)
            .bind(&row.perimeter)
            .bind(row.registered_by)
            .bind(row.registered_at)
            .execute(pool)
            .await
            .map(drop)
        })?;
        Ok(())
    }

    /// Ends a client; whether there was one.
    pub(crate) async fn revoke_client(&self, client_id: &str, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let revoked = with_pool!(self.db(), |pool| {
            sqlx::query("UPDATE clients SET revoked_at = $1 WHERE client_id = $2 AND revoked_at IS NULL")
                .bind(at)
                .bind(client_id)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })?;
        Ok(revoked > 0)
    }
}
