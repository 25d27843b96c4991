//! Sectors: which collège takes the pupils of which école.

use std::collections::{BTreeSet, HashMap};

use db::{StoreError, Tx, with_pool, with_tx};
use kernel::{EstablishmentKind, LegalStatus};
use sqlx::QueryBuilder;

use super::Store;
use super::establishments::{COLUMNS, EstablishmentRow, Listed};
use super::filter::push_in;
use crate::domain::Sector;
use crate::domain::sector::Role;

/// Rows written with one statement: three values each.
const CHUNK: usize = 1000;

#[derive(sqlx::FromRow)]
struct RoleRow {
    uai: String,
    commune_id: Option<String>,
    kind: Option<String>,
    nature: Option<String>,
    legal_status: Option<String>,
}

impl RoleRow {
    fn role(&self) -> Role {
        Role::of(
            self.kind.as_deref().and_then(EstablishmentKind::parse),
            self.nature.as_deref(),
            self.legal_status.as_deref().and_then(LegalStatus::parse),
        )
    }
}

const ROLE: &str = "SELECT p.uai, p.commune_id, p.kind, p.nature, p.legal_status \
    FROM establishments e JOIN establishment_periods p ON p.uai = e.uai AND p.valid_to IS NULL";

impl Store {
    /// What every establishment is to the carte scolaire, by UAI, closed ones too.
    pub(crate) async fn sector_roles(&self) -> Result<HashMap<String, Role>, StoreError> {
        let rows: Vec<RoleRow> = with_pool!(&self.db, |pool| sqlx::query_as(ROLE).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(|row| (row.uai.clone(), row.role())).collect())
    }

    /// The écoles of these communes that are not closed, by commune, each with its role, in the order of UAI.
    ///
    /// A closed one has the sector that it last had: who draws sectors now does not speak of it.
    pub(crate) async fn ecoles_of_communes(
        &self,
        tx: &mut Tx,
        communes: &[String],
    ) -> Result<HashMap<String, Vec<(String, Role)>>, StoreError> {
        let rows: Vec<RoleRow> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(ROLE);
            query.push(" WHERE e.status <> 'CLOSED' AND p.kind = ").push_bind(EstablishmentKind::Ecole.as_str());
            push_in!(query, "p.commune_id", communes.iter().cloned());
            query.push(" ORDER BY p.uai");
            query.build_query_as().fetch_all(connection).await
        })?;
        let mut ecoles: HashMap<String, Vec<(String, Role)>> = HashMap::new();
        for row in rows {
            let role = row.role();
            if let Some(commune) = row.commune_id {
                ecoles.entry(commune).or_default().push((row.uai, role));
            }
        }
        Ok(ecoles)
    }

    /// The sectors of these écoles, those that lie in one.
    pub(crate) async fn sectors(&self, tx: &mut Tx, ecoles: &[String]) -> Result<HashMap<String, Sector>, StoreError> {
        let rows: Vec<(String, String, bool)> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new("SELECT s.ecole, s.college, s.exact FROM sectors s WHERE 1 = 1");
            push_in!(query, "s.ecole", ecoles.iter().cloned());
            query.build_query_as().fetch_all(connection).await
        })?;
        let mut sectors: HashMap<String, Sector> = HashMap::new();
        for (ecole, college, exact) in rows {
            let sector = sectors.entry(ecole).or_insert_with(|| Sector { colleges: BTreeSet::new(), exact });
            sector.colleges.insert(college);
        }
        Ok(sectors)
    }

    /// Replaces the sectors of these écoles. The caller's transaction makes each whole.
    pub(crate) async fn write_sectors(&self, tx: &mut Tx, writes: &[(&String, &Sector)]) -> Result<(), StoreError> {
        if writes.is_empty() {
            return Ok(());
        }
        with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new("DELETE FROM sectors WHERE 1 = 1");
            push_in!(query, "ecole", writes.iter().map(|(ecole, _)| (*ecole).clone()));
            query.build().execute(connection).await.map(drop)
        })?;
        let rows: Vec<(&String, &String, bool)> = writes
            .iter()
            .flat_map(|(ecole, sector)| sector.colleges.iter().map(|college| (*ecole, college, sector.exact)))
            .collect();
        for chunk in rows.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("INSERT INTO sectors (ecole, college, exact) ");
                query.push_values(chunk, |mut row, (ecole, college, exact)| {
                    row.push_bind((*ecole).clone()).push_bind((*college).clone()).push_bind(*exact);
                });
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// The collèges in whose sector each of these écoles lies, by name.
    pub(crate) async fn sector_colleges(
        &self,
        ecoles: &[String],
    ) -> Result<Vec<(String, EstablishmentRow)>, StoreError> {
        self.across_sectors("s.ecole", "s.college", ecoles).await
    }

    /// The écoles that lie in the sector of each of these collèges, by name.
    pub(crate) async fn feeder_ecoles(
        &self,
        colleges: &[String],
    ) -> Result<Vec<(String, EstablishmentRow)>, StoreError> {
        self.across_sectors("s.college", "s.ecole", colleges).await
    }

    /// The establishments in the column `to` beside each of `uais` in the column `from`.
    async fn across_sectors(
        &self,
        from: &'static str,
        to: &'static str,
        uais: &[String],
    ) -> Result<Vec<(String, EstablishmentRow)>, StoreError> {
        let rows: Vec<Listed> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(format!(
                "SELECT {from} AS parent, {COLUMNS} FROM sectors s JOIN establishments e ON e.uai = {to} \
                 JOIN establishment_periods p ON p.uai = e.uai AND p.valid_to IS NULL WHERE 1 = 1"
            ));
            push_in!(query, from, uais.iter().cloned());
            query.push(format!(" ORDER BY {from}, p.name_folded, e.uai"));
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(|row| (row.parent, row.establishment)).collect())
    }
}
