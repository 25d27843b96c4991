//! Reading people: where lookups lead, and everything that is known of those.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use db::{StoreError, Tx, with_pool, with_tx};
use kernel::{Fault, Profile};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::{CHUNK, PersonWrite, Said, Store, unreadable};
use crate::domain::{Affiliation, Person};

#[derive(sqlx::FromRow)]
struct AffiliationRow {
    school_year: String,
    uai: String,
    profile: String,
    mefstat4: Option<String>,
    classes: Json<Vec<String>>,
    groups: Json<Vec<String>>,
    ended_on: Option<NaiveDate>,
}

/// An affiliation of whom lookups lead to.
#[derive(sqlx::FromRow)]
struct CanonicalRow {
    canonical_id: Uuid,
    #[sqlx(flatten)]
    affiliation: AffiliationRow,
}

/// A person's own row, and where lookups of them lead.
#[derive(sqlx::FromRow)]
struct MemberRow {
    canonical_id: Uuid,
    #[sqlx(flatten)]
    own: PersonWrite,
}

/// An affiliation as a source tells it of the person themselves.
#[derive(sqlx::FromRow)]
struct SaidRow {
    person_id: Uuid,
    source: String,
    #[sqlx(flatten)]
    affiliation: AffiliationRow,
}

impl AffiliationRow {
    fn read(self) -> Result<Affiliation, Fault> {
        Ok(Affiliation {
            school_year: self.school_year.parse().map_err(|_| unreadable("school year"))?,
            uai: self.uai,
            profile: Profile::parse(&self.profile).ok_or_else(|| unreadable("profile"))?,
            mefstat4: self.mefstat4,
            classes: self.classes.0,
            groups: self.groups.0,
            ended_on: self.ended_on,
        })
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
pub(super) use push_pairs;

/// Appends the people themselves and those who lead to them, as a condition on the table called `a`.
macro_rules! push_members {
    ($query:expr, $canonical:expr, $order:expr) => {{
        $query.push("WHERE a.person_id IN ");
        push_ids!($query, $canonical);
        $query.push(" OR a.person_id IN (SELECT person_id FROM redirects WHERE canonical_id IN ");
        push_ids!($query, $canonical);
        $query.push(")").push($order);
    }};
}

const PEOPLE: &str =
    "SELECT person_id, given_name, family_name, pseudonym_key, birth_date, match_key FROM people WHERE person_id IN ";
const MEMBERS: &str = "SELECT COALESCE(r.canonical_id, a.person_id) AS canonical_id, a.person_id, a.given_name, a.family_name, \
    a.pseudonym_key, a.birth_date, a.match_key FROM people a LEFT JOIN redirects r ON r.person_id = a.person_id ";
const BY_ID: &str = " ORDER BY a.person_id";
const IDENTIFIERS: &str = "SELECT i.system, i.value, i.person_id, COALESCE(r.canonical_id, i.person_id) FROM identifiers i \
    LEFT JOIN redirects r ON r.person_id = i.person_id WHERE (i.system, i.value) IN ";
const AFFILIATIONS: &str = "SELECT COALESCE(r.canonical_id, a.person_id) AS canonical_id, a.school_year, a.uai, a.profile, \
    a.mefstat4, a.classes, a.groups, a.ended_on FROM affiliations a LEFT JOIN redirects r ON r.person_id = a.person_id ";
const IN_ORDER: &str = " ORDER BY a.school_year DESC, a.uai, a.profile, a.source";
const SAID: &str = "SELECT person_id, source, school_year, uai, profile, mefstat4, classes, groups, ended_on FROM affiliations \
    WHERE ended_on IS NULL AND person_id IN ";

impl Store {
    /// Where lookups of these ids lead, for those that are people's. One statement for up to 500.
    pub(crate) async fn canonical(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, StoreError> {
        let mut found = HashMap::new();
        for ids in ids.chunks(CHUNK) {
            let rows: Vec<(Uuid, Option<Uuid>)> = with_pool!(&self.db, |pool| {
                let mut query = QueryBuilder::new(
                    "SELECT p.person_id, r.canonical_id FROM people p LEFT JOIN redirects r ON r.person_id = p.person_id \
                     WHERE p.person_id IN ",
                );
                push_ids!(query, ids);
                query.build_query_as().fetch_all(pool).await
            })?;
            found.extend(rows.into_iter().map(|(id, canonical)| (id, canonical.unwrap_or(id))));
        }
        Ok(found)
    }

    /// Where lookups of these lead, each once.
    pub(crate) async fn canonical_of(&self, tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
        let mut leads_to: HashMap<Uuid, Uuid> = ids.iter().map(|id| (*id, *id)).collect();
        for ids in ids.chunks(CHUNK) {
            let rows: Vec<(Uuid, Uuid)> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new("SELECT person_id, canonical_id FROM redirects WHERE person_id IN ");
                push_ids!(query, ids);
                query.build_query_as().fetch_all(connection).await
            })?;
            leads_to.extend(rows);
        }
        let canonical: BTreeSet<Uuid> = leads_to.into_values().collect();
        Ok(canonical.into_iter().collect())
    }

    /// Who bears these identifiers, and where lookups of them lead. One statement for up to 500.
    pub(crate) async fn by_identifiers(
        &self,
        tx: &mut Tx,
        identifiers: &[(String, String)],
    ) -> Result<HashMap<(String, String), (Uuid, Uuid)>, StoreError> {
        let mut found = HashMap::new();
        for identifiers in identifiers.chunks(CHUNK) {
            let rows: Vec<(String, String, Uuid, Uuid)> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(IDENTIFIERS);
                push_pairs!(query, identifiers);
                query.build_query_as().fetch_all(connection).await
            })?;
            found.extend(rows.into_iter().map(|(system, value, bearer, person)| ((system, value), (bearer, person))));
        }
        Ok(found)
    }

    /// Those of these identifiers by which nobody is called any more.
    pub(crate) async fn ended_identifiers(
        &self,
        tx: &mut Tx,
        identifiers: &[(String, String)],
    ) -> Result<BTreeSet<(String, String)>, StoreError> {
        let mut found = BTreeSet::new();
        for identifiers in identifiers.chunks(CHUNK) {
            let rows: Vec<(String, String)> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "SELECT system, value FROM identifiers WHERE valid_to IS NOT NULL AND (system, value) IN ",
                );
                push_pairs!(query, identifiers);
                query.build_query_as().fetch_all(connection).await
            })?;
            found.extend(rows);
        }
        Ok(found)
    }

    /// Where lookups of who bears this identifier lead.
    pub(crate) async fn by_identifier(&self, system: &str, value: &str) -> Result<Option<Uuid>, StoreError> {
        let identifier = [(system.to_owned(), value.to_owned())];
        let row: Option<(String, String, Uuid, Uuid)> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(IDENTIFIERS);
            push_pairs!(query, &identifier);
            query.build_query_as().fetch_optional(pool).await
        })?;
        Ok(row.map(|(_, _, _, person)| person))
    }

    /// People's own rows, wherever lookups of them lead.
    pub(crate) async fn rows_of(&self, tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<PersonWrite>, StoreError> {
        let mut found = Vec::new();
        for ids in ids.chunks(CHUNK) {
            let rows: Vec<PersonWrite> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(PEOPLE);
                push_ids!(query, ids);
                query.build_query_as().fetch_all(connection).await
            })?;
            found.extend(rows);
        }
        Ok(found)
    }

    /// What each source says of these people themselves, wherever lookups of them lead.
    pub(crate) async fn said_of(&self, tx: &mut Tx, ids: &[Uuid]) -> Result<Said, Fault> {
        let mut found = Said::new();
        for ids in ids.chunks(CHUNK) {
            let rows: Vec<SaidRow> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(SAID);
                push_ids!(query, ids);
                query.build_query_as().fetch_all(connection).await
            })
            .map_err(StoreError::from)?;
            for SaidRow { person_id, source, affiliation } in rows {
                let affiliation = affiliation.read()?;
                found.entry((person_id, source, affiliation.school_year)).or_default().push(affiliation);
            }
        }
        Ok(found)
    }

    /// The people to whom lookups lead, with the affiliations of everybody who was merged into them. Two statements for up to 500.
    pub(crate) async fn people(&self, canonical: &[Uuid]) -> Result<HashMap<Uuid, Person>, Fault> {
        let mut found = HashMap::new();
        for canonical in canonical.chunks(CHUNK) {
            let rows: Vec<MemberRow> = with_pool!(&self.db, |pool| {
                let mut query = QueryBuilder::new(MEMBERS);
                push_members!(query, canonical, BY_ID);
                query.build_query_as().fetch_all(pool).await
            })
            .map_err(StoreError::from)?;
            let affiliations: Vec<CanonicalRow> = with_pool!(&self.db, |pool| {
                let mut query = QueryBuilder::new(AFFILIATIONS);
                push_members!(query, canonical, IN_ORDER);
                query.build_query_as().fetch_all(pool).await
            })
            .map_err(StoreError::from)?;
            found.extend(assemble(rows, affiliations)?);
        }
        Ok(found)
    }

    /// The same within a transaction.
    pub(crate) async fn people_in(&self, tx: &mut Tx, canonical: &[Uuid]) -> Result<HashMap<Uuid, Person>, Fault> {
        let mut found = HashMap::new();
        for canonical in canonical.chunks(CHUNK) {
            let rows: Vec<MemberRow> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(MEMBERS);
                push_members!(query, canonical, BY_ID);
                query.build_query_as().fetch_all(connection).await
            })
            .map_err(StoreError::from)?;
            let affiliations: Vec<CanonicalRow> = with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(AFFILIATIONS);
                push_members!(query, canonical, IN_ORDER);
                query.build_query_as().fetch_all(connection).await
            })
            .map_err(StoreError::from)?;
            found.extend(assemble(rows, affiliations)?);
        }
        Ok(found)
    }
}

