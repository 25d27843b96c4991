//! What is a person's own: everything that is kept of them, what was authorised for them, and that they leave.

use chrono::{DateTime, NaiveDate, Utc};
use db::{StoreError, Tx, with_pool, with_tx};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::people::push_ids;
use super::{CHUNK, Store};

/// What a system calls a person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct IdentifierRow {
    pub(crate) system: String,
    pub(crate) value: String,
    pub(crate) source: String,
    pub(crate) attached_at: DateTime<Utc>,
    pub(crate) valid_to: Option<NaiveDate>,
    pub(crate) last_used_at: Option<DateTime<Utc>>,
}

/// An INE or a mail as a source tells it, sealed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct SealedRow {
    pub(crate) person_id: Uuid,
    pub(crate) kind: String,
    pub(crate) source: String,
    pub(crate) sealed: String,
}

/// What was authorised or objected to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AuthorisationRow {
    pub(crate) authorisation_id: Uuid,
    pub(crate) person_id: Uuid,
    pub(crate) purpose: String,
    pub(crate) granted: bool,
    pub(crate) until: Option<NaiveDate>,
    pub(crate) recorded_by: Uuid,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) withdrawn_at: Option<DateTime<Utc>>,
}

/// A merge in force, with when and why.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct MergeReason {
    pub(crate) merge_id: Uuid,
    pub(crate) rule: String,
    pub(crate) evidence: String,
    pub(crate) merged_at: DateTime<Utc>,
}

/// That somebody leaves.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(crate) struct DepartureRow {
    pub(crate) noticed_on: NaiveDate,
    pub(crate) erase_on: NaiveDate,
}

/// The person themselves and whoever was merged into them.
const MEMBERS: &str = "(person_id = $1 OR person_id IN (SELECT person_id FROM redirects WHERE canonical_id = $1))";

macro_rules! of_members {
    ($self:expr, $person:expr, $statement:expr) => {{
        let statement = format!($statement, members = MEMBERS);
        with_pool!($self.db(), |pool| {
            sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind($person).fetch_all(pool).await
        })
    }};
}

impl Store {
    /// What systems call a person.
    pub(crate) async fn identifiers_of(&self, canonical: Uuid) -> Result<Vec<IdentifierRow>, StoreError> {
        Ok(of_members!(
            self,
            canonical,
            "SELECT system, value, source, attached_at, valid_to, last_used_at FROM identifiers WHERE {members} \
             ORDER BY system, value"
        )?)
    }

    /// INE and mails of a person, sealed.
    pub(crate) async fn sealed_of(&self, canonical: Uuid) -> Result<Vec<SealedRow>, StoreError> {
        Ok(of_members!(
            self,
            canonical,
            "SELECT person_id, kind, source, sealed FROM traits WHERE {members} ORDER BY kind, source"
        )?)
    }

    /// What was authorised or objected to for a person, withdrawn or not, the newest first.
    pub(crate) async fn authorisations_of(&self, canonical: Uuid) -> Result<Vec<AuthorisationRow>, StoreError> {
        Ok(of_members!(
            self,
            canonical,
            "SELECT authorisation_id, person_id, purpose, granted, until, recorded_by, recorded_at, withdrawn_at \
             FROM authorisations WHERE {members} ORDER BY recorded_at DESC, authorisation_id"
        )?)
    }

