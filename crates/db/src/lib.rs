//! SQL written once: a body is type-checked for SQLite and for PostgreSQL, and runs on whichever the deployment chose.
//!
//! Rules that make it hold (`docs/adr/0003-sql-once.md`): `$1` placeholders; portable column types; ids and times made in
//! Rust; no `NOW()`, arrays, `ILIKE` or `FOR UPDATE`; one `migrations/` folder for both.

mod error;
pub mod leases;
mod open;
pub mod outbox;
mod sequence;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::StoreError;
pub use open::{OpenError, Target};
pub use sequence::next as next_sequence;

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

/// A connection pool to whichever database the deployment chose.
#[derive(Clone, Debug)]
pub enum Db {
    /// One file, one writer at a time.
    Sqlite(SqlitePool),
    /// One schema of a PostgreSQL database.
    Postgres(PgPool),
}

/// A transaction on either database. Dropped without [`Tx::commit`], it changes nothing.
#[derive(Debug)]
pub enum Tx {
    /// Begun as `IMMEDIATE`, so that it never fails on a lock that another writer took in between.
    Sqlite(Transaction<'static, Sqlite>),
    /// An ordinary transaction.
    Postgres(Transaction<'static, Postgres>),
}

/// Evaluates `$body` with `$pool` bound to the pool inside `$db`; it is type-checked once for each backend.
#[macro_export]
macro_rules! with_pool {
    ($db:expr, |$pool:ident| $body:expr) => {
        match $db {
            $crate::Db::Sqlite($pool) => $body,
            $crate::Db::Postgres($pool) => $body,
        }
    };
}

/// Evaluates `$body` with `$connection` bound to the connection of the transaction `$tx`, once for each backend.
#[macro_export]
macro_rules! with_tx {
    ($tx:expr, |$connection:ident| $body:expr) => {
        match $tx {
            $crate::Tx::Sqlite(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
            $crate::Tx::Postgres(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
        }
    };
}

impl Db {
    /// Begins a transaction: the one unit in which a use case writes its change and its events.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite(pool) => Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        with_pool!(self, |pool| sqlx::query("SELECT 1").execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Brings the planner's statistics up to date: after many rows were written, before anybody asks for aggregates over them.
    pub async fn analyze(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(pool) => sqlx::query("PRAGMA optimize = 0x10002").execute(pool).await.map(drop)?,
            Self::Postgres(pool) => sqlx::query("ANALYZE").execute(pool).await.map(drop)?,
        }
        Ok(())
    }

    /// Waits until every connection is given back and closed.
    pub async fn close(&self) {
        with_pool!(self, |pool| pool.close().await);
    }
}

impl Tx {
    /// Makes the change last.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}