fn assemble(rows: Vec<MemberRow>, affiliations: Vec<CanonicalRow>) -> Result<HashMap<Uuid, Person>, Fault> {
    let mut by_person: BTreeMap<Uuid, Vec<Affiliation>> = BTreeMap::new();
    for row in affiliations {
        let affiliation = row.affiliation.read()?;
        let known = by_person.entry(row.canonical_id).or_default();
        // Two sources may tell the same; as long as one of them does, it has not ended.
        match known.iter_mut().find(|one| one.is_as(&affiliation)) {
            Some(one) if one.ended_on.is_some() => *one = affiliation,
            Some(_) => {}
            None => known.push(affiliation),
        }
    }
    let (themselves, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.canonical_id == row.own.id);
    let person = |row: MemberRow| Person {
        id: row.own.id,
        given_name: row.own.given_name,
        family_name: row.own.family_name,
        pseudonym_key: row.own.pseudonym_key,
        birth_date: row.own.birth_date,
        affiliations: by_person.remove(&row.own.id).unwrap_or_default(),
    };
    let mut people: HashMap<Uuid, Person> =
        themselves.into_iter().map(person).map(|person| (person.id, person)).collect();
    for MemberRow { canonical_id, own } in others {
        let Some(person) = people.get_mut(&canonical_id) else { continue };
        // Who has no name goes by that of whoever is one with them: by all of it.
        if person.name().is_none() {
            (person.given_name, person.family_name) = (own.given_name, own.family_name);
        }
        person.birth_date = person.birth_date.or(own.birth_date);
    }
    Ok(people)
}
