//! Organisations and ENT projects.

use db::{StoreError, Tx, with_pool, with_tx};
use kernel::{Degree, SchoolYear, TerritoryId};
use sqlx::QueryBuilder;

use super::Store;
use super::filter::{push_in, territory_column};

/// An organisation's row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct OrganisationRow {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) territory_id: Option<String>,
}

/// An ENT project's row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct ProjectRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) url: Option<String>,
    pub(crate) first_degree: bool,
    pub(crate) second_degree: bool,
    pub(crate) vendor_id: Option<String>,
    pub(crate) succeeded_by: Option<String>,
}

/// An ENT project to write, with its owners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProjectWrite {
    pub(crate) row: ProjectRow,
    pub(crate) owners: Vec<String>,
}

const PROJECT_COLUMNS: &str = "j.id, j.name, j.url, j.first_degree, j.second_degree, j.vendor_id, j.succeeded_by";

impl Store {
    /// The organisations of these ids, those that exist.
    pub(crate) async fn organisations_by_ids(&self, ids: &[String]) -> Result<Vec<OrganisationRow>, StoreError> {
        let rows = with_pool!(&self.db, |pool| {
            let mut query =
                QueryBuilder::new("SELECT o.id, o.kind, o.name, o.territory_id FROM organisations o WHERE 1 = 1");
            push_in!(query, "o.id", ids.iter().cloned());
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows)
    }

    /// The ENT projects of these ids, those that exist.
    pub(crate) async fn projects_by_ids(&self, ids: &[String]) -> Result<Vec<ProjectRow>, StoreError> {
        let rows = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(format!("SELECT {PROJECT_COLUMNS} FROM ent_projects j WHERE 1 = 1"));
            push_in!(query, "j.id", ids.iter().cloned());
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows)
    }

    /// ENT projects of a degree, and those open somewhere in a territory in a school year, by name.
    pub(crate) async fn projects(
        &self,
        territory: Option<&TerritoryId>,
        degree: Option<Degree>,
        year: Option<SchoolYear>,
    ) -> Result<Vec<ProjectRow>, StoreError> {
        let rows = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(format!("SELECT {PROJECT_COLUMNS} FROM ent_projects j WHERE 1 = 1"));
            match degree {
                Some(Degree::First) => {
                    query.push(" AND j.first_degree");
                }
                Some(Degree::Second) => {
                    query.push(" AND j.second_degree");
                }
                None => {}
            }
            if territory.is_some() || year.is_some() {
                query.push(
                    " AND EXISTS (SELECT 1 FROM deployments d JOIN establishment_periods p ON p.uai = d.uai AND p.valid_to IS NULL \
                     WHERE d.project_id = j.id AND d.status = 'OPEN'",
                );
                if let Some(year) = year {
                    query.push(" AND d.school_year = ").push_bind(year.to_string());
                }
                match territory.map(|territory| (territory.level(), territory.to_string())) {
                    None | Some((kernel::TerritoryLevel::Country, _)) => {}
                    Some((kernel::TerritoryLevel::Intercommunalite, id)) => {
                        query.push(" AND p.commune_id IN (SELECT commune_id FROM commune_intercommunalites WHERE intercommunalite_id = ");
                        query.push_bind(id).push(")");
                    }
                    Some((level, id)) => {
                        query.push(format!(" AND {} = ", territory_column(level))).push_bind(id);
                    }
                }
                query.push(")");
            }
            query.push(" ORDER BY j.name, j.id LIMIT 1000");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows)
    }

    /// The owners of these ENT projects.
    pub(crate) async fn project_owners(&self, ids: &[String]) -> Result<Vec<(String, OrganisationRow)>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Owned {
            project_id: String,
            #[sqlx(flatten)]
            organisation: OrganisationRow,
        }
        let rows: Vec<Owned> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(
                "SELECT w.project_id, o.id, o.kind, o.name, o.territory_id FROM ent_project_owners w \
                 JOIN organisations o ON o.id = w.organisation_id WHERE 1 = 1",
            );
            push_in!(query, "w.project_id", ids.iter().cloned());
            query.push(" ORDER BY w.project_id, o.name, o.id");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(|row| (row.project_id, row.organisation)).collect())
    }

    /// Writes an organisation.
    pub(crate) async fn write_organisation(&self, tx: &mut Tx, row: &OrganisationRow) -> Result<(), StoreError> {
        with_tx!(tx, |connection| {
            sqlx::query(
                "INSERT INTO organisations (id, kind, name, territory_id) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, territory_id = excluded.territory_id",
            )
            .bind(&row.id)
            .bind(&row.kind)
            .bind(&row.name)
            .bind(&row.territory_id)
            .execute(connection)
            .await
            .map(drop)
        })?;
        Ok(())
    }

    /// Writes an ENT project and its owners.
    pub(crate) async fn write_project(&self, tx: &mut Tx, project: &ProjectWrite) -> Result<(), StoreError> {
        let row = &project.row;
        with_tx!(tx, |connection| {
            sqlx::query(
                "INSERT INTO ent_projects (id, name, url, first_degree, second_degree, vendor_id, succeeded_by) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url, \
                 first_degree = excluded.first_degree, second_degree = excluded.second_degree, \
                 vendor_id = excluded.vendor_id, succeeded_by = excluded.succeeded_by",
            )
            .bind(&row.id)
            .bind(&row.name)
            .bind(&row.url)
            .bind(row.first_degree)
            .bind(row.second_degree)
            .bind(&row.vendor_id)
            .bind(&row.succeeded_by)
            .execute(connection)
            .await
            .map(drop)
        })?;
        with_tx!(tx, |connection| {
            sqlx::query("DELETE FROM ent_project_owners WHERE project_id = $1")
                .bind(&row.id)
                .execute(connection)
                .await
                .map(drop)
        })?;
        for owner in &project.owners {
            with_tx!(tx, |connection| {
                sqlx::query("INSERT INTO ent_project_owners (project_id, organisation_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                    .bind(&row.id)
                    .bind(owner)
                    .execute(connection)
                    .await
                    .map(drop)
            })?;
        }
        Ok(())
    }
}
