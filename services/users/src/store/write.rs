//! Writing people, many with one statement.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use db::{StoreError, Tx, with_tx};
use kernel::SchoolYear;
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::people::push_pairs;
use super::{CHUNK, Store};
use crate::domain::Affiliation;

/// A person's own row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct PersonWrite {
    #[sqlx(rename = "person_id")]
    pub(crate) id: Uuid,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) pseudonym_key: i64,
    pub(crate) birth_date: Option<NaiveDate>,
    /// What people of the same names and date of birth share.
    pub(crate) match_key: Option<String>,
}

/// An identifier that is new.
#[derive(Clone, Debug)]
pub(crate) struct IdentifierWrite {
    pub(crate) system: String,
    pub(crate) value: String,
    pub(crate) person_id: Uuid,
    pub(crate) source: String,
}

/// Everything that each source says of a person in a school year.
pub(crate) type Said = BTreeMap<(Uuid, String, SchoolYear), Vec<Affiliation>>;

impl Store {
    /// Writes people's own rows.
    pub(crate) async fn write_people(
        &self,
        tx: &mut Tx,
        people: &[PersonWrite],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for chunk in people.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "INSERT INTO people (person_id, given_name, family_name, pseudonym_key, birth_date, match_key, created_at, \
                     updated_at) ",
                );
                query.push_values(chunk, |mut row, person| {
                    row.push_bind(person.id)
                        .push_bind(person.given_name.clone())
                        .push_bind(person.family_name.clone())
                        .push_bind(person.pseudonym_key)
                        .push_bind(person.birth_date)
                        .push_bind(person.match_key.clone())
                        .push_bind(at)
                        .push_bind(at);
                });
                query.push(
                    " ON CONFLICT (person_id) DO UPDATE SET given_name = excluded.given_name, \
                     family_name = excluded.family_name, birth_date = excluded.birth_date, \
                     match_key = excluded.match_key, updated_at = excluded.updated_at",
                );
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Writes identifiers that nobody bears yet.
    pub(crate) async fn write_identifiers(
        &self,
        tx: &mut Tx,
        identifiers: &[IdentifierWrite],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for chunk in identifiers.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query =
                    QueryBuilder::new("INSERT INTO identifiers (system, value, person_id, source, attached_at) ");
                query.push_values(chunk, |mut row, one| {
                    row.push_bind(one.system.clone())
                        .push_bind(one.value.clone())
                        .push_bind(one.person_id)
                        .push_bind(one.source.clone())
                        .push_bind(at);
                });
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Replaces what sources say of people in school years: what is said no more has ended, and stays as what was.
    pub(crate) async fn write_affiliations(
        &self,
        tx: &mut Tx,
        said: &Said,
        today: NaiveDate,
    ) -> Result<(), StoreError> {
        let keys: Vec<_> = said.keys().collect();
        for chunk in keys.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("UPDATE affiliations SET ended_on = ");
                query.push_bind(today);
                query.push(" WHERE ended_on IS NULL AND (person_id, school_year, source) IN (VALUES ");
                let mut first = true;
                for (person, source, year) in chunk {
                    query.push(if first { "(" } else { ", (" }).push_bind(*person);
                    query.push(", ").push_bind(year.to_string()).push(", ").push_bind(source.clone()).push(")");
                    first = false;
                }
                query.push(")");
                query.build().execute(connection).await.map(drop)
            })?;
        }
        let rows: Vec<_> = said.iter().flat_map(|(key, now)| now.iter().map(move |one| (key, one))).collect();
        for chunk in rows.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "INSERT INTO affiliations (person_id, school_year, uai, profile, source, mefstat4, classes, groups, began_on) ",
                );
                query.push_values(chunk, |mut row, ((person, source, year), one)| {
                    row.push_bind(*person)
                        .push_bind(year.to_string())
                        .push_bind(one.uai.clone())
                        .push_bind(one.profile.as_str())
                        .push_bind(source.clone())
                        .push_bind(one.mefstat4.clone())
                        .push_bind(Json(one.classes.clone()))
                        .push_bind(Json(one.groups.clone()))
                        .push_bind((SchoolYear::of(today) == *year).then_some(today));
                });
                query.push(
                    " ON CONFLICT (person_id, school_year, uai, profile, source) DO UPDATE SET mefstat4 = excluded.mefstat4, \
                     classes = excluded.classes, groups = excluded.groups, ended_on = NULL",
                );
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// What a system calls somebody again has not ended.
    pub(crate) async fn revive_identifiers(&self, tx: &mut Tx, pairs: &[(String, String)]) -> Result<(), StoreError> {
        for pairs in pairs.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "UPDATE identifiers SET valid_to = NULL WHERE valid_to IS NOT NULL AND (system, value) IN ",
                );
                push_pairs!(query, pairs);
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
