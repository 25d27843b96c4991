//! Reading productions and who takes part.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use db::{StoreError, Tx, with_pool, with_tx};
use kernel::{Fault, Page, Profile, SchoolYear};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::filter::{Place, push_filter, push_reach};
use super::{CHUNK, Filter, Order, Reach, Store, push_ids, unreadable};
use crate::domain::{Audience, Kind, Participant, Role, Status};

const COLUMNS: &str = "p.id, p.title, p.title_folded, p.summary, p.kind, p.status, p.audience, p.licence, p.school_year, p.cycles, \
    p.unknown_level_pupils, p.crosses_degrees, p.author, p.last_version, p.created_at, p.updated_at, p.published_at";

/// A production's row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct ProductionRow {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    pub(crate) title_folded: String,
    pub(crate) summary: Option<String>,
    kind: String,
    status: String,
    audience: String,
    pub(crate) licence: Option<String>,
    school_year: String,
    pub(crate) cycles: i64,
    pub(crate) unknown_level_pupils: i64,
    pub(crate) crosses_degrees: bool,
    pub(crate) author: i64,
    pub(crate) last_version: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) published_at: Option<DateTime<Utc>>,
}

impl ProductionRow {
    /// What it is.
    pub(crate) fn kind(&self) -> Result<Kind, Fault> {
        Kind::parse(&self.kind).ok_or_else(|| unreadable("kind"))
    }

    /// How far it has come.
    pub(crate) fn status(&self) -> Result<Status, Fault> {
        Status::parse(&self.status).ok_or_else(|| unreadable("status"))
    }

    /// Whom it is shared with.
    pub(crate) fn audience(&self) -> Result<Audience, Fault> {
        Audience::parse(&self.audience).ok_or_else(|| unreadable("audience"))
    }

    /// Its school year.
    pub(crate) fn school_year(&self) -> Result<SchoolYear, Fault> {
        self.school_year.parse().map_err(|_| unreadable("school year"))
    }
}

#[derive(sqlx::FromRow)]
struct ParticipantRow {
    production_id: Uuid,
    number: i64,
    ordinal: i64,
    person_id: Uuid,
    profile: String,
    role: String,
    uai: String,
    mefstat4: Option<String>,
    school_year: String,
}

impl ParticipantRow {
    fn read(self) -> Result<Participant, Fault> {
        Ok(Participant {
            production_id: self.production_id,
            number: self.number,
            ordinal: self.ordinal,
            person_id: self.person_id,
            profile: Profile::parse(&self.profile).ok_or_else(|| unreadable("profile"))?,
            role: Role::parse(&self.role).ok_or_else(|| unreadable("role"))?,
            uai: self.uai,
            mefstat4: self.mefstat4,
            school_year: self.school_year.parse().map_err(|_| unreadable("school year"))?,
        })
    }
}

impl Store {
    /// The productions of these ids.
    pub(crate) async fn productions(&self, ids: &[Uuid]) -> Result<Vec<ProductionRow>, StoreError> {
        let mut found: Vec<ProductionRow> = Vec::new();
        for ids in ids.chunks(CHUNK) {
            let rows: Vec<ProductionRow> = with_pool!(&self.db, |pool| {
                let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM productions p WHERE p.id IN "));
                push_ids!(query, ids);
                query.build_query_as().fetch_all(pool).await
            })?;
            found.extend(rows);
        }
        Ok(found)
    }

    /// The production of this id, as the transaction sees it.
    pub(crate) async fn production_in(&self, tx: &mut Tx, id: Uuid) -> Result<Option<ProductionRow>, StoreError> {
        let row = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM productions p WHERE p.id = "));
            query.push_bind(id);
            query.build_query_as().fetch_optional(connection).await
        })?;
        Ok(row)
    }

    /// A page of what is shared, one row more than it holds, in the page's direction.
    pub(crate) async fn shared(
        &self,
        (filter, reach): (&Filter, &Reach),
        order: Order,
        page: &Page,
        bounds: (Option<Place>, Option<Place>),
    ) -> Result<Vec<ProductionRow>, StoreError> {
        let (columns, sign) = order.after();
        let opposite = if sign == "<" { ">" } else { "<" };
        let bounds = [(&bounds.0, sign), (&bounds.1, opposite)];
        let rows = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM productions p WHERE 1 = 1"));
            push_reach!(query, reach);
            push_filter!(query, filter);
            for (place, sign) in bounds {
                let Some(place) = place else { continue };
                query.push(format!(" AND {columns} {sign} ("));
                match place {
                    Place::Recent(at, id) => query.push_bind(*at).push(", ").push_bind(*id),
                    Place::Title(title, id) => query.push_bind(title.clone()).push(", ").push_bind(*id),
                };
                query.push(")");
            }
            query.push(format!(" ORDER BY {} LIMIT ", order.sql(page.direction))).push_bind(i64::from(page.size) + 1);
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(rows)
    }

    /// How many are shared.
    pub(crate) async fn count_shared(&self, filter: &Filter, reach: &Reach) -> Result<i64, StoreError> {
        let count = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new("SELECT COUNT(*) FROM productions p WHERE 1 = 1");
            push_reach!(query, reach);
            push_filter!(query, filter);
            query.build_query_scalar().fetch_one(pool).await
        })?;
        Ok(count)
    }

    /// Who takes part in these productions, by their number.
    pub(crate) async fn participants(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Participant>>, Fault> {
        let mut found: HashMap<Uuid, Vec<Participant>> = HashMap::new();
        for ids in ids.chunks(CHUNK) {
            let rows: Vec<ParticipantRow> = with_pool!(&self.db, |pool| {
                let mut query = QueryBuilder::new(PARTICIPANTS);
                push_ids!(query, ids);
                query.push(" ORDER BY a.production_id, a.number");
                query.build_query_as().fetch_all(pool).await
            })
            .map_err(StoreError::from)?;
            for row in rows {
                let participant = row.read()?;
                found.entry(participant.production_id).or_default().push(participant);
            }
        }
        Ok(found)
    }

    /// Who takes part in this production, as the transaction sees it.
    pub(crate) async fn participants_in(&self, tx: &mut Tx, id: Uuid) -> Result<Vec<Participant>, Fault> {
        let rows: Vec<ParticipantRow> = with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(PARTICIPANTS);
            query.push("(").push_bind(id).push(") ORDER BY a.number");
            query.build_query_as().fetch_all(connection).await
        })
        .map_err(StoreError::from)?;
        rows.into_iter().map(ParticipantRow::read).collect()
    }
}

impl Store {
    /// The académies in which these establishments lie now.
    pub(crate) async fn academies(&self, uais: &BTreeSet<String>) -> Result<BTreeSet<String>, StoreError> {
        if uais.is_empty() {
            return Ok(BTreeSet::new());
        }
        let ids: Vec<String> = with_pool!(&self.db, |pool| {
            let mut query = QueryBuilder::new(
                "SELECT DISTINCT academy_id FROM place_periods WHERE valid_to IS NULL AND academy_id IS NOT NULL AND uai IN ",
            );
            push_ids!(query, uais);
            query.build_query_scalar().fetch_all(pool).await
        })?;
        Ok(ids.into_iter().collect())
    }
}

const PARTICIPANTS: &str = "SELECT a.production_id, a.number, a.ordinal, a.person_id, a.profile, a.role, a.uai, a.mefstat4, \
    p.school_year FROM participants a JOIN productions p ON p.id = a.production_id WHERE a.production_id IN ";
