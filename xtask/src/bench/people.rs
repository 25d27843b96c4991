//! The import of an académie's people: people per second and peak memory, on SQLite and, where `TEST_DATABASE_URL` names a server, on
//! PostgreSQL; beside the same files read by Python's `xml.etree` and put by its `sqlite3` into one table with an index, without
//! history, ties, evidence, comparison or events.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aaf::Degree;
use aaf::generate::{Academy, generate, uais};
use anyhow::{Context, ensure};

use super::process::measured;

/// What an import may hold, however large the files.
const MOST_MB: f64 = 200.0;

const HEADER: &str = "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;Code_postal;\
    Code_commune;Nom_commune;Code_departement;Code_academie;Code_region;date_maj_ligne;etat;code_nature";

const PEER: &str = "import sqlite3, sys, xml.etree.ElementTree as tree\n\
    def people():\n\
    \x20   for path in sys.argv[2:]:\n\
    \x20       root = None\n\
    \x20       for event, element in tree.iterparse(path, ('start', 'end')):\n\
    \x20           root = element if root is None else root\n\
    \x20           if event == 'end' and element.tag == 'addRequest':\n\
    \x20               told = {one.get('name'): [value.text for value in one] for one in element.iter('attr')}\n\
    \x20               one = lambda *names: next((told[name][0] for name in names if told.get(name)), None)\n\
    \x20               if one('categoriePersonne'):\n\
    \x20                   yield (one('categoriePersonne'), one('ENTPersonJointure'), one('sn', 'ENTPersonNom'), \
                            one('givenName', 'ENTPersonPrenom'), one('ENTPersonDateNaissance'), one('ENTEleveINE'), \
                            one('mail', 'ENTPersonMail'), one('ENTPersonStructRattach'))\n\
    \x20               root.clear()\n\
    db = sqlite3.connect(sys.argv[1])\n\
    db.execute('PRAGMA journal_mode=WAL')\n\
    db.execute('CREATE TABLE people (category, key PRIMARY KEY, name, given, born, ine, mail, place)')\n\
    db.execute('CREATE INDEX by_ine ON people (ine)')\n\
    db.executemany('INSERT INTO people VALUES (?,?,?,?,?,?,?,?)', people())\n\
    db.commit()\n";

/// How large an académie is.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Size {
    /// People of the académie
    #[arg(long, default_value_t = 600_000)]
    people: usize,
    /// Its establishments
    #[arg(long, default_value_t = 3_000)]
    structures: usize,
    /// Of the first degree instead of the second
    #[arg(long)]
    first_degree: bool,
}

/// Prints, for each database, a line for a first import and one for a second; then one for the peer, and what the first is to it.
pub(crate) fn run(binary: &Path, size: &Size) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let academy = Academy {
        academy: "04".to_owned(),
        degree: if size.first_degree { Degree::First } else { Degree::Second },
        structures: size.structures,
        people: size.people,
        date: chrono::NaiveDate::from_ymd_opt(2025, 11, 3).context("a day")?,
        seed: 1,
        files_of: 10_000,
    };
    let at = folder.path().join("aaf");
    fs::create_dir(&at)?;
    let files = generate(&at, &academy)?;
    let directory = folder.path().join("annuaire.csv");
    write_directory(&directory, &academy)?;
    let bytes: u64 = files.iter().filter_map(|file| Some(fs::metadata(file).ok()?.len())).sum();
    let Size { people, structures, .. } = size;
    let degree = academy.degree.as_str();
    println!(
        "import aaf: {people} people, {structures} establishments, {degree}, {} files, {} MB",
        files.len(),
        bytes >> 20
    );
    let import = Import { binary, directory, files: &files, people: size.people };
    let mut first = vec![("SQLite", import.on("SQLite", None, &folder.path().join("sqlite"))?)];
    if let Some(server) = server() {
        let name = format!("bench_{}", std::process::id());
        let url = new_database(&server, &name)?;
        let seconds = import.on("PostgreSQL", Some(&url), &folder.path().join("postgresql"));
        psql(&server, &format!("DROP DATABASE {name}"))?;
        first.push(("PostgreSQL", seconds?));
    } else {
        println!("  not on PostgreSQL: TEST_DATABASE_URL names no server");
    }
    let mut peer = Command::new("python3");
    peer.args(["-c", PEER]).arg(folder.path().join("peer.sqlite")).args(&files);
    let peer = report("python etree+sqlite3", *people, &mut peer)?;
    for (name, seconds) in first {
        println!("  a first import on {name} takes {:.1} times as long", seconds / peer);
    }
    Ok(())
}

/// What is imported.
struct Import<'a> {
    binary: &'a Path,
    directory: PathBuf,
    files: &'a [PathBuf],
    people: usize,
}

impl Import<'_> {
    /// The seconds of a first import, after which there is a second.
    fn on(&self, name: &str, database: Option<&str>, data: &Path) -> anyhow::Result<f64> {
        let command = |kind: &str, files: &[PathBuf]| {
            let mut command = Command::new(self.binary);
            command.args(["import", kind]).args(files).arg("--data").arg(data);
            command.envs(database.map(|url| ("PASSERELLE__DATABASE__URL", url)));
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        measured("the directory", &mut command("annuaire", std::slice::from_ref(&self.directory)))?;
        let first = report(&format!("{name}, first"), self.people, &mut command("aaf", self.files))?;
        report(&format!("{name}, all known"), self.people, &mut command("aaf", self.files))?;
        Ok(first)
    }
}

fn report(what: &str, people: usize, command: &mut Command) -> anyhow::Result<f64> {
    let (seconds, peak) = measured(what, command)?;
    let rate = f64::from(u32::try_from(people)?) / seconds;
    let too_much = if peak > MOST_MB && !what.starts_with("python") { " (MORE THAN IT MAY)" } else { "" };
    println!("  {what:<22} {seconds:>7.1} s {rate:>9.0} people/s {peak:>6.0} MB at the most{too_much}");
    Ok(seconds)
}

/// A directory with the académie's establishments.
fn write_directory(path: &Path, academy: &Academy) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "{HEADER}")?;
    let (kind, nature) = if academy.degree == Degree::First { ("Ecole", "151") } else { ("Collège", "340") };
    for uai in uais(academy) {
        writeln!(out, "{uai};{kind};{kind};Public;1 rue;33000;33063;Bordeaux;033;04;75;2025-09-01;OUVERT;{nature}")?;
    }
    out.flush()?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the one who measures names the server in the environment")]
fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

/// A database of its own on that server; its URL.
fn new_database(server: &str, name: &str) -> anyhow::Result<String> {
    psql(server, &format!("CREATE DATABASE {name}"))?;
    let (server, _) = server.rsplit_once('/').context("TEST_DATABASE_URL names a database")?;
    Ok(format!("{server}/{name}"))
}

fn psql(server: &str, statement: &str) -> anyhow::Result<()> {
    let done = Command::new("psql").args([server, "-qc", statement]).status()?;
    ensure!(done.success(), "psql cannot do it on the server of TEST_DATABASE_URL: {statement}");
    Ok(())
}
