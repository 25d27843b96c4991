//! What establishments were in a school year, to be compared with a perimeter.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use db::{Db, StoreError, with_pool};
use kernel::{EstablishmentKind, LegalStatus, PlaceFacts, SchoolYear};
use sqlx::QueryBuilder;

/// An establishment in a school year.
pub type Pair = (String, SchoolYear);

/// UAI bound by one statement at most.
const CHUNK: usize = 500;

#[derive(sqlx::FromRow)]
struct PeriodRow {
    uai: String,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    kind: Option<String>,
    legal_status: Option<String>,
    region_id: Option<String>,
    academy_id: Option<String>,
    department_id: Option<String>,
    circonscription_id: Option<String>,
    intercommunalite_id: Option<String>,
    commune_id: Option<String>,
}

impl PeriodRow {
    /// Whether it was in force when the year ended, as indicators count it.
    fn in_force(&self, year: SchoolYear) -> bool {
        self.valid_from.is_none_or(|from| from < year.end()) && self.valid_to.is_none_or(|to| to >= year.end())
    }

    fn facts(&self) -> PlaceFacts {
        let ids = [
            &self.region_id,
            &self.academy_id,
            &self.department_id,
            &self.circonscription_id,
            &self.intercommunalite_id,
            &self.commune_id,
        ];
        PlaceFacts {
            territories: ids.into_iter().flatten().cloned().collect(),
            kind: self.kind.as_deref().and_then(EstablishmentKind::parse),
            legal_status: self.legal_status.as_deref().and_then(LegalStatus::parse),
            projects: BTreeSet::new(),
        }
    }
}

/// The facts of each pair; one of which nothing is known is left out. Two statements for up to 500 establishments.
///
/// # Errors
/// When the database fails.
pub async fn facts(db: &Db, pairs: &[Pair]) -> Result<HashMap<Pair, PlaceFacts>, StoreError> {
    let uais: BTreeSet<&str> = pairs.iter().map(|(uai, _)| uai.as_str()).collect();
    let uais: Vec<&str> = uais.into_iter().collect();
    let mut found: HashMap<Pair, PlaceFacts> = HashMap::new();
    for chunk in uais.chunks(CHUNK) {
        let periods: Vec<PeriodRow> = with_pool!(db, |pool| {
            let mut query = QueryBuilder::new(
                "SELECT uai, valid_from, valid_to, kind, legal_status, region_id, academy_id, department_id, \
                 circonscription_id, intercommunalite_id, commune_id FROM place_periods WHERE uai IN (",
            );
            let mut list = query.separated(", ");
            for uai in chunk {
                list.push_bind((*uai).to_owned());
            }
            query.push(")");
            query.build_query_as().fetch_all(pool).await
        })?;
        let open: Vec<(String, String, String)> = with_pool!(db, |pool| {
            let mut query = QueryBuilder::new(
                "SELECT uai, school_year, project_id FROM place_deployments WHERE status = 'OPEN' AND uai IN (",
            );
            let mut list = query.separated(", ");
            for uai in chunk {
                list.push_bind((*uai).to_owned());
            }
            query.push(")");
            query.build_query_as().fetch_all(pool).await
        })?;
        let here: BTreeSet<&str> = chunk.iter().copied().collect();
        for (uai, year) in pairs.iter().filter(|(uai, _)| here.contains(uai.as_str())) {
            let Some(period) = periods.iter().find(|row| row.uai == *uai && row.in_force(*year)) else { continue };
            let mut facts = period.facts();
            let written = year.to_string();
            let projects = open.iter().filter(|(at, in_year, _)| at == uai && *in_year == written);
            facts.projects = projects.map(|(_, _, project)| project.clone()).collect();
            found.insert((uai.clone(), *year), facts);
        }
    }
    Ok(found)
}
