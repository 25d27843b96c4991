//! `cargo xtask bench`: the dashboards' queries and the portal's in both shapes, where the time of the latter goes, and the imports
//! of the directory and of people, beside peers of the same run. Figures, never assertions.

mod imports;
mod load;
mod peer;
mod people;
mod portal;
mod process;
mod queries;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

pub(crate) use people::Size;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Bench {
    /// The dashboards' queries and the portal's, in one process and over HTTP.
    Queries,
    /// Where the time of the portal's query goes.
    Portal,
    /// The import of the directory.
    Import,
    /// The import of an académie's people.
    People,
}

/// Runs the benchmarks; rows of the import of the directory, size of that of people, seconds of each query.
pub(crate) fn run(which: Option<Bench>, rows: u32, academy: &Size, seconds: u64) -> anyhow::Result<()> {
    let binary = build()?;
    let is_asked = |bench| which.is_none_or(|which| which == bench);
    if is_asked(Bench::Queries) {
        queries::run(&binary, seconds)?;
    }
    if is_asked(Bench::Portal) {
        portal::run(&binary, seconds)?;
    }
    if is_asked(Bench::Import) {
        imports::run(&binary, rows)?;
    }
    if is_asked(Bench::People) {
        people::run(&binary, academy)?;
    }
    Ok(())
}

fn build() -> anyhow::Result<PathBuf> {
    let status = Command::new(env!("CARGO")).args(["build", "--release", "--package", "passerelle"]).status()?;
    ensure!(status.success(), "the release build failed");
    let own = std::env::current_exe()?;
    let target = own.ancestors().find(|folder| folder.join("release/passerelle").is_file());
    Ok(target.context("the release binary lies beside this one's profile")?.join("release/passerelle"))
}

/// A token of the portal of Bordeaux, for the demonstration in `data`.
fn token(binary: &Path, data: &str) -> anyhow::Result<String> {
    let made = Command::new(binary).args(["token", "demo", "portail-bordeaux", "--data", data]).output()?;
    ensure!(made.status.success(), "no token: {}", String::from_utf8_lossy(&made.stderr));
    Ok(String::from_utf8(made.stdout)?.trim().to_owned())
}

/// The text of an acceptance query.
fn query(name: &str) -> anyhow::Result<String> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace has a root")?.join("tests/queries");
    std::fs::read_to_string(folder.join(format!("{name}.graphql")))
        .with_context(|| format!("tests/queries/{name}.graphql"))
}
