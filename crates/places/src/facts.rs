//! What establishments were in a school year, to be compared with a perimeter.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use db::{Db, StoreError, Tx, with_pool, with_tx};
use kernel::{EstablishmentKind, LegalStatus, PlaceFacts, SchoolYear};
use sqlx::QueryBuilder;

/// An establishment in a school year.
pub type Pair = (String, SchoolYear);

/// An ENT open somewhere: UAI, school year, project.
type Open = (String, String, String);

/// UAI bound by one statement at most.
const CHUNK: usize = 500;

const PERIODS: &str = "SELECT uai, valid_from, valid_to, kind, legal_status, region_id, academy_id, department_id, \
    circonscription_id, intercommunalite_id, commune_id FROM place_periods WHERE uai IN (";
const OPEN: &str = "SELECT uai, school_year, project_id FROM place_deployments WHERE status = 'OPEN' AND uai IN (";

/// A statement over a list of UAI.
macro_rules! listed {
    ($statement:expr, $uais:expr) => {{
        let mut query = QueryBuilder::new($statement);
        let mut list = query.separated(", ");
        for uai in $uais {
            list.push_bind((*uai).to_owned());
        }
        query.push(")");
        query
    }};
}

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
    let mut found = HashMap::new();
    for uais in uais(pairs).chunks(CHUNK) {
        let periods = with_pool!(db, |pool| listed!(PERIODS, uais).build_query_as().fetch_all(pool).await)?;
        let open = with_pool!(db, |pool| listed!(OPEN, uais).build_query_as().fetch_all(pool).await)?;
        assemble(&mut found, uais, pairs, &periods, &open);
    }
    Ok(found)
}

/// The same as a transaction sees it.
///
/// # Errors
/// When the database fails.
pub async fn facts_in(tx: &mut Tx, pairs: &[Pair]) -> Result<HashMap<Pair, PlaceFacts>, StoreError> {
    let mut found = HashMap::new();
    for uais in uais(pairs).chunks(CHUNK) {
        let periods = with_tx!(tx, |connection| listed!(PERIODS, uais).build_query_as().fetch_all(connection).await)?;
        let open = with_tx!(tx, |connection| listed!(OPEN, uais).build_query_as().fetch_all(connection).await)?;
        assemble(&mut found, uais, pairs, &periods, &open);
    }
    Ok(found)
}

/// A service of the State among these: what it is (`nature_uai`), its académie and its département, as they now are.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Service {
    /// Its UAI.
    pub uai: String,
    /// `nature_uai`.
    pub nature: Option<String>,
    /// Id of its académie.
    pub academy_id: Option<String>,
    /// Id of its département.
    pub department_id: Option<String>,
}

/// What these establishments now are, of which the directory tells. One statement for up to 500.
///
/// # Errors
/// When the database fails.
pub async fn services(db: &Db, uais: &[String]) -> Result<Vec<Service>, StoreError> {
    const SERVICES: &str =
        "SELECT uai, nature, academy_id, department_id FROM place_periods WHERE valid_to IS NULL AND uai IN (";
    let mut found = Vec::new();
    for uais in uais.chunks(CHUNK) {
        let rows: Vec<Service> = with_pool!(db, |pool| listed!(SERVICES, uais).build_query_as().fetch_all(pool).await)?;
        found.extend(rows);
    }
    Ok(found)
}

fn uais(pairs: &[Pair]) -> Vec<&str> {
    let uais: BTreeSet<&str> = pairs.iter().map(|(uai, _)| uai.as_str()).collect();
    uais.into_iter().collect()
}

fn assemble(
    found: &mut HashMap<Pair, PlaceFacts>,
    uais: &[&str],
    pairs: &[Pair],
    periods: &[PeriodRow],
    open: &[Open],
) {
    let mut of_place: HashMap<&str, (Vec<&PeriodRow>, Vec<&Open>)> = HashMap::new();
    for period in periods {
        of_place.entry(&period.uai).or_default().0.push(period);
    }
    for deployment in open {
        of_place.entry(&deployment.0).or_default().1.push(deployment);
    }
    let here: BTreeSet<&str> = uais.iter().copied().collect();
    for (uai, year) in pairs.iter().filter(|(uai, _)| here.contains(uai.as_str())) {
        let Some((periods, open)) = of_place.get(uai.as_str()) else { continue };
        let Some(period) = periods.iter().find(|row| row.in_force(*year)) else { continue };
        let written = year.to_string();
        let mut facts = period.facts();
        let projects = open.iter().filter(|(_, in_year, _)| *in_year == written);
        facts.projects = projects.map(|(_, _, project)| project.clone()).collect();
        found.insert((uai.clone(), *year), facts);
    }
}
