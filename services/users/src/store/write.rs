//! Writing people, many with one statement.

use chrono::{DateTime, Utc};
use db::{StoreError, Tx, with_tx};
use kernel::{Profile, SchoolYear};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::Store;

/// Rows written with one statement: twelve values each stay far below what either database binds.
const CHUNK: usize = 500;

/// A person as they shall be.
#[derive(Clone, Debug)]
pub(crate) struct PersonWrite {
    pub(crate) id: Uuid,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) pseudonym_key: i64,
    /// Identifiers that are new.
    pub(crate) identifiers: Vec<(String, String)>,
    /// What this source says of these school years, whole.
    pub(crate) affiliations: Vec<AffiliationWrite>,
    pub(crate) source: String,
}

/// An affiliation as a source tells it.
#[derive(Clone, Debug)]
pub(crate) struct AffiliationWrite {
    pub(crate) school_year: SchoolYear,
    pub(crate) uai: String,
    pub(crate) profile: Profile,
    pub(crate) mefstat4: Option<String>,
    pub(crate) classes: Vec<String>,
    pub(crate) groups: Vec<String>,
}

impl Store {
    /// Writes people, their new identifiers, and what their sources say of the school years that they speak of.
    pub(crate) async fn write_people(
        &self,
        tx: &mut Tx,
        people: &[PersonWrite],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for chunk in people.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "INSERT INTO people (person_id, given_name, family_name, pseudonym_key, created_at, updated_at) ",
                );
                query.push_values(chunk, |mut row, person| {
                    row.push_bind(person.id)
                        .push_bind(person.given_name.clone())
                        .push_bind(person.family_name.clone())
                        .push_bind(person.pseudonym_key)
                        .push_bind(at)
                        .push_bind(at);
                });
                query.push(
                    " ON CONFLICT (person_id) DO UPDATE SET given_name = excluded.given_name, \
                     family_name = excluded.family_name, updated_at = excluded.updated_at",
                );
                query.build().execute(connection).await.map(drop)
            })?;
        }
        self.write_identifiers(tx, people, at).await?;
        self.write_affiliations(tx, people).await
    }

    async fn write_identifiers(
        &self,
        tx: &mut Tx,
        people: &[PersonWrite],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let rows: Vec<(&PersonWrite, &(String, String))> =
            people.iter().flat_map(|person| person.identifiers.iter().map(move |pair| (person, pair))).collect();
        for chunk in rows.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query =
                    QueryBuilder::new("INSERT INTO identifiers (system, value, person_id, source, attached_at) ");
                query.push_values(chunk, |mut row, (person, (system, value))| {
                    row.push_bind(system.clone())
                        .push_bind(value.clone())
                        .push_bind(person.id)
                        .push_bind(person.source.clone())
                        .push_bind(at);
                });
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    async fn write_affiliations(&self, tx: &mut Tx, people: &[PersonWrite]) -> Result<(), StoreError> {
        let mut told: Vec<(Uuid, String, &str)> = Vec::new();
        for person in people {
            let years = person.affiliations.iter().map(|one| one.school_year.to_string());
            told.extend(years.map(|year| (person.id, year, person.source.as_str())));
        }
        told.sort();
        told.dedup();
        for chunk in told.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query =
                    QueryBuilder::new("DELETE FROM affiliations WHERE (person_id, school_year, source) IN (VALUES ");
                let mut first = true;
                for (person, year, source) in chunk {
                    query.push(if first { "(" } else { ", (" }).push_bind(*person);
                    query.push(", ").push_bind(year.clone()).push(", ").push_bind((*source).to_owned()).push(")");
                    first = false;
                }
                query.push(")");
                query.build().execute(connection).await.map(drop)
            })?;
        }
        let rows: Vec<(&PersonWrite, &AffiliationWrite)> =
            people.iter().flat_map(|person| person.affiliations.iter().map(move |one| (person, one))).collect();
        for chunk in rows.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "INSERT INTO affiliations (person_id, school_year, uai, profile, source, mefstat4, classes, groups) ",
                );
                query.push_values(chunk, |mut row, (person, one)| {
                    row.push_bind(person.id)
                        .push_bind(one.school_year.to_string())
                        .push_bind(one.uai.clone())
                        .push_bind(one.profile.as_str())
                        .push_bind(person.source.clone())
                        .push_bind(one.mefstat4.clone())
                        .push_bind(Json(one.classes.clone()))
                        .push_bind(Json(one.groups.clone()));
                });
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Which of these UAI the directory has told of.
    pub(crate) async fn known_uais(&self, tx: &mut Tx, uais: &[String]) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        for chunk in uais.chunks(CHUNK) {
            let rows: Vec<String> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("SELECT uai FROM places WHERE uai IN (");
                let mut list = query.separated(", ");
                for uai in chunk {
                    list.push_bind(uai.clone());
                }
                query.push(")");
                query.build_query_scalar().fetch_all(connection).await
            })?;
            found.extend(rows);
        }
        Ok(found)
    }
}
