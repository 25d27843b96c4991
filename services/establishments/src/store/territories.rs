//! Territories: by id, by level, above and below each other.

use std::collections::HashMap;

use db::{StoreError, Tx, with_pool, with_tx};
use kernel::{Cursor, Direction, Page, TerritoryLevel, fold};
use sqlx::QueryBuilder;

use super::Store;

/// A territory's row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct TerritoryRow {
    pub(crate) id: String,
    pub(crate) level: String,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) name_folded: String,
    pub(crate) zone: Option<String>,
    pub(crate) parent_id: Option<String>,
}

/// A territory to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TerritoryWrite {
    pub(crate) id: String,
    pub(crate) level: TerritoryLevel,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) zone: Option<String>,
    pub(crate) parent_id: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Related {
    root: String,
    #[sqlx(flatten)]
    territory: TerritoryRow,
}

const COLUMNS: &str = "t.id, t.level, t.code, t.name, t.name_folded, t.zone, t.parent_id";

impl Store {
    /// The territories of these ids, those that exist.
    pub(crate) async fn territories_by_ids(&self, ids: &[String]) -> Result<Vec<TerritoryRow>, StoreError> {
        let rows = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM territories t WHERE t.id IN ("));
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(id.clone());
            }
            query.push(")");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows)
    }

    /// Names of every territory, by id: what an import compares with.
    pub(crate) async fn territory_names(&self) -> Result<HashMap<String, String>, StoreError> {
        let rows: Vec<(String, String)> =
            with_pool!(&self.db, |pool| { sqlx::query_as("SELECT id, name FROM territories").fetch_all(pool).await })?;
        Ok(rows.into_iter().collect())
    }

    /// Id, name and parent of every circonscription: what a name alone is matched with.
    pub(crate) async fn circonscriptions(&self) -> Result<Vec<(String, String, Option<String>)>, StoreError> {
        let rows = with_pool!(&self.db, |pool| {
            sqlx::query_as("SELECT id, name, parent_id FROM territories WHERE level = $1")
                .bind(TerritoryLevel::Circonscription.as_str())
                .fetch_all(pool)
                .await
        })?;
        Ok(rows)
    }

    /// One page of the territories of `level` at or below each of `roots` (the empty list: anywhere), by name; one more than
    /// the page holds tells that there is more.
    ///
    /// Without a level: the direct children of each root.
    pub(crate) async fn territories_below(
        &self,
        roots: &[String],
        level: Option<TerritoryLevel>,
        page: &Page,
    ) -> Result<Vec<(String, TerritoryRow)>, StoreError> {
        let backward = page.direction == Direction::Backward;
        let order = if backward { "t.name_folded DESC, t.id DESC" } else { "t.name_folded, t.id" };
        let rows: Vec<Related> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new("");
            push_below!(query, roots, level);
            query.push(format!(
                "SELECT * FROM (SELECT s.root, {COLUMNS}, ROW_NUMBER() OVER (PARTITION BY s.root ORDER BY {order}) AS place \
                 FROM selected s JOIN territories t ON t.id = s.id WHERE 1 = 1"
            ));
            for (cursor, sign) in [(&page.after, ">"), (&page.before, "<")] {
                if let Some(Cursor(keys)) = cursor {
                    query.push(format!(" AND (t.name_folded, t.id) {sign} ("));
                    let mut list = query.separated(", ");
                    for key in keys {
                        list.push_bind(key.clone());
                    }
                    query.push(")");
                }
            }
            query.push(") ranked WHERE place <= ").push_bind(i64::from(page.size) + 1).push(" ORDER BY root, place");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(|row| (row.root, row.territory)).collect())
    }

    /// How many there are in the whole, by root.
    pub(crate) async fn count_territories_below(
        &self,
        roots: &[String],
        level: Option<TerritoryLevel>,
    ) -> Result<HashMap<String, i64>, StoreError> {
        let rows: Vec<(String, i64)> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new("");
            push_below!(query, roots, level);
            query.push("SELECT root, COUNT(*) FROM selected GROUP BY root");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows.into_iter().collect())
    }

    /// What lies above each of `ids`, from the nearest to the country.
    pub(crate) async fn territory_ancestors(&self, ids: &[String]) -> Result<Vec<(String, TerritoryRow)>, StoreError> {
        let rows: Vec<Related> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(
                "WITH RECURSIVE above (root, id, height) AS (SELECT id, parent_id, 1 FROM territories WHERE id IN (",
            );
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(id.clone());
            }
            query.push(format!(
                ") UNION ALL SELECT a.root, t.parent_id, a.height + 1 FROM above a JOIN territories t ON t.id = a.id WHERE a.height < 10) \
                 SELECT a.root, {COLUMNS} FROM above a JOIN territories t ON t.id = a.id ORDER BY a.root, a.height"
            ));
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(|row| (row.root, row.territory)).collect())
    }
}

