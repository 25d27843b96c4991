//! Numbers that are given in the order of commits.
//!
//! A database's own sequence gives numbers before the commit, so that a reader who has seen 8 may meet 7 later. Here the
//! counter's row stays locked until the transaction ends: who reads up to 8 has seen everything up to 8.

use crate::{StoreError, Tx, with_tx};

/// Takes `count` numbers of the sequence `name`; returns the last of them (the first is `last - count + 1`).
///
/// Call it late in a transaction: other writers of the same sequence wait until it ends.
pub async fn next(tx: &mut Tx, name: &str, count: i64) -> Result<i64, StoreError> {
    let last: i64 = with_tx!(tx, |connection| {
        sqlx::query_scalar(
            "INSERT INTO counters (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value",
        )
        .bind(name)
        .bind(count)
        .fetch_one(connection)
        .await
    })?;
    Ok(last)
}
