//! Targets of territories.

use chrono::NaiveDate;
use db::{StoreError, Tx, with_pool, with_tx};
use sqlx::QueryBuilder;

use super::Store;
use crate::domain::{IndicatorCode, Perimeter, Target, TargetKind, Unit};

/// A target to write.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TargetWrite {
    /// What makes it the same target as one written before.
    pub(crate) id: String,
    pub(crate) indicator: IndicatorCode,
    pub(crate) territory_id: String,
    pub(crate) applies_below: bool,
    pub(crate) perimeter: Perimeter,
    pub(crate) target: Target,
}

#[derive(sqlx::FromRow)]
struct TargetRow {
    indicator: String,
    territory_id: String,
    applies_below: bool,
    perimeter: String,
    kind: String,
    value: Option<f64>,
    unit: Option<String>,
    due_on: Option<NaiveDate>,
    baseline: Option<f64>,
    wording: Option<String>,
    source: Option<String>,
}

/// A target with what decides where it applies.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlacedTarget {
    pub(crate) indicator: String,
    pub(crate) territory_id: String,
    pub(crate) applies_below: bool,
    pub(crate) perimeter: String,
    pub(crate) target: Target,
}

impl Store {
    /// Every target set for these territories, by due date and value.
    pub(crate) async fn targets_of(&self, territories: &[String]) -> Result<Vec<PlacedTarget>, StoreError> {
        let rows: Vec<TargetRow> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(
                "SELECT indicator, territory_id, applies_below, perimeter, kind, value, unit, due_on, baseline, wording, source \
                 FROM targets WHERE territory_id IN (",
            );
            let mut list = query.separated(", ");
            for id in territories {
                list.push_bind(id.clone());
            }
            query.push(") ORDER BY due_on NULLS LAST, value NULLS LAST, id");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows.into_iter().filter_map(placed).collect())
    }

    /// Writes a target; one of the same id is replaced.
    pub(crate) async fn write_target(&self, tx: &mut Tx, write: &TargetWrite) -> Result<(), StoreError> {
        let target = &write.target;
        with_tx!(tx, |connection| {
            sqlx::query(
                "INSERT INTO targets (id, indicator, territory_id, applies_below, perimeter, kind, value, unit, due_on, baseline, wording, source) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO UPDATE SET \
                 applies_below = excluded.applies_below, value = excluded.value, unit = excluded.unit, baseline = excluded.baseline, \
                 wording = excluded.wording, source = excluded.source",
            )
            .bind(&write.id)
            .bind(write.indicator.as_str())
            .bind(&write.territory_id)
            .bind(write.applies_below)
            .bind(write.perimeter.spelling())
            .bind(target.kind.as_str())
            .bind(target.value)
            .bind(target.unit.map(Unit::as_str))
            .bind(target.due_on)
            .bind(target.baseline)
            .bind(&target.wording)
            .bind(&target.source)
            .execute(connection)
            .await
            .map(drop)
        })?;
        Ok(())
    }
}

fn placed(row: TargetRow) -> Option<PlacedTarget> {
    let target = Target {
        kind: TargetKind::parse(&row.kind)?,
        value: row.value,
        unit: row.unit.as_deref().and_then(Unit::parse),
        due_on: row.due_on,
        baseline: row.baseline,
        wording: row.wording,
        source: row.source,
    };
    let TargetRow { indicator, territory_id, applies_below, perimeter, .. } = row;
    Some(PlacedTarget { indicator, territory_id, applies_below, perimeter, target })
}
