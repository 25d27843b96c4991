//! Directions of dependency: who may know whom in this workspace.

use std::process::Command;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

/// Each crate of the house with the crates of the house that it may depend on. Whoever is not listed may depend on anything,
/// and nobody on them.
const ALLOWED: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("db", &["kernel"]),
    ("events", &["kernel", "db"]),
    ("import", &["kernel"]),
    ("places", &["kernel", "db"]),
    ("service-kit", &["kernel"]),
    ("feed", &["kernel"]),
    ("aaf", &["kernel", "feed"]),
    ("sdet", &["kernel", "feed"]),
    ("sign-in", &["kernel", "feed", "service-kit"]),
    ("gateway", &["kernel", "service-kit"]),
    ("establishments", &["kernel", "db", "import", "service-kit"]),
    ("users", &["kernel", "db", "events", "places", "feed", "aaf", "sdet", "sign-in", "import", "service-kit"]),
    ("productions", &["kernel", "db", "events", "places", "service-kit"]),
    ("activation", &["kernel", "db", "events", "import", "places", "service-kit"]),
];

/// Libraries that only some crates may use directly.
const RESERVED: &[(&str, &[&str])] = &[
    ("sqlx", &["db", "places", "establishments", "users", "productions", "activation"]),
    ("redis", &["events", "gateway", "sign-in"]),
    ("hive-router-query-planner", &["gateway"]),
    ("async-graphql", &["service-kit", "establishments", "users", "productions", "activation"]),
];

/// Fails where a crate depends on one that it may not know.
pub(crate) fn run() -> anyhow::Result<()> {
    let output = Command::new(env!("CARGO")).args(["metadata", "--format-version=1", "--no-deps"]).output()?;
    ensure!(output.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("metadata lists packages")?;
    let ours: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().context("a package has a name")?;
        let allowed = ALLOWED.iter().find(|(known, _)| *known == name).map(|(_, allowed)| *allowed);
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = dependency["name"].as_str().context("a dependency has a name")?;
            let test = dependency["kind"].as_str() == Some("dev");
            if !test && ours.contains(&on) && allowed.is_some_and(|allowed| !allowed.contains(&on)) {
                wrong.push(format!("{name} may not depend on {on}"));
            }
            if let Some((_, users)) = RESERVED.iter().find(|(library, _)| *library == on)
                && !test
                && !users.contains(&name)
            {
                wrong.push(format!("{name} may not use {on} directly"));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { bail!("dependencies in the wrong direction:\n  {}", wrong.join("\n  ")) }
}
