//! `cargo xtask bench`: the dashboards' queries in both shapes, and the import of the directory, each beside a peer of the same
//! run. Figures, never assertions.

mod imports;
mod load;
mod peer;
mod process;
mod queries;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Bench {
    /// The dashboards' queries, in one process and over HTTP.
    Queries,
    /// The import of the directory.
    Import,
}

/// Runs the benchmarks; rows of the import, seconds of each query.
pub(crate) fn run(which: Option<Bench>, rows: u32, seconds: u64) -> anyhow::Result<()> {
    let binary = build()?;
    if which != Some(Bench::Import) {
        queries::run(&binary, seconds)?;
    }
    if which != Some(Bench::Queries) {
        imports::run(&binary, rows)?;
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

/// The text of an acceptance query.
fn query(name: &str) -> anyhow::Result<String> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace has a root")?.join("tests/queries");
    std::fs::read_to_string(folder.join(format!("{name}.graphql")))
        .with_context(|| format!("tests/queries/{name}.graphql"))
}
