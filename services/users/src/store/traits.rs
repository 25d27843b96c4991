//! What sources say of people that is found by a keyed hash, and who answers for whom.

use std::collections::{BTreeMap, BTreeSet};

use db::{StoreError, Tx, with_tx};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::people::push_ids;
use super::{CHUNK, Store};

/// The kinds of what is found by a hash.
pub(crate) const INE: &str = "INE";
pub(crate) const INE_HASH: &str = "INE_HASH";
pub(crate) const MAIL: &str = "MAIL";

/// A value of a person's, found by its hash and kept sealed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Trait {
    pub(crate) kind: String,
    pub(crate) hash: String,
    pub(crate) sealed: String,
}

/// What each source says: of a person, by source.
pub(crate) type Traits = BTreeMap<(Uuid, String), Vec<Trait>>;

/// Who answers for a pupil.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct TieRow {
    pub(crate) system: String,
    pub(crate) value: String,
    pub(crate) relation: Option<String>,
    pub(crate) legal: bool,
}

/// What each source says: of a pupil, by source.
pub(crate) type Ties = BTreeMap<(Uuid, String), BTreeSet<TieRow>>;

#[derive(sqlx::FromRow)]
struct Of<T> {
    person_id: Uuid,
    source: String,
    #[sqlx(flatten)]
    said: T,
}

/// Appends `((person, source), ...)` as both databases read it.
macro_rules! push_keys {
    ($query:expr, $keys:expr) => {{
        $query.push("(VALUES ");
        let mut first = true;
        for (person, source) in $keys {
            $query.push(if first { "(" } else { ", (" }).push_bind(*person);
            $query.push(", ").push_bind(source.clone()).push(")");
            first = false;
        }
        $query.push(")");
    }};
}

impl Store {
    /// What each source says of these people themselves.
    pub(crate) async fn traits_of(&self, tx: &mut Tx, people: &[Uuid]) -> Result<Traits, StoreError> {
        let mut found = Traits::new();
        for people in people.chunks(CHUNK) {
            let rows: Vec<Of<Trait>> = with_tx!(tx, |connection| {
                let mut query =
                    QueryBuilder::new("SELECT person_id, source, kind, hash, sealed FROM traits WHERE person_id IN ");
                push_ids!(query, people);
                query.build_query_as().fetch_all(connection).await
            })?;
            for row in rows {
                found.entry((row.person_id, row.source)).or_default().push(row.said);
            }
        }
        Ok(found)
    }

    /// Replaces what sources say of people.
    pub(crate) async fn write_traits(&self, tx: &mut Tx, traits: &Traits) -> Result<(), StoreError> {
        let keys: Vec<&(Uuid, String)> = traits.keys().collect();
        for chunk in keys.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("DELETE FROM traits WHERE (person_id, source) IN ");
                push_keys!(query, chunk);
                query.build().execute(connection).await.map(drop)
            })?;
        }
        let rows: Vec<_> = traits.iter().flat_map(|(key, now)| now.iter().map(move |one| (key, one))).collect();
        for chunk in rows.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("INSERT INTO traits (person_id, kind, hash, source, sealed) ");
                query.push_values(chunk, |mut row, ((person, source), one)| {
                    row.push_bind(*person)
                        .push_bind(one.kind.clone())
                        .push_bind(one.hash.clone())
                        .push_bind(source.clone())
                        .push_bind(one.sealed.clone());
                });
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Who answers for these pupils themselves, as each source says.
    pub(crate) async fn ties_of(&self, tx: &mut Tx, children: &[Uuid]) -> Result<Ties, StoreError> {
        let mut found = Ties::new();
        for children in children.chunks(CHUNK) {
            let rows: Vec<Of<TieRow>> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "SELECT child_id AS person_id, source, system, value, relation, legal FROM ties WHERE child_id IN ",
                );
                push_ids!(query, children);
                query.build_query_as().fetch_all(connection).await
            })?;
            for row in rows {
                found.entry((row.person_id, row.source)).or_default().insert(row.said);
            }
        }
        Ok(found)
    }

    /// Replaces what sources say of pupils' guardians.
    pub(crate) async fn write_ties(&self, tx: &mut Tx, ties: &Ties) -> Result<(), StoreError> {
        let keys: Vec<&(Uuid, String)> = ties.keys().collect();
        for chunk in keys.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("DELETE FROM ties WHERE (child_id, source) IN ");
                push_keys!(query, chunk);
                query.build().execute(connection).await.map(drop)
            })?;
        }
        let rows: Vec<_> = ties.iter().flat_map(|(key, now)| now.iter().map(move |one| (key, one))).collect();
        for chunk in rows.chunks(CHUNK) {
            with_tx!(tx, |connection| {
                let mut query =
                    QueryBuilder::new("INSERT INTO ties (child_id, source, system, value, relation, legal) ");
                query.push_values(chunk, |mut row, ((child, source), one)| {
                    row.push_bind(*child)
                        .push_bind(source.clone())
                        .push_bind(one.system.clone())
                        .push_bind(one.value.clone())
                        .push_bind(one.relation.clone())
                        .push_bind(one.legal);
                });
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }
}
