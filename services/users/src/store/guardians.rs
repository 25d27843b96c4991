//! Guardians by their children: where their children are is where they are.

use std::collections::{BTreeSet, HashMap};

use db::{StoreError, Tx, with_pool, with_tx};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::people::push_ids;
use super::{CHUNK, Store};

/// Where a child of a guardian is a pupil: guardian, source, school year, UAI.
pub(crate) type ChildPlace = (Uuid, String, String, String);

const GUARDIANS_OF: &str = "SELECT DISTINCT i.person_id FROM ties t JOIN identifiers i ON i.system = t.system AND i.value = t.value \
    WHERE t.child_id IN ";
const CHILD_PLACES: &str = "SELECT DISTINCT i.person_id, t.source, a.school_year, a.uai FROM identifiers i \
    JOIN ties t ON t.system = i.system AND t.value = i.value \
    JOIN affiliations a ON a.person_id = t.child_id AND a.source = t.source AND a.profile = 'PUPIL' AND a.ended_on IS NULL \
    WHERE i.person_id IN ";
const LEGAL: &str = "SELECT DISTINCT COALESCE(cr.canonical_id, t.child_id), COALESCE(gr.canonical_id, i.person_id) FROM ties t \
    JOIN identifiers i ON i.system = t.system AND i.value = t.value \
    LEFT JOIN redirects cr ON cr.person_id = t.child_id \
    LEFT JOIN redirects gr ON gr.person_id = i.person_id WHERE t.legal AND i.valid_to IS NULL AND ";

impl Store {
    /// Whoever answers for one of these, as far as they are known here.
    pub(crate) async fn guardians_of(&self, tx: &mut Tx, children: &[Uuid]) -> Result<BTreeSet<Uuid>, StoreError> {
        let mut found = BTreeSet::new();
        for children in children.chunks(CHUNK) {
            let rows: Vec<Uuid> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(GUARDIANS_OF);
                push_ids!(query, children);
                query.build_query_scalar().fetch_all(connection).await
            })?;
            found.extend(rows);
        }
        Ok(found)
    }

    /// Where these people's children are.
    pub(crate) async fn child_places(&self, tx: &mut Tx, guardians: &[Uuid]) -> Result<Vec<ChildPlace>, StoreError> {
        let mut found = Vec::new();
        for guardians in guardians.chunks(CHUNK) {
            let rows: Vec<ChildPlace> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(CHILD_PLACES);
                push_ids!(query, guardians);
                query.build_query_as().fetch_all(connection).await
            })?;
            found.extend(rows);
        }
        Ok(found)
    }

    /// The children for whom a person answers by law, wherever lookups of both lead.
    pub(crate) async fn children_of(&self, canonical: Uuid) -> Result<BTreeSet<Uuid>, StoreError> {
        let rows: Vec<(Uuid, Uuid)> = with_pool!(self.db(), |pool| {
            let mut query = QueryBuilder::new(LEGAL);
            query.push("(i.person_id = ").push_bind(canonical);
            query
                .push(" OR i.person_id IN (SELECT person_id FROM redirects WHERE canonical_id = ")
                .push_bind(canonical);
            query.push("))");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(|(child, _)| child).collect())
    }

    /// Who answers by law for each of these people. One statement for up to 500.
    pub(crate) async fn legal_guardians(
        &self,
        canonical: &[Uuid],
    ) -> Result<HashMap<Uuid, BTreeSet<Uuid>>, StoreError> {
        let mut found: HashMap<Uuid, BTreeSet<Uuid>> = HashMap::new();
        for canonical in canonical.chunks(CHUNK) {
            let rows: Vec<(Uuid, Uuid)> = with_pool!(self.db(), |pool| {
                let mut query = QueryBuilder::new(LEGAL);
                query.push("(t.child_id IN ");
                push_ids!(query, canonical);
                query.push(" OR t.child_id IN (SELECT person_id FROM redirects WHERE canonical_id IN ");
                push_ids!(query, canonical);
                query.push("))");
                query.build_query_as().fetch_all(pool).await
            })?;
            for (child, guardian) in rows {
                found.entry(child).or_default().insert(guardian);
            }
        }
        Ok(found)
    }
}
