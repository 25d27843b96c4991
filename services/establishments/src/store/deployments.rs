//! Deployments: which ENT is open where, by school year.

use std::collections::HashSet;

use chrono::NaiveDate;
use db::{StoreError, Tx, with_pool, with_tx};
use kernel::{Provenance, SchoolYear};
use sqlx::QueryBuilder;

use super::Store;
use super::filter::push_in;
use crate::domain::DeploymentStatus;

/// A deployment's row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct DeploymentRow {
    pub(crate) uai: String,
    pub(crate) project_id: String,
    pub(crate) school_year: String,
    pub(crate) status: String,
    pub(crate) opened_on: Option<NaiveDate>,
    pub(crate) closed_on: Option<NaiveDate>,
}

/// A deployment to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeploymentWrite {
    pub(crate) uai: String,
    pub(crate) project_id: String,
    pub(crate) school_year: SchoolYear,
    pub(crate) status: DeploymentStatus,
    pub(crate) opened_on: Option<NaiveDate>,
    pub(crate) closed_on: Option<NaiveDate>,
    pub(crate) observed_on: Option<NaiveDate>,
    pub(crate) provenance: Provenance,
    pub(crate) source: Option<String>,
}

impl Store {
    /// The deployments of these establishments in one school year, or in all of them, the latest first.
    pub(crate) async fn deployments_by_uais(
        &self,
        uais: &[String],
        year: Option<SchoolYear>,
    ) -> Result<Vec<DeploymentRow>, StoreError> {
        let rows = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(
                "SELECT d.uai, d.project_id, d.school_year, d.status, d.opened_on, d.closed_on FROM deployments d WHERE 1 = 1",
            );
            push_in!(query, "d.uai", uais.iter().cloned());
            if let Some(year) = year {
                query.push(" AND d.school_year = ").push_bind(year.to_string());
            }
            query.push(" ORDER BY d.uai, d.school_year DESC, d.project_id");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows)
    }

    /// Which of these UAI the directory holds.
    pub(crate) async fn known_uais(&self, tx: &mut Tx, uais: &[String]) -> Result<HashSet<String>, StoreError> {
        let rows: Vec<(String,)> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new("SELECT e.uai FROM establishments e WHERE 1 = 1");
            push_in!(query, "e.uai", uais.iter().cloned());
            query.build_query_as().fetch_all(connection).await
        })?;
        Ok(rows.into_iter().map(|(uai,)| uai).collect())
    }

    /// Writes a deployment; true when it differs from what was there.
    pub(crate) async fn write_deployment(&self, tx: &mut Tx, write: &DeploymentWrite) -> Result<bool, StoreError> {
        let changed: u64 = with_tx!(tx, |connection| {
            sqlx::query(
                "INSERT INTO deployments (uai, project_id, school_year, status, opened_on, closed_on, observed_on, provenance, source) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (uai, project_id, school_year) DO UPDATE SET \
                 status = excluded.status, opened_on = excluded.opened_on, closed_on = excluded.closed_on, \
                 observed_on = excluded.observed_on, provenance = excluded.provenance, source = excluded.source \
                 WHERE deployments.status IS DISTINCT FROM excluded.status OR deployments.opened_on IS DISTINCT FROM excluded.opened_on \
                 OR deployments.closed_on IS DISTINCT FROM excluded.closed_on OR deployments.observed_on IS DISTINCT FROM excluded.observed_on \
                 OR deployments.provenance IS DISTINCT FROM excluded.provenance OR deployments.source IS DISTINCT FROM excluded.source",
            )
            .bind(&write.uai)
            .bind(&write.project_id)
            .bind(write.school_year.to_string())
            .bind(write.status.as_str())
            .bind(write.opened_on)
            .bind(write.closed_on)
            .bind(write.observed_on)
            .bind(write.provenance.as_str())
            .bind(&write.source)
            .execute(connection)
            .await
            .map(|done| done.rows_affected())
        })?;
        Ok(changed > 0)
    }
}
