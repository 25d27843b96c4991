//! The import of the directory: rows per second and peak memory, beside the same rows put into one table by Python's `csv` and
//! `sqlite3`, without history, sites, territories, checks or events.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

use super::process::measured;

const HEADER: &str = "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;Code_postal;\
    Code_commune;Nom_commune;Code_departement;Code_academie;Code_region;nom_circonscription;code_circonscription;latitude;longitude;\
    date_ouverture;date_maj_ligne;etat;code_nature";

const PEER: &str = "import csv, sqlite3, sys\n\
    rows = csv.reader(open(sys.argv[1], encoding='utf-8'), delimiter=';')\n\
    header = next(rows)\n\
    db = sqlite3.connect(sys.argv[2])\n\
    db.execute('PRAGMA journal_mode=WAL')\n\
    db.execute('CREATE TABLE annuaire (' + ','.join(header) + ', PRIMARY KEY (' + header[0] + '))')\n\
    db.executemany('INSERT INTO annuaire VALUES (' + ','.join('?' * len(header)) + ')', rows)\n\
    db.commit()\n";

/// Prints a line for a first import, one for a second, and one for the peer.
pub(crate) fn run(binary: &Path, rows: u32) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("annuaire.csv");
    write(&file, rows)?;
    println!("import annuaire: {rows} rows, {} MB, SQLite", std::fs::metadata(&file)?.len() >> 20);
    let data = folder.path().join("data");
    for what in ["first import", "second import"] {
        let mut command = Command::new(binary);
        command
            .args(["import", "annuaire"])
            .arg(&file)
            .arg("--data")
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        report(what, rows, &mut command)?;
    }
    let mut peer = Command::new("python3");
    peer.args(["-c", PEER]).arg(&file).arg(folder.path().join("peer.sqlite"));
    report("python csv+sqlite3", rows, &mut peer)
}

fn write(file: &Path, rows: u32) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    writeln!(out, "{HEADER}")?;
    let mut line = String::new();
    for number in 0..rows {
        let department = number % 95 + 1;
        let uai = kernel::Uai::with_number(number).context("at most ten million rows")?;
        line.clear();
        write!(
            line,
            "{uai};École élémentaire numéro {number};Ecole;Public;{} rue de la République;{department:02}000;{department:02}{:03};Commune {};\
             {department:03};4;75;Circonscription {department};{department:03}0001A;46.5;2.5;1990-09-01;2026-05-15;OUVERT;151",
            number % 200,
            number % 300 + 1,
            number % 300 + 1
        )?;
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(())
}

fn report(what: &str, rows: u32, command: &mut Command) -> anyhow::Result<()> {
    let (seconds, peak) = measured(what, command)?;
    println!("  {what:<20} {seconds:>7.1} s {:>9.0} rows/s {peak:>6.0} MB at the most", f64::from(rows) / seconds);
    Ok(())
}
