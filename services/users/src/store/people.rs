//! Reading people: where lookups lead, and everything that is known of those.

use std::collections::{BTreeMap, HashMap};

use db::{StoreError, Tx, with_pool, with_tx};
use kernel::{Fault, Profile};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Store, unreadable};
use crate::domain::{Affiliation, Person};

#[derive(sqlx::FromRow)]
struct PersonRow {
    person_id: Uuid,
    given_name: Option<String>,
    family_name: Option<String>,
    pseudonym_key: i64,
}

#[derive(sqlx::FromRow)]
struct AffiliationRow {
    canonical_id: Uuid,
    school_year: String,
    uai: String,
    profile: String,
    mefstat4: Option<String>,
    classes: Json<Vec<String>>,
    groups: Json<Vec<String>>,
}

impl AffiliationRow {
    fn read(self) -> Result<(Uuid, Affiliation), Fault> {
        let affiliation = Affiliation {
            school_year: self.school_year.parse().map_err(|_| unreadable("school year"))?,
            uai: self.uai,
            profile: Profile::parse(&self.profile).ok_or_else(|| unreadable("profile"))?,
            mefstat4: self.mefstat4,
            classes: self.classes.0,
            groups: self.groups.0,
        };
        Ok((self.canonical_id, affiliation))
    }
}

/// Appends `(id, id, ...)`.
macro_rules! push_ids {
    ($query:expr, $ids:expr) => {{
        $query.push("(");
        let mut list = $query.separated(", ");
        for id in $ids {
            list.push_bind(*id);
        }
        $query.push(")");
    }};
}
pub(super) use push_ids;

/// Appends `((system, value), ...)` as both databases read it.
macro_rules! push_pairs {
    ($query:expr, $pairs:expr) => {{
        $query.push("(VALUES ");
        let mut first = true;
        for (system, value) in $pairs {
            $query.push(if first { "(" } else { ", (" }).push_bind(system.clone());
            $query.push(", ").push_bind(value.clone()).push(")");
            first = false;
        }
        $query.push(")");
    }};
}

/// Appends the people themselves and those who lead to them.
macro_rules! push_members {
    ($query:expr, $canonical:expr) => {{
        $query.push("WHERE a.person_id IN ");
        push_ids!($query, $canonical);
        $query.push(" OR a.person_id IN (SELECT person_id FROM redirects WHERE canonical_id IN ");
        push_ids!($query, $canonical);
        $query.push(")").push(IN_ORDER);
    }};
}

const PEOPLE: &str = "SELECT person_id, given_name, family_name, pseudonym_key FROM people WHERE person_id IN ";
const IDENTIFIERS: &str = "SELECT i.system, i.value, COALESCE(r.canonical_id, i.person_id) FROM identifiers i \
    LEFT JOIN redirects r ON r.person_id = i.person_id WHERE (i.system, i.value) IN ";
const AFFILIATIONS: &str = "SELECT COALESCE(r.canonical_id, a.person_id) AS canonical_id, a.school_year, a.uai, a.profile, \
    a.mefstat4, a.classes, a.groups FROM affiliations a LEFT JOIN redirects r ON r.person_id = a.person_id ";
const IN_ORDER: &str = " ORDER BY a.school_year DESC, a.uai, a.profile, a.source";

impl Store {
    /// Where lookups of these ids lead, for those that are people's. One statement.
    pub(crate) async fn canonical(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(Uuid, Option<Uuid>)> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(
                "SELECT p.person_id, r.canonical_id FROM people p LEFT JOIN redirects r ON r.person_id = p.person_id \
                 WHERE p.person_id IN ",
            );
            push_ids!(query, ids);
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(|(id, canonical)| (id, canonical.unwrap_or(id))).collect())
    }

    /// Who bears these identifiers, by where lookups lead now. One statement.
    pub(crate) async fn by_identifiers(
        &self,
        tx: &mut Tx,
        identifiers: &[(String, String)],
    ) -> Result<HashMap<(String, String), Uuid>, StoreError> {
        if identifiers.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(String, String, Uuid)> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(IDENTIFIERS);
            push_pairs!(query, identifiers);
            query.build_query_as().fetch_all(connection).await
        })?;
        Ok(rows.into_iter().map(|(system, value, person)| ((system, value), person)).collect())
    }

    /// Who bears this identifier.
    pub(crate) async fn by_identifier(&self, system: &str, value: &str) -> Result<Option<Uuid>, StoreError> {
        let identifier = [(system.to_owned(), value.to_owned())];
        let row: Option<(String, String, Uuid)> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(IDENTIFIERS);
            push_pairs!(query, &identifier);
            query.build_query_as().fetch_optional(pool).await
        })?;
        Ok(row.map(|(_, _, person)| person))
    }

    /// The people to whom lookups lead, with the affiliations of everybody who was merged into them. Two statements.
    pub(crate) async fn people(&self, canonical: &[Uuid]) -> Result<HashMap<Uuid, Person>, Fault> {
        if canonical.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<PersonRow> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(PEOPLE);
            push_ids!(query, canonical);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(StoreError::from)?;
        let affiliations: Vec<AffiliationRow> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(AFFILIATIONS);
            push_members!(query, canonical);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(StoreError::from)?;
        assemble(rows, affiliations)
    }

    /// The same within a transaction.
    pub(crate) async fn people_in(&self, tx: &mut Tx, canonical: &[Uuid]) -> Result<HashMap<Uuid, Person>, Fault> {
        if canonical.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<PersonRow> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(PEOPLE);
            push_ids!(query, canonical);
            query.build_query_as().fetch_all(connection).await
        })
        .map_err(StoreError::from)?;
        let affiliations: Vec<AffiliationRow> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(AFFILIATIONS);
            push_members!(query, canonical);
            query.build_query_as().fetch_all(connection).await
        })
        .map_err(StoreError::from)?;
        assemble(rows, affiliations)
    }
}

fn assemble(rows: Vec<PersonRow>, affiliations: Vec<AffiliationRow>) -> Result<HashMap<Uuid, Person>, Fault> {
    let mut by_person: BTreeMap<Uuid, Vec<Affiliation>> = BTreeMap::new();
    for row in affiliations {
        let (person, affiliation) = row.read()?;
        let known = by_person.entry(person).or_default();
        // Two sources may tell the same.
        if !known.contains(&affiliation) {
            known.push(affiliation);
        }
    }
    let person = |row: PersonRow| Person {
        id: row.person_id,
        given_name: row.given_name,
        family_name: row.family_name,
        pseudonym_key: row.pseudonym_key,
        affiliations: by_person.remove(&row.person_id).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(person).map(|person| (person.id, person)).collect())
}
