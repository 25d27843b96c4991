//! Who may be whom: candidates by what they share, and what is compared of them.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use db::{StoreError, Tx, with_tx};
use kernel::Fault;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::people::push_ids;
use super::traits::{INE, INE_HASH, MAIL};
use super::{CHUNK, Store};
use crate::domain::Features;

/// Candidates of one statement at most: an address that a thousand families were given by a school is evidence of nothing.
const MOST: i64 = 20_000;
/// People looked at by one statement of candidates.
const LOOKED_AT: usize = 100;

const BY_TRAIT: &str = "SELECT DISTINCT mine.person_id, other.person_id FROM traits mine \
    JOIN traits other ON other.kind = mine.kind AND other.hash = mine.hash AND other.person_id <> mine.person_id \
    WHERE mine.person_id IN ";
const BY_NAMES: &str = "SELECT mine.person_id, other.person_id FROM people mine \
    JOIN people other ON other.match_key = mine.match_key AND other.person_id <> mine.person_id \
    WHERE mine.match_key IS NOT NULL AND mine.person_id IN ";

/// A proposal that two people be taken for one.
#[derive(Clone, Debug)]
pub(crate) struct NewProposal {
    pub(crate) proposal_id: Uuid,
    pub(crate) one: Uuid,
    pub(crate) other: Uuid,
    pub(crate) rule: &'static str,
    pub(crate) evidence: String,
}

impl Store {
    /// Pairs of these people and others who share an INE, a mail, or names and date of birth with them.
    pub(crate) async fn candidates(&self, tx: &mut Tx, people: &[Uuid]) -> Result<BTreeSet<(Uuid, Uuid)>, StoreError> {
        let mut found = BTreeSet::new();
        for people in people.chunks(LOOKED_AT) {
            for statement in [BY_TRAIT, BY_NAMES] {
                let rows: Vec<(Uuid, Uuid)> = with_tx!(tx, |connection| {
                    let mut query = QueryBuilder::new(statement);
                    push_ids!(query, people);
                    query.push(" LIMIT ").push_bind(MOST);
                    query.build_query_as().fetch_all(connection).await
                })?;
                found.extend(rows.into_iter().map(|(one, other)| (one.min(other), one.max(other))));
            }
        }
        Ok(found)
    }

