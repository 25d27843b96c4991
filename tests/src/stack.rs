//! The two shapes of the product: everything in one process, and each role as a process of its own over HTTP.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{self, Running};

/// The subgraphs of this house.
pub const SUBGRAPHS: &[&str] = &["establishments", "users", "productions", "activation"];

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
    config: Option<PathBuf>,
}

/// How a command ended, and what it told.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
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
            Database::Postgres => vec![(DATABASE_URL.to_owned(), new_database())],
        };
        Self { folder, environment, config: None }
    }

    /// The same installation with the Redis that `TEST_REDIS_URL` names, under a prefix of its own.
    ///
    /// # Panics
    /// When `TEST_REDIS_URL` names none.
    #[must_use]
    pub fn with_redis(mut self) -> Self {
        self.environment.push(("PASSERELLE__REDIS__URL".to_owned(), given("TEST_REDIS_URL")));
        self.environment.push(("PASSERELLE__REDIS__PREFIX".to_owned(), name()));
        self
    }

    /// The same installation with a configuration file that holds this, for all its processes.
    ///
    /// # Panics
    /// When the file cannot be written.
    #[must_use]
    pub fn configured(mut self, text: &str) -> Self {
        let path = self.folder.path().join("passerelle.toml");
        std::fs::write(&path, text).expect("a temporary folder takes a file");
        self.config = Some(path);
        self
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder for logs and files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The flags that every process of this installation is started with.
    pub fn flags(&self) -> Vec<String> {
        let config = self.config.iter().flat_map(|path| ["--config".to_owned(), path.display().to_string()]);
        ["--data".to_owned(), self.data().display().to_string()].into_iter().chain(config).collect()
    }

    fn start(&self, arguments: &[&str]) -> Running {
        self.start_at(arguments, "127.0.0.1:0")
    }

    /// Starts a server at an address.
    fn start_at(&self, arguments: &[&str], address: &str) -> Running {
        let all = arguments.iter().map(|&argument| argument.to_owned()).chain(self.flags());
        let listen = ["--listen".to_owned(), address.to_owned()];
        Running::start(all.chain(listen), &self.environment, self.folder())
    }

    /// Everything in one process.
    pub fn in_process(&self, demo: bool) -> Running {
        if demo { self.start(&["serve", "--demo"]) } else { self.start(&["serve"]) }
    }

    /// The same at an address that was known before, such as that of `public_url`.
    pub fn in_process_at(&self, address: &str) -> Running {
        self.start_at(&["serve"], address)
    }

    /// Each role as a process of its own.
    pub fn over_http(&self) -> Roles {
        self.fleet(1)
    }

    /// So many gateways, and so many processes of each subgraph: each gateway has subgraphs of its own.
    pub fn fleet(&self, each: usize) -> Roles {
        let of = |&name: &&'static str| (name, (0..each).map(|_| self.subgraph(name)).collect());
        let subgraphs: BTreeMap<&'static str, Vec<Running>> = SUBGRAPHS.iter().map(of).collect();
        let gateways =
            (0..each).map(|at| self.gateway(subgraphs.iter().map(|(name, all)| (*name, &all[at])))).collect();
        Roles { gateways, subgraphs }
    }

    /// One subgraph as a process of its own.
    pub fn subgraph(&self, name: &str) -> Running {
        self.start(&["subgraph", name])
    }

    /// A gateway before these subgraphs.
    pub fn gateway<'a>(&self, subgraphs: impl Iterator<Item = (&'a str, &'a Running)>) -> Running {
        self.gateway_at("127.0.0.1:0", subgraphs)
    }

    /// The same at an address that was known before, such as that of `public_url`.
    pub fn gateway_at<'a>(&self, address: &str, subgraphs: impl Iterator<Item = (&'a str, &'a Running)>) -> Running {
        let mut arguments = vec!["gateway".to_owned()];
        for (name, subgraph) in subgraphs {
            arguments.extend(["--subgraph".to_owned(), format!("{name}={}", subgraph.url)]);
        }
        self.start_at(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), address)
    }

    /// Runs a command of this installation to its end; standard output and standard error in one text.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, arguments: &[&str]) -> String {
        let ended = self.ended(arguments);
        let told = ended.out + &ended.err;
        assert_eq!(ended.status, Some(0), "{told}");
        told
    }

    /// Runs a command of this installation to its end, however it ends.
    pub fn ended(&self, arguments: &[&str]) -> Ended {
        let all = arguments.iter().map(|&argument| argument.to_owned()).chain(self.flags());
        let ended = process::run(all, &self.environment);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ended { status: ended.status.code(), out: text(&ended.stdout), err: text(&ended.stderr) }
    }

    /// An access token that a command of this installation makes, such as `["demo", "portail-bordeaux"]`.
    ///
    /// # Panics
    /// When it makes none.
    pub fn token(&self, arguments: &[&str]) -> String {
        let told = self.run(&[&["token"], arguments].concat());
        assert_eq!(told.lines().count(), 1, "{told}");
        told.trim().to_owned()
    }

    /// Runs a statement on the database of an installation on PostgreSQL; the rows as lines.
    ///
    /// # Panics
    /// When the installation is on SQLite, or the statement fails.
    pub fn psql(&self, statement: &str) -> String {
        let url = self.environment.iter().find(|(name, _)| name == DATABASE_URL).map(|(_, url)| url);
        let ended =
            Command::new("psql").args([url.expect("an installation on PostgreSQL"), "-qAtc", statement]).output();
        let ended = ended.expect("psql is installed");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8_lossy(&ended.stdout).into_owned()
    }
}

/// Gateways and their subgraphs.
#[derive(Debug)]
pub struct Roles {
    /// The gateways.
    pub gateways: Vec<Running>,
    /// The processes of each subgraph, by its name.
    pub subgraphs: BTreeMap<&'static str, Vec<Running>>,
}

impl Roles {
    /// The address of the first gateway.
    pub fn url(&self) -> String {
        self.gateways[0].url.clone()
    }

    /// The first process of a subgraph.
    ///
    /// # Panics
    /// When there is no such subgraph.
    pub fn subgraph(&mut self, name: &str) -> &mut Running {
        &mut self.subgraphs.get_mut(name).expect("a subgraph of this house")[0]
    }
}

const DATABASE_URL: &str = "PASSERELLE__DATABASE__URL";

/// A name that no other installation of these tests has.
#[expect(clippy::disallowed_methods, reason = "names differ by the moment")]
fn name() -> String {
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    format!("site_{}_{nanos}", std::process::id())
}

#[expect(clippy::disallowed_methods, reason = "the test command hands the URLs over in the environment")]
fn given(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} names the server that scripts/test starts"))
}

fn new_database() -> String {
    let (server, name) = (given("TEST_DATABASE_URL"), name());
    let made = Command::new("psql").args([&server, "-qc", &format!("CREATE DATABASE {name}")]).status();
    assert!(made.is_ok_and(|status| status.success()), "psql makes a database");
    let (server, _) = server.rsplit_once('/').expect("the URL names a database");
    format!("{server}/{name}")
}
