//! `schema/`: what the code prints, and what composition makes of it. Composition is npm's, and only a development step.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

/// Writes `schema/`, or with `check` fails where the files differ from the code.
pub(crate) fn run(check: bool) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace has a root")?;
    let kept = root.join("schema");
    let out = if check { root.join("xtask/compose/node_modules/.check") } else { kept.clone() };
    let compose = root.join("xtask/compose");
    install(&compose)?;
    fs::create_dir_all(&out)?;
    let subgraphs = [
        (establishments::NAME, establishments::sdl()),
        (users::NAME, users::sdl()),
        (productions::NAME, productions::sdl()),
        (activation::NAME, activation::sdl()),
    ];
    let mut files: Vec<PathBuf> = Vec::new();
    for (name, sdl) in &subgraphs {
        let file = out.join(format!("{name}.graphql"));
        fs::write(&file, sdl)?;
        files.push(file);
    }
    let (supergraph, public) = (out.join("supergraph.graphql"), out.join("public.graphql"));
    let composed = Command::new("node")
        .arg("compose.mjs")
        .args([&supergraph, &public])
        .args(&files)
        .current_dir(&compose)
        .status();
    ensure!(composed.context("node is needed to compose")?.success(), "the subgraphs do not compose");
    files.extend([supergraph, public]);
    graphs(&compose, &root.join("gateway/tests/federation"), check)?;
    if check {
        let differing: Vec<String> = files
            .iter()
            .filter_map(|file| file.file_name())
            .filter(|name| fs::read(kept.join(name)).ok() != fs::read(out.join(name)).ok())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        if !differing.is_empty() {
            bail!("schema/ differs from the code in {}: run cargo xtask schema and commit", differing.join(", "));
        }
    }
    Ok(())
}

/// Composes the graphs that the gateway is tested on.
fn graphs(compose: &Path, folder: &Path, check: bool) -> anyhow::Result<()> {
    let mut node = Command::new("node");
    node.arg("graphs.mjs").arg(folder).args(check.then_some("--check")).current_dir(compose);
    ensure!(
        node.status().context("node is needed to compose")?.success(),
        "the graphs of the gateway's tests do not compose"
    );
    Ok(())
}

fn install(compose: &Path) -> anyhow::Result<()> {
    if compose.join("node_modules/graphql").is_dir() {
        return Ok(());
    }
    let status = Command::new("npm").args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(compose).status();
    ensure!(
        status.context("npm is needed to install the composition library")?.success(),
        "npm ci failed in xtask/compose"
    );
    Ok(())
}
