//! Reads the files back, with nothing of what made them, and counts every figure again.

mod deployments;
mod directory;
mod indicators;
mod people;
mod sectors;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use kernel::Uai;

/// A row, by column.
type Row = HashMap<String, String>;

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("passerelle-demo-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            println!("{}: {error}", self.0.display());
        }
    }
}

/// The rows of every file.
struct Demo {
    annuaire: Vec<Row>,
    sectors: Vec<Row>,
    intercommunalites: Vec<Row>,
    organisations: Vec<Row>,
    projects: Vec<Row>,
    deployments: Vec<Row>,
    observations: Vec<Row>,
    targets: Vec<Row>,
}

/// Written and read once for all tests of the process.
fn demo() -> &'static Demo {
    static DEMO: LazyLock<Demo> = LazyLock::new(Demo::read);
    &DEMO
}

impl Demo {
    fn read() -> Self {
        let folder = Folder::new();
        let files = super::write(&folder.0).expect("the files can be written");
        Self {
            annuaire: rows(&files.annuaire),
            sectors: rows(&files.sectors),
            intercommunalites: rows(&files.intercommunalites),
            organisations: rows(&files.organisations),
            projects: rows(&files.projects),
            deployments: rows(&files.deployments),
            observations: rows(&files.observations),
            targets: rows(&files.targets),
        }
    }

    /// The establishments of an académie (code of two digits).
    fn of_academy(&self, academy: &str) -> impl Iterator<Item = &Row> {
        self.annuaire.iter().filter(move |row| format!("{:0>2}", row["Code_academie"]) == academy)
    }

    /// The directory by UAI.
    fn by_uai(&self) -> HashMap<&str, &Row> {
        self.annuaire.iter().map(|row| (row["Identifiant_de_l_etablissement"].as_str(), row)).collect()
    }

    /// The establishments of an indicator's rows in a year: the directory's row and the observation's.
    fn observed(&self, indicator: &str) -> Vec<(&Row, &Row)> {
        let by_uai = self.by_uai();
        let rows = self.observations.iter().filter(|row| row["indicator"] == indicator);
        rows.map(|row| (by_uai[row["uai"].as_str()], row)).collect()
    }

    /// UAI with a project (any, if none is named) open in a year.
    fn open(&self, project: Option<&str>, year: &str) -> HashSet<&str> {
        let asked = |row: &&Row| row["school_year"] == year && project.is_none_or(|project| row["project"] == project);
        self.deployments.iter().filter(asked).map(|row| row["uai"].as_str()).collect()
    }
}

fn rows(file: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(file).expect("UTF-8");
    assert!(text.ends_with('\n') && !text.contains(['\r', '"']), "{}", file.display());
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(';').collect();
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(';').collect();
        assert_eq!(fields.len(), header.len(), "{line}");
        header.iter().zip(fields).map(|(column, field)| ((*column).to_owned(), field.to_owned())).collect()
    };
    lines.map(row).collect()
}

fn is_ecole(row: &Row) -> bool {
    row["Type_etablissement"] == "Ecole"
}

fn is_college(row: &Row) -> bool {
    row["Type_etablissement"] == "Collège"
}

fn is_lycee(row: &Row) -> bool {
    row["Type_etablissement"] == "Lycée" && !["334", "335"].contains(&row["code_nature"].as_str())
}

fn is_public(row: &Row) -> bool {
    row["Statut_public_prive"] == "Public"
}

/// How often each key occurs.
fn tally<K: Ord>(keys: impl IntoIterator<Item = K>) -> BTreeMap<K, usize> {
    let mut tally = BTreeMap::new();
    for key in keys {
        *tally.entry(key).or_default() += 1;
    }
    tally
}

#[test]
fn two_runs_write_the_same() {
    let (first, second) = (Folder::new(), Folder::new());
    let files = super::write(&first.0).expect("the files can be written");
    super::write(&second.0).expect("the files can be written");
    let all = [files.annuaire, files.sectors, files.intercommunalites, files.organisations, files.projects];
    for file in all.iter().chain(&[files.deployments, files.observations, files.targets]) {
        let other = second.0.join(file.file_name().expect("a name"));
        assert!(std::fs::read(file).expect("a file") == std::fs::read(other).expect("a file"), "{}", file.display());
    }
}

#[test]
fn every_uai_is_one_that_no_school_has() {
    let demo = demo();
    let uais: HashSet<&str> = demo.by_uai().into_keys().collect();
    assert_eq!(uais.len(), demo.annuaire.len(), "no UAI stands there twice");
    for text in &uais {
        let uai: Uai = text.parse().expect("a UAI");
        assert!(uai.has_right_letter() && (7000..9000).contains(&(uai.number() % 10_000)), "{uai}");
    }
    let used = demo.deployments.iter().chain(&demo.observations);
    assert!(used.map(|row| row["uai"].as_str()).all(|uai| uais.contains(uai)));
}