    /// Where lookups of these, and of everybody who is one with them, lead; and what is compared of those, all merged people together.
    pub(crate) async fn features(
        &self,
        tx: &mut Tx,
        people: &[Uuid],
    ) -> Result<(HashMap<Uuid, Uuid>, HashMap<Uuid, Features>), Fault> {
        let mut leads_to: HashMap<Uuid, Uuid> = people.iter().map(|id| (*id, *id)).collect();
        for people in people.chunks(CHUNK) {
            let rows: Vec<(Uuid, Uuid)> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("SELECT person_id, canonical_id FROM redirects WHERE person_id IN ");
                push_ids!(query, people);
                query.build_query_as().fetch_all(connection).await
            })
            .map_err(StoreError::from)?;
            leads_to.extend(rows);
        }
        let canonical: BTreeSet<Uuid> = leads_to.values().copied().collect();
        let canonical: Vec<Uuid> = canonical.into_iter().collect();
        let mut members: HashMap<Uuid, Uuid> = canonical.iter().map(|id| (*id, *id)).collect();
        for canonical in canonical.chunks(CHUNK) {
            let rows: Vec<(Uuid, Uuid)> = with_tx!(tx, |connection| {
                let mut query =
                    QueryBuilder::new("SELECT person_id, canonical_id FROM redirects WHERE canonical_id IN ");
                push_ids!(query, canonical);
                query.build_query_as().fetch_all(connection).await
            })
            .map_err(StoreError::from)?;
            members.extend(rows);
        }
        let mut features: HashMap<Uuid, Features> = canonical.iter().map(|id| (*id, Features::default())).collect();
        for (id, person) in self.people_in(tx, &canonical).await? {
            let one = features.entry(id).or_default();
            one.is_staff =
                !person.affiliations.is_empty() && person.affiliations.iter().all(|one| one.profile.is_staff());
            (one.given_name, one.family_name, one.birth_date) =
                (person.given_name, person.family_name, person.birth_date);
        }
        let ids: Vec<Uuid> = members.keys().copied().collect();
        self.add_evidence(tx, &ids, &members, &mut features).await?;
        Ok((members, features))
    }

    async fn add_evidence(
        &self,
        tx: &mut Tx,
        ids: &[Uuid],
        members: &HashMap<Uuid, Uuid>,
        features: &mut HashMap<Uuid, Features>,
    ) -> Result<(), StoreError> {
        for ((person, _), traits) in self.traits_of(tx, ids).await? {
            let one = features.entry(members[&person]).or_default();
            for said in traits {
                match said.kind.as_str() {
                    INE => one.ines.insert(said.hash),
                    INE_HASH => one.ine_hashes.insert(said.hash),
                    MAIL => one.mails.insert(said.hash),
                    _ => false,
                };
            }
        }
        for ids in ids.chunks(CHUNK) {
            let called: Vec<(Uuid, String, String)> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "SELECT person_id, system, value FROM identifiers WHERE valid_to IS NULL AND person_id IN ",
                );
                push_ids!(query, ids);
                query.build_query_as().fetch_all(connection).await
            })?;
            for (person, system, value) in called {
                features.entry(members[&person]).or_default().called.entry(system).or_default().insert(value);
            }
        }
        Ok(())
    }

    /// Those of these people whom a system calls by a name of an administrator.
    pub(crate) async fn administrators_among(
        &self,
        tx: &mut Tx,
        people: &[Uuid],
    ) -> Result<BTreeSet<Uuid>, StoreError> {
        let mut found = BTreeSet::new();
        for people in people.chunks(CHUNK) {
            let rows: Vec<Uuid> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "SELECT i.person_id FROM administrators a JOIN identifiers i ON i.system = a.system AND i.value = a.value \
                     WHERE i.person_id IN ",
                );
                push_ids!(query, people);
                query.build_query_scalar().fetch_all(connection).await
            })?;
            found.extend(rows);
        }
        Ok(found)
    }

    /// Pairs of these people of whom somebody has said that they are not one: by undoing a merge, or refusing a proposal.
    pub(crate) async fn kept_apart(&self, tx: &mut Tx, people: &[Uuid]) -> Result<BTreeSet<(Uuid, Uuid)>, StoreError> {
        let mut found = BTreeSet::new();
        for people in people.chunks(CHUNK) {
            for (statement, column) in [
                ("SELECT from_id, into_id FROM merges WHERE undone_at IS NOT NULL AND ", "from_id"),
                ("SELECT one_id, other_id FROM proposals WHERE accepted = FALSE AND ", "one_id"),
            ] {
                let rows: Vec<(Uuid, Uuid)> = with_tx!(tx, |connection| {
                    let mut query = QueryBuilder::new(statement);
                    query.push(column).push(" IN ");
                    push_ids!(query, people);
                    query.build_query_as().fetch_all(connection).await
                })?;
                found.extend(rows.into_iter().map(|(one, other)| (one.min(other), one.max(other))));
            }
        }
        Ok(found)
    }

    /// Notes proposals, and how many are new; one that was made before stays as it is, decided or not.
    pub(crate) async fn propose(
        &self,
        tx: &mut Tx,
        proposals: &[NewProposal],
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut new = 0;
        for chunk in proposals.chunks(CHUNK) {
            new += with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "INSERT INTO proposals (proposal_id, one_id, other_id, rule, evidence, proposed_at) ",
                );
                query.push_values(chunk, |mut row, one| {
                    row.push_bind(one.proposal_id)
                        .push_bind(one.one)
                        .push_bind(one.other)
                        .push_bind(one.rule)
                        .push_bind(one.evidence.clone())
                        .push_bind(at);
                });
                query.push(" ON CONFLICT (one_id, other_id) DO NOTHING");
                query.build().execute(connection).await.map(|done| done.rows_affected())
            })?;
        }
        Ok(new)
    }
}
