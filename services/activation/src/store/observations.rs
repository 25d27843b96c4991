//! Observations of establishments.

use std::collections::HashSet;

use chrono::NaiveDate;
use db::{StoreError, Tx, with_tx};
use kernel::SchoolYear;
use sqlx::QueryBuilder;

use super::Store;
use crate::domain::IndicatorCode;

/// An observation to write: a status, or a pair of counts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ObservationWrite {
    pub(crate) indicator: IndicatorCode,
    pub(crate) uai: String,
    pub(crate) year: SchoolYear,
    pub(crate) status: Option<String>,
    pub(crate) numerator: Option<f64>,
    pub(crate) denominator: Option<f64>,
    pub(crate) observed_on: Option<NaiveDate>,
    /// Rank of its provenance.
    pub(crate) provenance: i64,
    pub(crate) source: Option<String>,
}

impl Store {
    /// Which of these UAI the projection of the directory holds.
    pub(crate) async fn known_uais(&self, tx: &mut Tx, uais: &[String]) -> Result<HashSet<String>, StoreError> {
        let rows: Vec<(String,)> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new("SELECT uai FROM places WHERE uai IN (");
            let mut list = query.separated(", ");
            for uai in uais {
                list.push_bind(uai.clone());
            }
            query.push(")");
            query.build_query_as().fetch_all(connection).await
        })?;
        Ok(rows.into_iter().map(|(uai,)| uai).collect())
    }

    /// Writes an observation; true when it differs from what was there.
    pub(crate) async fn write_observation(&self, tx: &mut Tx, write: &ObservationWrite) -> Result<bool, StoreError> {
        let changed: u64 = with_tx!(tx, |connection| {
            sqlx::query(
                "INSERT INTO observations (indicator, uai, school_year, status, numerator, denominator, observed_on, provenance, source) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (indicator, school_year, uai) DO UPDATE SET \
                 status = excluded.status, numerator = excluded.numerator, denominator = excluded.denominator, \
                 observed_on = excluded.observed_on, provenance = excluded.provenance, source = excluded.source \
                 WHERE observations.status IS DISTINCT FROM excluded.status \
                 OR observations.numerator IS DISTINCT FROM excluded.numerator \
                 OR observations.denominator IS DISTINCT FROM excluded.denominator \
                 OR observations.observed_on IS DISTINCT FROM excluded.observed_on \
                 OR observations.provenance IS DISTINCT FROM excluded.provenance \
                 OR observations.source IS DISTINCT FROM excluded.source",
            )
            .bind(write.indicator.as_str())
            .bind(&write.uai)
            .bind(write.year.to_string())
            .bind(&write.status)
            .bind(write.numerator)
            .bind(write.denominator)
            .bind(write.observed_on)
            .bind(write.provenance)
            .bind(&write.source)
            .execute(connection)
            .await
            .map(|done| done.rows_affected())
        })?;
        Ok(changed > 0)
    }
}
