//! The data set of the demonstration, written as the files that a real installation imports.
//!
//! Its aggregates are the figures of the published roadmaps; its establishments are invented, and so is everything
//! marked `SIMULATED`. The same files come out of every run. Nothing here knows a database: the importers read what
//! is written.

mod annuaire;
mod category;
pub(crate) mod clients;
mod deployments;
mod directory;
mod draw;
mod establishment;
mod figures;
mod names;
mod observations;
mod people;
mod places;
mod productions;
mod projects;
mod sectors;
mod targets;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use kernel::SchoolYear;

pub(crate) use people::Everybody;
pub(crate) use productions::{Fate, Plan, plans};

/// The files written, in the order in which they are to be imported.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    /// The directory of establishments, with the official header of 2026.
    pub(crate) annuaire: PathBuf,
    /// The carte scolaire: écoles and their collèges.
    pub(crate) sectors: PathBuf,
    /// Communes and their intercommunalités.
    pub(crate) intercommunalites: PathBuf,
    /// Who runs the ENT projects.
    pub(crate) organisations: PathBuf,
    /// The ENT projects.
    pub(crate) projects: PathBuf,
    /// Which establishment has which ENT in which school year.
    pub(crate) deployments: PathBuf,
    /// What was observed of each establishment.
    pub(crate) observations: PathBuf,
    /// What the roadmaps aim at.
    pub(crate) targets: PathBuf,
}

/// Writes the data set into `folder`, which is made if it is not there.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write(folder: &Path) -> io::Result<Files> {
    std::fs::create_dir_all(folder)?;
    let establishments = directory::establishments();
    let all = establishments.as_slice();
    Ok(Files {
        annuaire: file(folder, "annuaire", annuaire::HEADER, |out| annuaire::write(out, all))?,
        sectors: file(folder, "sectors", sectors::HEADER, |out| sectors::write(out, all))?,
        intercommunalites: file(
            folder,
            "intercommunalites",
            "CODGEO;LIBGEO;EPCI;LIBEPCI",
            places::write_intercommunalites,
        )?,
        organisations: file(folder, "organisations", projects::ORGANISATIONS_HEADER, projects::write_organisations)?,
        projects: file(folder, "projects", projects::HEADER, projects::write)?,
        deployments: file(folder, "deployments", deployments::HEADER, |out| deployments::write(out, all))?,
        observations: file(folder, "observations", observations::HEADER, |out| observations::write(out, all))?,
        targets: file(folder, "targets", targets::HEADER, targets::write)?,
    })
}

/// Everybody in the school year of the productions, and what they make; staff are still there `now`.
pub(crate) fn people(now: SchoolYear) -> Everybody {
    people::everybody(&directory::establishments(), productions::year(), now)
}

/// Writes one file: its header, then its rows.
fn file(
    folder: &Path,
    name: &str,
    header: &str,
    rows: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<PathBuf> {
    let path = folder.join(format!("{name}.csv"));
    let mut out = BufWriter::new(File::create(&path)?);
    writeln!(out, "{header}")?;
    rows(&mut out)?;
    out.flush()?;
    Ok(path)
}
