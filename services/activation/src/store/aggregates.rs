//! Counting: one statement for all places of a level.

use std::collections::HashMap;

use chrono::NaiveDate;
use db::{StoreError, with_pool};
use kernel::{SchoolYear, TerritoryLevel};
use sqlx::QueryBuilder;

use super::scope::{column, push_population};
use super::{Scope, Store, Wanted};
use crate::domain::shared_ent::Tally;
use crate::domain::{Counting, Group, Perimeter, Population};

#[derive(sqlx::FromRow)]
struct GroupRow {
    place: String,
    status: Option<String>,
    source: Option<String>,
    provenance: Option<i64>,
    establishments: i64,
    observed: i64,
    numerator: Option<f64>,
    denominator: Option<f64>,
    observed_on: Option<NaiveDate>,
}

#[derive(sqlx::FromRow)]
struct TallyRow {
    place: String,
    department: String,
    kind: String,
    project: Option<String>,
    establishments: i64,
}

/// Appends the facts that are counted, as `f (uai, status, source, provenance, numerator, denominator, observed_on)`.
macro_rules! push_facts {
    ($query:expr, $wanted:expr) => {{
        let wanted: &Wanted = $wanted;
        match wanted.indicator.definition().counting {
            Counting::Deployments | Counting::SharedEnt => {
                $query.push(
                    "(SELECT d.uai, 'OPEN' AS status, MIN(d.source) AS source, MIN(d.provenance) AS provenance, \
                     CAST(NULL AS DOUBLE PRECISION) AS numerator, CAST(NULL AS DOUBLE PRECISION) AS denominator, \
                     MAX(d.observed_on) AS observed_on FROM place_deployments d WHERE d.status = 'OPEN' AND d.school_year = ",
                );
                $query.push_bind(wanted.year.to_string());
                if let Some(project) = &wanted.perimeter.project {
                    $query.push(" AND d.project_id = ").push_bind(project.clone());
                }
                $query.push(" GROUP BY d.uai) f");
            }
            Counting::States { observed_as, .. } => push_observations!($query, observed_as, wanted.year),
            Counting::Sums => push_observations!($query, wanted.indicator, wanted.year),
        }
    }};
}

macro_rules! push_observations {
    ($query:expr, $indicator:expr, $year:expr) => {{
        $query.push(
            "(SELECT o.uai, o.status, o.source, o.provenance, o.numerator, o.denominator, o.observed_on FROM observations o \
             WHERE o.indicator = ",
        );
        $query.push_bind($indicator.as_str()).push(" AND o.school_year = ").push_bind($year.to_string()).push(") f");
    }};
}

