//! GraphQL over HTTP, as the audit of the npm package `graphql-http` reads its specification.

use std::process::Stdio;

use serde::Deserialize;
use tokio::process::Command;

use crate::harness::TestGateway;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http-audit");
/// Checks of the audit: fewer mean that it was not all run.
const CHECKS: usize = 61;

/// What one check found.
#[derive(Debug, Deserialize)]
struct Found {
    id: String,
    name: String,
    status: String,
    reason: Option<String>,
}

#[tokio::test]
async fn every_check_is_ok() {
    let gateway = TestGateway::start().await;
    let url = format!("{}/graphql", gateway.url);
    let mut node = Command::new("node");
    let node = node.args(["audit.mjs", &url]).current_dir(FOLDER).stdin(Stdio::null()).kill_on_drop(true);
    let output = node.output().await.expect("node");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "is `npm ci` done in {FOLDER}?\n{told}");
    let found: Vec<Found> = serde_json::from_slice(&output.stdout).expect("what the script prints");
    let wrong = found.iter().filter(|found| found.status != "ok");
    let wrong: Vec<_> = wrong
        .map(|Found { id, name, status, reason }| {
            format!("{id} {status}: {name}: {}", reason.as_deref().unwrap_or("no reason"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(found.len(), CHECKS);
}
