//! Reading establishments: by UAI, in lists, by change; their periods and sites.

use std::collections::HashMap;

use chrono::NaiveDate;
use db::{StoreError, with_pool};
use kernel::Page;
use sqlx::QueryBuilder;

use super::filter::{push_cursors, push_filter, push_in};
use super::{Filter, Order, Scope, Store};

/// An establishment with its current period.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct EstablishmentRow {
    pub(crate) uai: String,
    pub(crate) status: String,
    pub(crate) opened_on: Option<NaiveDate>,
    pub(crate) closed_on: Option<NaiveDate>,
    pub(crate) change_seq: i64,
    pub(crate) name: String,
    pub(crate) name_folded: String,
    pub(crate) kind: Option<String>,
    pub(crate) nature: Option<String>,
    pub(crate) legal_status: Option<String>,
    pub(crate) pupils: Option<i64>,
    pub(crate) commune_id: Option<String>,
    pub(crate) commune_folded: String,
    pub(crate) circonscription_id: Option<String>,
    pub(crate) department_id: Option<String>,
    pub(crate) academy_id: Option<String>,
    pub(crate) region_id: Option<String>,
}

/// A period of an establishment's history.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct PeriodRow {
    pub(crate) uai: String,
    pub(crate) valid_from: Option<NaiveDate>,
    pub(crate) valid_to: Option<NaiveDate>,
    pub(crate) name: String,
    pub(crate) kind: Option<String>,
    pub(crate) nature: Option<String>,
    pub(crate) legal_status: Option<String>,
    pub(crate) pupils: Option<i64>,
    pub(crate) commune_id: Option<String>,
    pub(crate) circonscription_id: Option<String>,
    pub(crate) department_id: Option<String>,
    pub(crate) academy_id: Option<String>,
    pub(crate) region_id: Option<String>,
}

/// One address of an establishment.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub(crate) struct SiteRow {
    pub(crate) uai: String,
    pub(crate) name: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) latitude: Option<f64>,
    pub(crate) longitude: Option<f64>,
}

/// An establishment under what it is listed.
#[derive(sqlx::FromRow)]
pub(super) struct Listed {
    pub(super) parent: String,
    #[sqlx(flatten)]
    pub(super) establishment: EstablishmentRow,
}

pub(super) const COLUMNS: &str = "e.uai, e.status, e.opened_on, e.closed_on, e.change_seq, p.name, p.name_folded, p.kind, p.nature, \
    p.legal_status, p.pupils, p.commune_id, p.commune_folded, p.circonscription_id, p.department_id, p.academy_id, p.region_id";
const FROM: &str = " FROM establishments e JOIN establishment_periods p ON p.uai = e.uai AND p.valid_to IS NULL";

impl Store {
    /// The establishments of these UAI, those that exist, with their current period.
    pub(crate) async fn establishments_by_uais(&self, uais: &[String]) -> Result<Vec<EstablishmentRow>, StoreError> {
        let rows = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(format!("SELECT {COLUMNS}{FROM} WHERE 1 = 1"));
            push_in!(query, "e.uai", uais.iter().cloned());
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows)
    }

    /// One page for each parent of `scope`, with one row more where there is more, in the page's direction.
    pub(crate) async fn list_establishments(
        &self,
        scope: &Scope,
        filter: &Filter,
        order: Order,
        page: &Page,
    ) -> Result<Vec<(String, EstablishmentRow)>, StoreError> {
        let (parent, join) = (scope.parent(), scope.join());
        let by = order.sql(page.direction);
        let limit = i64::from(page.size) + 1;
        // One parent needs no ranking, and its index gives the order.
        let alone = match scope {
            Scope::Everywhere => true,
            Scope::Territories(_, ids) | Scope::Projects(_, ids) => ids.len() < 2,
        };
        let rows: Vec<Listed> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(if alone {
                format!("SELECT {parent} AS parent, {COLUMNS}{FROM}{join} WHERE 1 = 1")
            } else {
                format!(
                    "SELECT * FROM (SELECT {parent} AS parent, {COLUMNS}, \
                     ROW_NUMBER() OVER (PARTITION BY {parent} ORDER BY {by}) AS place{FROM}{join} WHERE 1 = 1"
                )
            });
            push_filter!(query, filter, scope);
            push_cursors!(query, order, page);
            if alone {
                query.push(format!(" ORDER BY {by} LIMIT ")).push_bind(limit);
            } else {
                query.push(") ranked WHERE place <= ").push_bind(limit).push(" ORDER BY parent, place");
            }
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(|row| (row.parent, row.establishment)).collect())
    }

    /// How many there are in the whole, by parent.
    pub(crate) async fn count_establishments(
        &self,
        scope: &Scope,
        filter: &Filter,
    ) -> Result<HashMap<String, i64>, StoreError> {
        let (parent, join) = (scope.parent(), scope.join());
        let rows: Vec<(String, i64)> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(format!("SELECT {parent} AS parent, COUNT(*){FROM}{join} WHERE 1 = 1"));
            push_filter!(query, filter, scope);
            // SQLite groups by the constant of a scope that has no column; PostgreSQL wants it by place.
            query.push(" GROUP BY 1");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows.into_iter().collect())
    }

    /// The next establishments in the order of their changes, closed ones too.
    pub(crate) async fn establishment_changes(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<EstablishmentRow>, StoreError> {
        let rows = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(format!("SELECT {COLUMNS}{FROM} WHERE e.change_seq > "));
            query.push_bind(after).push(" ORDER BY e.change_seq LIMIT ").push_bind(i64::from(limit));
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows)
    }

    /// How many establishments have changed since `after`.
    pub(crate) async fn count_establishment_changes(&self, after: i64) -> Result<i64, StoreError> {
        let count = with_pool!(&self.db, |pool| {
            sqlx::query_scalar("SELECT COUNT(*) FROM establishments WHERE change_seq > $1")
                .bind(after)
                .fetch_one(pool)
                .await
        })?;
        Ok(count)
    }

    /// Whether the directory holds no establishment at all.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let one: Option<String> = with_pool!(&self.db, |pool| {
            sqlx::query_scalar("SELECT uai FROM establishments LIMIT 1").fetch_optional(pool).await
        })?;
        Ok(one.is_none())
    }

    /// The histories of these establishments, each in order.
    pub(crate) async fn periods_by_uais(&self, uais: &[String]) -> Result<Vec<PeriodRow>, StoreError> {
        let rows = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(
                "SELECT p.uai, p.valid_from, p.valid_to, p.name, p.kind, p.nature, p.legal_status, p.pupils, p.commune_id, \
                 p.circonscription_id, p.department_id, p.academy_id, p.region_id FROM establishment_periods p WHERE 1 = 1",
            );
            push_in!(query, "p.uai", uais.iter().cloned());
            query.push(" ORDER BY p.uai, p.ordinal");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows)
    }

    /// The sites of these establishments, each in the order of the file.
    pub(crate) async fn sites_by_uais(&self, uais: &[String]) -> Result<Vec<SiteRow>, StoreError> {
        let rows = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(
                "SELECT s.uai, s.name, s.address, s.postal_code, s.latitude, s.longitude FROM sites s WHERE 1 = 1",
            );
            push_in!(query, "s.uai", uais.iter().cloned());
            query.push(" ORDER BY s.uai, s.ordinal");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows)
    }
}