impl Store {
    /// What there is to count of an indicator, for each place of `scope` that has anything.
    pub(crate) async fn groups(
        &self,
        scope: &Scope,
        wanted: &Wanted,
    ) -> Result<HashMap<String, Vec<Group>>, StoreError> {
        let definition = wanted.indicator.definition();
        let join = match definition.population {
            Population::Directory => "LEFT JOIN",
            Population::Observed => "JOIN",
        };
        let key = scope.key();
        let rows: Vec<GroupRow> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(format!(
                "SELECT {key} AS place, f.status, f.source, f.provenance, COUNT(*) AS establishments, COUNT(f.uai) AS observed, \
                 SUM(f.numerator) AS numerator, SUM(f.denominator) AS denominator, MAX(f.observed_on) AS observed_on \
                 FROM place_periods p JOIN places e ON e.uai = p.uai {join} "
            ));
            push_facts!(query, wanted);
            query.push(" ON f.uai = p.uai WHERE 1 = 1");
            push_population!(query, scope, wanted.year, &wanted.perimeter);
            if definition.counting == Counting::SharedEnt {
                query.push(" AND p.legal_status = 'PUBLIC' AND p.kind IN ('COLLEGE', 'LYCEE')");
            }
            // A deployment's project restricts what is counted; elsewhere it restricts out of whom.
            if let (Some(project), false) = (&wanted.perimeter.project, definition.counting == Counting::Deployments) {
                query.push(" AND EXISTS (SELECT 1 FROM place_deployments x WHERE x.uai = p.uai AND x.status = 'OPEN' AND x.project_id = ");
                query
                    .push_bind(project.clone())
                    .push(" AND x.school_year = ")
                    .push_bind(wanted.year.to_string())
                    .push(")");
            }
            query.push(" GROUP BY 1, f.status, f.source, f.provenance");
            query.build_query_as().fetch_all(pool).await
        })?;
        let mut groups: HashMap<String, Vec<Group>> = HashMap::new();
        for row in rows {
            groups.entry(row.place).or_default().push(Group {
                status: row.status,
                source: row.source,
                provenance: row.provenance,
                establishments: row.establishments,
                observed: row.observed,
                numerator: row.numerator,
                denominator: row.denominator,
                observed_on: row.observed_on,
            });
        }
        Ok(groups)
    }

    /// Public collèges and lycées of each département by the project open there, for each place of `scope`.
    pub(crate) async fn shared_ent_tallies(
        &self,
        scope: &Scope,
        year: SchoolYear,
        perimeter: &Perimeter,
    ) -> Result<HashMap<String, Vec<Tally>>, StoreError> {
        let key = scope.key();
        let rows: Vec<TallyRow> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new("");
            for by_project in [false, true] {
                let (project, join) = if by_project {
                    ("d.project_id", "JOIN place_deployments d ON d.uai = p.uai AND d.status = 'OPEN'")
                } else {
                    query.push("SELECT * FROM (");
                    ("CAST(NULL AS TEXT)", "")
                };
                query.push(format!(
                    "SELECT {key} AS place, p.department_id AS department, p.kind, {project} AS project, COUNT(*) AS establishments \
                     FROM place_periods p JOIN places e ON e.uai = p.uai {join} \
                     WHERE p.legal_status = 'PUBLIC' AND p.kind IN ('COLLEGE', 'LYCEE') AND p.department_id IS NOT NULL"
                ));
                push_population!(query, scope, year, perimeter);
                if by_project {
                    query.push(" AND d.school_year = ").push_bind(year.to_string());
                    if let Some(project) = &perimeter.project {
                        query.push(" AND d.project_id = ").push_bind(project.clone());
                    }
                }
                query.push(" GROUP BY 1, 2, 3, 4");
                query.push(if by_project { ") tallies" } else { " UNION ALL " });
            }
            query.build_query_as().fetch_all(pool).await
        })?;
        let mut tallies: HashMap<String, Vec<Tally>> = HashMap::new();
        for row in rows {
            let TallyRow { place, department, kind, project, establishments } = row;
            tallies.entry(place).or_default().push(Tally {
                department,
                of_colleges: kind == "COLLEGE",
                project,
                establishments,
            });
        }
        Ok(tallies)
    }

    /// Which of these places the projection holds.
    pub(crate) async fn known_places(&self, scope: &Scope) -> Result<Vec<String>, StoreError> {
        let key = scope.key();
        let rows: Vec<(String,)> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(format!("SELECT DISTINCT {key} FROM place_periods p WHERE {key} IN ("));
            let mut list = query.separated(", ");
            for id in scope.ids() {
                list.push_bind(id.clone());
            }
            query.push(")");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// The wider territories in which each of these lies, by what the directory's present periods say.
    pub(crate) async fn wider_territories(
        &self,
        level: TerritoryLevel,
        ids: &[String],
    ) -> Result<Vec<(String, String)>, StoreError> {
        let wider = [TerritoryLevel::Region, TerritoryLevel::Academy, TerritoryLevel::Department];
        let wider: Vec<&str> = wider.into_iter().filter(|above| *above < level).map(column).collect();
        if wider.is_empty() || ids.is_empty() {
            return Ok(Vec::new());
        }
        let key = column(level);
        let rows = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new("");
            for (index, above) in wider.iter().enumerate() {
                query.push(if index == 0 { "" } else { " UNION " });
                query.push(format!(
                    "SELECT DISTINCT {key} AS place, {above} AS above FROM place_periods p \
                     WHERE p.valid_to IS NULL AND {above} IS NOT NULL AND {key} IN ("
                ));
                let mut list = query.separated(", ");
                for id in ids {
                    list.push_bind(id.clone());
                }
                query.push(")");
            }
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows)
    }
}