/// Begins a query with `selected (root, id)`: the territories of `level` below each root.
///
/// A commune belongs to its intercommunalité beside its département, so that both ways down are followed.
macro_rules! push_below {
    ($query:ident, $roots:expr, $level:expr) => {
        match $level {
            Some(level) if $roots.is_empty() => {
                $query.push("WITH selected (root, id) AS (SELECT '', id FROM territories WHERE level = ");
                $query.push_bind(level.as_str()).push(") ");
            }
            level => {
                $query.push(
                    "WITH RECURSIVE ways (parent, child) AS (\
                     SELECT parent_id, id FROM territories WHERE parent_id IS NOT NULL \
                     UNION ALL SELECT intercommunalite_id, commune_id FROM commune_intercommunalites), \
                     below (root, id, depth) AS (SELECT id, id, 0 FROM territories WHERE id IN (",
                );
                let mut list = $query.separated(", ");
                for root in $roots {
                    list.push_bind(root.clone());
                }
                let deepest = if level.is_some() { 10 } else { 1 };
                $query.push(format!(
                    ") UNION SELECT b.root, w.child, b.depth + 1 FROM below b JOIN ways w ON w.parent = b.id WHERE b.depth < {deepest}), \
                     selected (root, id) AS (SELECT DISTINCT b.root, b.id FROM below b JOIN territories l ON l.id = b.id WHERE b.depth > 0"
                ));
                if let Some(level) = level {
                    $query.push(" AND l.level = ").push_bind(level.as_str());
                }
                $query.push(") ");
            }
        }
    };
}
use push_below;

/// Writes territories; names, parents and zones of known ones are brought up to date.
pub(super) async fn upsert(tx: &mut Tx, territories: &[TerritoryWrite]) -> Result<(), StoreError> {
    for chunk in territories.chunks(500) {
        with_tx!(tx, |connection| {
            let mut query =
                QueryBuilder::new("INSERT INTO territories (id, level, code, name, name_folded, zone, parent_id) ");
            query.push_values(chunk, |mut row, territory| {
                row.push_bind(territory.id.clone())
                    .push_bind(territory.level.as_str())
                    .push_bind(territory.code.clone())
                    .push_bind(territory.name.clone())
                    .push_bind(fold(&territory.name))
                    .push_bind(territory.zone.clone())
                    .push_bind(territory.parent_id.clone());
            });
            query.push(
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded, \
                 zone = COALESCE(excluded.zone, territories.zone), parent_id = COALESCE(excluded.parent_id, territories.parent_id)",
            );
            query.build().execute(connection).await.map(drop)
        })?;
    }
    Ok(())
}

impl Store {
    /// Writes territories in a transaction of the caller.
    pub(crate) async fn write_territories(
        &self,
        tx: &mut Tx,
        territories: &[TerritoryWrite],
    ) -> Result<(), StoreError> {
        upsert(tx, territories).await
    }

    /// Puts communes into intercommunalités; returns the communes whose intercommunalité changed.
    pub(crate) async fn write_intercommunalites(
        &self,
        tx: &mut Tx,
        pairs: &[(String, String)],
    ) -> Result<Vec<String>, StoreError> {
        let mut changed = Vec::new();
        for (commune, epci) in pairs {
            let moved: u64 = with_tx!(tx, |connection| {
                sqlx::query(
                    "INSERT INTO commune_intercommunalites (commune_id, intercommunalite_id) VALUES ($1, $2) \
                     ON CONFLICT (commune_id) DO UPDATE SET intercommunalite_id = excluded.intercommunalite_id \
                     WHERE commune_intercommunalites.intercommunalite_id <> excluded.intercommunalite_id",
                )
                .bind(commune)
                .bind(epci)
                .execute(connection)
                .await
                .map(|done| done.rows_affected())
            })?;
            if moved > 0 {
                changed.push(commune.clone());
            }
        }
        Ok(changed)
    }

    /// UAI of the establishments that lie in these communes now.
    pub(crate) async fn uais_in_communes(&self, tx: &mut Tx, communes: &[String]) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new("SELECT DISTINCT uai FROM establishment_periods WHERE commune_id IN (");
            let mut list = query.separated(", ");
            for commune in communes {
                list.push_bind(commune.clone());
            }
            query.push(") ORDER BY uai");
            query.build_query_as().fetch_all(connection).await
        })?;
        Ok(rows.into_iter().map(|(uai,)| uai).collect())
    }
}
