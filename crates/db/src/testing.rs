//! Both databases for tests, and a count of the statements that they run.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::migrate::Migrator;
use tracing::field::Visit;
use tracing::{Event, Metadata, Subscriber, span};

use crate::{Db, Target};

/// The database that a test case runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file in a temporary folder.
    Sqlite,
    /// A new schema of the database that `TEST_DATABASE_URL` names.
    Postgres,
}

/// A fresh database; the folder of a SQLite file goes with it.
pub struct Fresh {
    /// The database, its tables made.
    pub db: Db,
    /// What it was opened from, for a second process or pool.
    pub target: Target,
    _folder: Option<tempfile::TempDir>,
}

impl fmt::Debug for Fresh {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Fresh").field("target", &self.target).finish_non_exhaustive()
    }
}

impl Backend {
    /// A fresh, migrated database.
    ///
    /// # Panics
    /// When `TEST_DATABASE_URL` is missing for PostgreSQL: a case is never left out silently.
    pub async fn fresh(self, migrations: &Migrator) -> Fresh {
        let (target, folder) = match self {
            Self::Sqlite => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                (Target::Sqlite { path: folder.path().join("test.sqlite") }, Some(folder))
            }
            Self::Postgres => (postgres_target(), None),
        };
        let db = Db::open(&target, migrations).await.expect("a fresh database opens");
        Fresh { db, target, _folder: folder }
    }
}

#[expect(clippy::disallowed_methods, reason = "the test command hands the URL over in the environment")]
fn postgres_target() -> Target {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let url =
        std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL names the PostgreSQL that scripts/test starts");
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let schema = format!("test_{}_{}_{nanos}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    Target::Postgres { url, schema, max_connections: 8 }
}

static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

/// How many statements this process has run since the last call. Counting begins with the first call.
///
/// Counts are of the whole process: the suite runs each test in its own (nextest).
pub fn statements_run() -> usize {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        tracing::subscriber::set_global_default(StatementCounter).expect("no other subscriber in this test process");
    });
    STATEMENTS.swap(0, Ordering::SeqCst)
}

/// Counts sqlx's own record of each statement.
struct StatementCounter;

impl Subscriber for StatementCounter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        struct Summary(bool);
        impl Visit for Summary {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
                if field.name() == "summary" {
                    let text = format!("{value:?}");
                    self.0 = !["BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"]
                        .iter()
                        .any(|word| text.trim_start_matches('"').starts_with(word));
                }
            }
        }
        let mut summary = Summary(true);
        event.record(&mut summary);
        if summary.0 {
            STATEMENTS.fetch_add(1, Ordering::SeqCst);
        }
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}
