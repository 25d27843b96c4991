//! Opening a service's database: one SQLite file, or one schema of a PostgreSQL database.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection};

use crate::Db;

/// How long a statement waits for a connection: less than a request may take, so that its error says why.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often bringing the tables up to date is tried again, and after how long.
const RETRIES: u32 = 5;
const RETRY_AFTER: Duration = Duration::from_millis(300);
/// How long a writer of SQLite waits for another to end.
const BUSY: Duration = Duration::from_secs(10);

/// Where a service keeps its rows.
#[derive(Clone, Debug)]
pub enum Target {
    /// A file, made with its folder where it is missing.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
    /// A schema, made where it is missing.
    Postgres {
        /// `postgres://user:password@host:port/database`.
        url: String,
        /// The schema: the service's name.
        schema: String,
        /// Connections at most.
        max_connections: u32,
    },
}

impl Target {
    /// Whether this is the address of a PostgreSQL database.
    ///
    /// # Errors
    /// What is wrong with it, without what it holds.
    pub fn check_url(url: &str) -> Result<(), String> {
        PgConnectOptions::from_str(url).map(drop).map_err(|error| error.to_string())
    }
}

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder of the file cannot be made.
    #[error("cannot make the folder of {path}")]
    Folder {
        /// The database file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No connection.
    #[error("cannot connect to {target}")]
    Connect {
        /// The database, without its password.
        target: String,
        /// Why.
        source: sqlx::Error,
    },
    /// A schema's name must be an identifier.
    #[error("{0:?} is no name of a schema: lower-case letters, digits and _ only")]
    Schema(String),
    /// The tables could not be brought up to date.
    #[error("cannot bring the tables of {target} up to date")]
    Migrate {
        /// The database, without its password.
        target: String,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
}

impl Db {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// When the folder cannot be made, the server does not answer, or a migration fails (or was changed since it ran).
    pub async fn open(target: &Target, migrations: &Migrator) -> Result<Self, OpenError> {
        let (name, db) = match target {
            Target::Sqlite { path } => {
                let name = path.display().to_string();
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder)
                        .map_err(|source| OpenError::Folder { path: path.clone(), source })?;
                }
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal)
                    .foreign_keys(true)
                    .busy_timeout(BUSY);
                let pool =
                    SqlitePoolOptions::new().max_connections(8).acquire_timeout(PATIENCE).connect_with(options).await;
                (name.clone(), Self::Sqlite(pool.map_err(|source| OpenError::Connect { target: name, source })?))
            }
            Target::Postgres { url, schema, max_connections } => {
                let plain = !schema.is_empty()
                    && schema.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
                if !plain {
                    return Err(OpenError::Schema(schema.clone()));
                }
                let options = PgConnectOptions::from_str(url)
                    .map_err(|source| OpenError::Connect { target: "the PostgreSQL URL given".to_owned(), source })?;
                let name = format!("PostgreSQL at {}:{}, schema {schema}", options.get_host(), options.get_port());
                let connect = |source| OpenError::Connect { target: name.clone(), source };
                let mut connection = sqlx::PgConnection::connect_with(&options).await.map_err(connect)?;
                // Two processes that start together may both try; one of them then finds it made.
                let create = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
                let made = sqlx::query(AssertSqlSafe(create)).execute(&mut connection).await.map(drop);
                made.or_else(already_there).map_err(connect)?;
                connection.close().await.map_err(connect)?;
                let pool = PgPoolOptions::new()
                    .max_connections(*max_connections)
                    .acquire_timeout(PATIENCE)
                    .connect_with(options.options([("search_path", schema.as_str())]))
                    .await
                    .map_err(connect)?;
                (name, Self::Postgres(pool))
            }
        };
        // Two processes that start together may both begin: who loses finds the tables made when it tries again.
        let mut tries = 0;
        loop {
            let migrated = match &db {
                Self::Sqlite(pool) => migrations.run(pool).await,
                Self::Postgres(pool) => migrations.run(pool).await,
            };
            match migrated {
                Ok(()) => return Ok(db),
                Err(_) if tries < RETRIES => tokio::time::sleep(RETRY_AFTER).await,
                Err(source) => return Err(OpenError::Migrate { target: name, source }),
            }
            tries += 1;
        }
    }
}

fn already_there(error: sqlx::Error) -> Result<(), sqlx::Error> {
    match &error {
        sqlx::Error::Database(inner) if inner.is_unique_violation() || inner.code().as_deref() == Some("42P06") => {
            Ok(())
        }
        _ => Err(error),
    }
}
