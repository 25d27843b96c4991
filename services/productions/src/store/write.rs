//! Writing productions, participants, versions.

use chrono::{DateTime, NaiveDate, Utc};
use db::{StoreError, Tx, with_tx};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{ContentRow, Store};
use crate::domain::{Audience, Kind, Participant, Status};

/// A production to insert: a draft without version.
#[derive(Clone, Debug)]
pub(crate) struct NewProductionRow {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    pub(crate) summary: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) licence: Option<String>,
    pub(crate) school_year: String,
    pub(crate) year_ends_on: NaiveDate,
}

/// What follows from who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Derived {
    pub(crate) cycles: i64,
    pub(crate) unknown_level_pupils: i64,
    pub(crate) crosses_degrees: bool,
}

impl Store {
    /// Takes the right to change a production until the transaction ends; false where there is none.
    pub(crate) async fn lock(&self, tx: &mut Tx, id: Uuid, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let touched: u64 = with_tx!(tx, |connection| {
            sqlx::query("UPDATE productions SET updated_at = $1 WHERE id = $2")
                .bind(at)
                .bind(id)
                .execute(connection)
                .await
                .map(|done| done.rows_affected())
        })?;
        Ok(touched == 1)
    }

    /// Inserts a draft, whose author will be its first participant.
    pub(crate) async fn insert_production(
        &self,
        tx: &mut Tx,
        row: &NewProductionRow,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        with_tx!(tx, |connection| {
            sqlx::query(
                "INSERT INTO productions (id, title, title_folded, summary, kind, status, audience, licence, school_year, year_ends_on, \
                 cycles, unknown_level_pupils, crosses_degrees, author, last_version, created_at, updated_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11, 1, 0, $12, $13)",
            )
            .bind(row.id)
            .bind(&row.title)
            .bind(kernel::fold(&row.title))
            .bind(&row.summary)
            .bind(row.kind.as_str())
            .bind(Status::Draft.as_str())
            .bind(Audience::Participants.as_str())
            .bind(&row.licence)
            .bind(&row.school_year)
            .bind(row.year_ends_on)
            .bind(false)
            .bind(at)
            .bind(at)
            .execute(connection)
            .await
            .map(drop)
        })?;
        Ok(())
    }

    /// Inserts participants.
    pub(crate) async fn insert_participants(
        &self,
        tx: &mut Tx,
        participants: &[Participant],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for chunk in participants.chunks(500) {
            with_tx!(tx, |connection| {
                let mut query = QueryBuilder::new(
                    "INSERT INTO participants (production_id, number, ordinal, person_id, profile, role, uai, mefstat4, joined_at) ",
                );
                query.push_values(chunk, |mut row, one| {
                    row.push_bind(one.production_id)
                        .push_bind(one.number)
                        .push_bind(one.ordinal)
                        .push_bind(one.person_id)
                        .push_bind(one.profile.as_str())
                        .push_bind(one.role.as_str())
                        .push_bind(one.uai.clone())
                        .push_bind(one.mefstat4.clone())
                        .push_bind(at);
                });
                query.build().execute(connection).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Writes what follows from who takes part.
    pub(crate) async fn write_derived(&self, tx: &mut Tx, id: Uuid, derived: Derived) -> Result<(), StoreError> {
        with_tx!(tx, |connection| {
            sqlx::query(
                "UPDATE productions SET cycles = $1, unknown_level_pupils = $2, crosses_degrees = $3 WHERE id = $4",
            )
            .bind(derived.cycles)
            .bind(derived.unknown_level_pupils)
            .bind(derived.crosses_degrees)
            .bind(id)
            .execute(connection)
            .await
            .map(drop)
        })?;
        Ok(())
    }

    /// Inserts a version with its contents, and makes it the last one.
    pub(crate) async fn insert_version(
        &self,
        tx: &mut Tx,
        saved_by: i64,
        contents: &[ContentRow],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let Some(ContentRow { production_id, version, .. }) = contents.first() else { return Ok(()) };
        with_tx!(tx, |connection| {
            sqlx::query("INSERT INTO versions (production_id, number, saved_by, saved_at) VALUES ($1, $2, $3, $4)")
                .bind(production_id)
                .bind(version)
                .bind(saved_by)
                .bind(at)
                .execute(connection)
                .await
                .map(drop)
        })?;
        with_tx!(tx, |connection| {
            let mut query = QueryBuilder::new(
                "INSERT INTO contents (production_id, version, ordinal, format, media_type, size, sha256) ",
            );
            query.push_values(contents.iter().enumerate(), |mut row, (at, one)| {
                row.push_bind(one.production_id)
                    .push_bind(one.version)
                    .push_bind(i64::try_from(at).expect("few formats"))
                    .push_bind(one.format.clone())
                    .push_bind(one.media_type.clone())
                    .push_bind(one.size)
                    .push_bind(one.sha256.clone());
            });
            query.build().execute(connection).await.map(drop)
        })?;
        with_tx!(tx, |connection| {
            sqlx::query("UPDATE productions SET last_version = $1 WHERE id = $2")
                .bind(version)
                .bind(production_id)
                .execute(connection)
                .await
                .map(drop)
        })?;
        Ok(())
    }

    /// Changes how far a production has come, and for whom; `published_at` is when its audience first saw it.
    pub(crate) async fn write_status(
        &self,
        tx: &mut Tx,
        id: Uuid,
        (status, audience): (Status, Audience),
        published_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        with_tx!(tx, |connection| {
            sqlx::query("UPDATE productions SET status = $1, audience = $2, published_at = $3 WHERE id = $4")
                .bind(status.as_str())
                .bind(audience.as_str())
                .bind(published_at)
                .bind(id)
                .execute(connection)
                .await
                .map(drop)
        })?;
        Ok(())
    }

    /// Removes a production with everything of it but the bytes, which others may share.
    pub(crate) async fn delete_production(&self, tx: &mut Tx, id: Uuid) -> Result<(), StoreError> {
        const TABLES: [&str; 4] = [
            "DELETE FROM contents WHERE production_id = $1",
            "DELETE FROM versions WHERE production_id = $1",
            "DELETE FROM participants WHERE production_id = $1",
            "DELETE FROM productions WHERE id = $1",
        ];
        for statement in TABLES {
            with_tx!(tx, |connection| sqlx::query(statement).bind(id).execute(connection).await.map(drop))?;
        }
        Ok(())
    }
}
