//! The two shapes of the product: everything in one process, and each role as a process of its own over HTTP.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::Running;

/// Where the rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// Files in the data directory.
    Sqlite,
    /// A new database of the server that `TEST_DATABASE_URL` names.
    Postgres,
}

/// A place for one installation: its data directory and its environment.
#[derive(Debug)]
pub struct Site {
    folder: tempfile::TempDir,
    /// Environment of every process of this installation.
    pub environment: Vec<(String, String)>,
}

impl Site {
    /// An empty installation on this database.
    ///
    /// # Panics
    /// When PostgreSQL is asked for and `TEST_DATABASE_URL` names none.
    pub fn new(database: Database) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let environment = match database {
            Database::Sqlite => Vec::new(),
            Database::Postgres => vec![("PASSERELLE__DATABASE__URL".to_owned(), new_database())],
        };
        Self { folder, environment }
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder for logs and files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn start(&self, arguments: &[&str]) -> Running {
        let data = self.data();
        let mut all: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        all.extend(["--data".to_owned(), data.display().to_string(), "--listen".to_owned(), "127.0.0.1:0".to_owned()]);
        Running::start(all, &self.environment, self.folder())
    }

    /// Everything in one process.
    pub fn in_process(&self, demo: bool) -> Running {
        if demo { self.start(&["serve", "--demo"]) } else { self.start(&["serve"]) }
    }

    /// Each role as a process of its own.
    pub fn over_http(&self) -> Roles {
        let establishments = self.start(&["subgraph", "establishments"]);
        let activation = self.start(&["subgraph", "activation"]);
        let (one, two) = (format!("establishments={}", establishments.url), format!("activation={}", activation.url));
        let gateway = self.start(&["gateway", "--subgraph", &one, "--subgraph", &two]);
        Roles { gateway, establishments, activation }
    }
}

/// A gateway and its subgraphs.
#[derive(Debug)]
pub struct Roles {
    /// The gateway.
    pub gateway: Running,
    /// The directory.
    pub establishments: Running,
    /// The indicators.
    pub activation: Running,
}

#[expect(clippy::disallowed_methods, reason = "the test command hands the URL over in the environment")]
fn new_database() -> String {
    let server =
        std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL names the PostgreSQL that scripts/test starts");
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let name = format!("site_{}_{nanos}", std::process::id());
    let made = Command::new("psql").args([&server, "-qc", &format!("CREATE DATABASE {name}")]).status();
    assert!(made.is_ok_and(|status| status.success()), "psql makes a database");
    let (server, _) = server.rsplit_once('/').expect("the URL names a database");
    format!("{server}/{name}")
}
