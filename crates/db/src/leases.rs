//! Leases: who is at a piece of work, so that nobody else does the same work beside.
//!
//! A lease saves work and proves nothing: it ends by the clock, and whoever slept through its end may still be writing. What
//! must not happen twice is guarded by the data themselves ([`crate::outbox::advance`]).

use chrono::{DateTime, Utc};

use crate::{Db, StoreError, with_pool};

/// Takes the lease `name` for `holder` until `until`, or renews it; false while somebody else's lasts at `now`.
///
/// # Errors
/// When the database fails.
pub async fn hold(
    db: &Db,
    name: &str,
    holder: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool, StoreError> {
    // Looked at first: who waits for a lease must not wait for the database's one writer as well.
    let current: Option<(String, DateTime<Utc>)> = with_pool!(db, |pool| {
        sqlx::query_as("SELECT holder, expires_at FROM leases WHERE name = $1").bind(name).fetch_optional(pool).await
    })?;
    if current.is_some_and(|(other, expires_at)| other != holder && expires_at > now) {
        return Ok(false);
    }
    let taken: u64 = with_pool!(db, |pool| {
        sqlx::query(
            "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
             WHERE leases.holder = excluded.holder OR leases.expires_at <= $4",
        )
        .bind(name)
        .bind(holder)
        .bind(until)
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected())
    })?;
    Ok(taken == 1)
}

/// Takes the lease `name` from whoever has it.
///
/// # Errors
/// When the database fails.
pub async fn take(db: &Db, name: &str, holder: &str, until: DateTime<Utc>) -> Result<(), StoreError> {
    with_pool!(db, |pool| {
        sqlx::query(
            "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at",
        )
        .bind(name)
        .bind(holder)
        .bind(until)
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Gives the lease `name` back, if it is `holder`'s.
///
/// # Errors
/// When the database fails; the lease then ends by itself.
pub async fn release(db: &Db, name: &str, holder: &str) -> Result<(), StoreError> {
    with_pool!(db, |pool| {
        sqlx::query("DELETE FROM leases WHERE name = $1 AND holder = $2")
            .bind(name)
            .bind(holder)
            .execute(pool)
            .await
            .map(drop)
    })?;
    Ok(())
}