    /// Notes what was authorised or objected to; what was said before on the same purpose is withdrawn by it.
    pub(crate) async fn write_authorisation(&self, row: &AuthorisationRow, members: &[Uuid]) -> Result<(), StoreError> {
        let mut tx = self.db().begin().await?;
        with_tx!(&mut tx, |connection| {
            let mut query = QueryBuilder::new("UPDATE authorisations SET withdrawn_at = ");
            query.push_bind(row.recorded_at).push(" WHERE withdrawn_at IS NULL AND purpose = ");
            query.push_bind(row.purpose.clone()).push(" AND person_id IN ");
            push_ids!(query, members);
            query.build().execute(connection).await.map(drop)
        })?;
        with_tx!(&mut tx, |connection| {
            sqlx::query(
                "INSERT INTO authorisations (authorisation_id, person_id, purpose, granted, until, recorded_by, recorded_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(row.authorisation_id)
            .bind(row.person_id)
            .bind(&row.purpose)
            .bind(row.granted)
            .bind(row.until)
            .bind(row.recorded_by)
            .bind(row.recorded_at)
            .execute(connection)
            .await
            .map(drop)
        })?;
        tx.commit().await
    }

    /// Why lookups of others lead to a person.
    pub(crate) async fn merges_of(&self, canonical: Uuid) -> Result<Vec<MergeReason>, StoreError> {
        let members = MEMBERS.replace("(person_id =", "(from_id =").replace("OR person_id IN", "OR from_id IN");
        let statement = format!(
            "SELECT merge_id, rule, evidence, merged_at FROM merges WHERE undone_at IS NULL AND {members} ORDER BY merge_id"
        );
        let rows = with_pool!(self.db(), |pool| {
            sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(canonical).fetch_all(pool).await
        })?;
        Ok(rows)
    }

    /// Everybody whose lookups lead to `canonical`, itself first.
    pub(crate) async fn members_of(&self, canonical: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let mut members: Vec<Uuid> = with_pool!(self.db(), |pool| {
            sqlx::query_scalar("SELECT person_id FROM redirects WHERE canonical_id = $1 ORDER BY person_id")
                .bind(canonical)
                .fetch_all(pool)
                .await
        })?;
        members.insert(0, canonical);
        Ok(members)
    }

    /// Notes that a person logged in by this identifier.
    pub(crate) async fn used(&self, system: &str, value: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        with_pool!(self.db(), |pool| {
            sqlx::query("UPDATE identifiers SET last_used_at = $1 WHERE system = $2 AND value = $3")
                .bind(at)
                .bind(system)
                .bind(value)
                .execute(pool)
                .await
                .map(drop)
        })?;
        Ok(())
    }

    /// That a person leaves, where they were told so.
    pub(crate) async fn departure_of(&self, canonical: Uuid) -> Result<Option<DepartureRow>, StoreError> {
        let row = with_pool!(self.db(), |pool| {
            sqlx::query_as("SELECT noticed_on, erase_on FROM departures WHERE person_id = $1")
                .bind(canonical)
                .fetch_optional(pool)
                .await
        })?;
        Ok(row)
    }

    /// Whoever was told nothing of since before this school year, after `after`; in order of ids. Of whom no place was ever told, as long
    /// as nobody logged in as them since `begun`.
    pub(crate) async fn without_affiliation(
        &self,
        school_year: &str,
        begun: DateTime<Utc>,
        after: Uuid,
        size: i64,
    ) -> Result<Vec<Uuid>, StoreError> {
        let rows = with_pool!(self.db(), |pool| {
            sqlx::query_scalar(
                "SELECT p.person_id FROM people p WHERE p.person_id > $1 \
                 AND (EXISTS (SELECT 1 FROM affiliations a WHERE a.person_id = p.person_id) \
                 OR NOT EXISTS (SELECT 1 FROM identifiers i WHERE i.person_id = p.person_id \
                 AND COALESCE(i.last_used_at, i.attached_at) >= $4)) \
                 AND NOT EXISTS (SELECT 1 FROM redirects r WHERE r.person_id = p.person_id) \
                 AND NOT EXISTS (SELECT 1 FROM affiliations a WHERE a.school_year >= $2 AND a.person_id = p.person_id) \
                 AND NOT EXISTS (SELECT 1 FROM redirects m JOIN affiliations a ON a.person_id = m.person_id \
                 WHERE m.canonical_id = p.person_id AND a.school_year >= $2) ORDER BY p.person_id LIMIT $3",
            )
            .bind(after)
            .bind(school_year)
            .bind(size)
            .bind(begun)
            .fetch_all(pool)
            .await
        })?;
        Ok(rows)
    }

    /// Notes that these leave; of whom it was noted before, it stands.
    pub(crate) async fn note_departures(
        &self,
        people: &[Uuid],
        noticed_on: NaiveDate,
        erase_on: NaiveDate,
    ) -> Result<u64, StoreError> {
        let mut noted = 0;
        for people in people.chunks(CHUNK) {
            noted += with_pool!(self.db(), |pool| {
                let mut query = QueryBuilder::new("INSERT INTO departures (person_id, noticed_on, erase_on) ");
                query.push_values(people, |mut row, id| {
                    row.push_bind(*id).push_bind(noticed_on).push_bind(erase_on);
                });
                query.push(" ON CONFLICT (person_id) DO NOTHING");
                query.build().execute(pool).await.map(|done| done.rows_affected())
            })?;
        }
        Ok(noted)
    }

    /// Those of whom it was noted that they leave, and who are here again in this school year.
    pub(crate) async fn returned(&self, school_year: &str) -> Result<Vec<Uuid>, StoreError> {
        let rows = with_pool!(self.db(), |pool| {
            sqlx::query_scalar(
                "SELECT d.person_id FROM departures d WHERE EXISTS (SELECT 1 FROM affiliations a LEFT JOIN redirects r \
                 ON r.person_id = a.person_id WHERE a.school_year >= $1 AND COALESCE(r.canonical_id, a.person_id) = d.person_id)",
            )
            .bind(school_year)
            .fetch_all(pool)
            .await
        })?;
        Ok(rows)
    }

    /// Whoever is to be erased by today.
    pub(crate) async fn due_departures(&self, today: NaiveDate, size: i64) -> Result<Vec<Uuid>, StoreError> {
        let rows = with_pool!(self.db(), |pool| {
            sqlx::query_scalar("SELECT person_id FROM departures WHERE erase_on <= $1 ORDER BY person_id LIMIT $2")
                .bind(today)
                .bind(size)
                .fetch_all(pool)
                .await
        })?;
        Ok(rows)
    }

    /// Forgets that these leave.
    pub(crate) async fn void_departures(&self, people: &[Uuid]) -> Result<(), StoreError> {
        for people in people.chunks(CHUNK) {
            with_pool!(self.db(), |pool| {
                let mut query = QueryBuilder::new("DELETE FROM departures WHERE person_id IN ");
                push_ids!(query, people);
                query.build().execute(pool).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Removes everything that is kept of these people, and notes that somebody was erased.
    pub(crate) async fn erase(
        &self,
        tx: &mut Tx,
        people: &[Uuid],
        reason: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        // What names them at others': in ties of children, among administrators.
        for statement in [
            "DELETE FROM ties WHERE EXISTS (SELECT 1 FROM identifiers i WHERE i.system = ties.system AND i.value = ties.value \
             AND i.person_id IN ",
            "DELETE FROM administrators WHERE EXISTS (SELECT 1 FROM identifiers i WHERE i.system = administrators.system \
             AND i.value = administrators.value AND i.person_id IN ",
        ] {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(statement);
                push_ids!(query, people);
                query.push(")");
                query.build().execute(connection).await.map(drop)
            })?;
        }
        // What was told of them: whoever reads it later learns that they were erased, and nothing else.
        with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new("DELETE FROM outbox WHERE aggregate IN (");
            let mut list = query.separated(", ");
            for id in people {
                list.push_bind(id.to_string());
            }
            query.push(")");
            query.build().execute(connection).await.map(drop)
        })?;
        // In the order in which rows need each other. What others recorded for somebody stays, by an id that is nobody's.
        for (table, columns) in [
            ("authorisations", &["person_id"][..]),
            ("departures", &["person_id"]),
            ("proposals", &["one_id", "other_id"]),
            ("feed_records", &["person_id"]),
            ("ties", &["child_id"]),
            ("traits", &["person_id"]),
            ("affiliations", &["person_id"]),
            ("identifiers", &["person_id"]),
            ("redirects", &["person_id", "canonical_id"]),
            ("merges", &["from_id", "into_id"]),
            ("people", &["person_id"]),
        ] {
            for column in columns {
                with_tx!(tx, |connection| {
                    let mut query = QueryBuilder::new("DELETE FROM ");
                    query.push(table).push(" WHERE ").push(*column).push(" IN ");
                    push_ids!(query, people);
                    query.build().execute(connection).await.map(drop)
                })?;
            }
        }
        with_tx!(tx, |connection| {
            sqlx::query("INSERT INTO erasures (erasure_id, reason, erased_at) VALUES ($1, $2, $3)")
                .bind(Uuid::now_v7())
                .bind(reason)
                .bind(at)
                .execute(connection)
                .await
                .map(drop)
        })?;
        Ok(())
    }
}
