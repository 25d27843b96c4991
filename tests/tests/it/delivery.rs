//! Events between roles, by themselves: no command delivers here.

use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::client::data;
use testkit::stack::{Database, SUBGRAPHS, Site};

use crate::portal::answer::{Listed, list};

const QUERIES: [&str; 3] = [
    include_str!("../../queries/pix_orga.graphql"),
    include_str!("../../queries/montpellier_labels.graphql"),
    include_str!("../../queries/ent_deployment.graphql"),
];
/// Who follows whom.
const FOLLOWS: [(&str, &str); 4] = [
    ("activation", "establishments"),
    ("users", "establishments"),
    ("productions", "establishments"),
    ("productions", "users"),
];
/// A lease of a process that was killed, and then the demonstration's events in batches, on busy cores.
const PATIENCE: Duration = Duration::from_mins(2);

/// The answers to the dashboards and to the portal.
async fn answers(url: &str, portal: &str) -> (Vec<Value>, Listed) {
    let mut all = Vec::new();
    for query in QUERIES {
        all.push(data(url, query).await);
    }
    (all, list(url, portal, 50).await)
}

/// Removes what services know of each other, and how far they have read.
fn forget(site: &Site) {
    for schema in ["activation", "users", "productions"] {
        let tables = ["place_deployments", "place_periods", "places", "inbox_offsets"];
        let statements: Vec<String> = tables.iter().map(|table| format!("DELETE FROM {schema}.{table}")).collect();
        site.psql(&statements.join("; "));
    }
    site.psql("DELETE FROM productions.person_affiliations");
}

/// Waits until every event was applied.
async fn arrival(site: &Site) {
    let arrived: Vec<String> = FOLLOWS
        .iter()
        .map(|(follower, source)| {
            format!(
                "COALESCE((SELECT seq FROM {follower}.inbox_offsets WHERE source = '{source}') = (SELECT MAX(seq) FROM {source}.outbox), FALSE)"
            )
        })
        .collect();
    let all = format!("SELECT {}", arrived.join(" AND "));
    let begun = Instant::now();
    while site.psql(&all).trim() != "t" {
        assert!(begun.elapsed() < PATIENCE, "the events do not arrive");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn two_of_each(site: Site) {
    let mut serve = site.in_process(true);
    let portal = site.token(&["demo", "portail-bordeaux"]);
    let expected = answers(&serve.url, &portal).await;
    assert!(serve.stop(), "it ends well when asked to");
    let mut fleet = site.fleet(2);
    let urls: Vec<String> = fleet.gateways.iter().map(|gateway| gateway.url.clone()).collect();
    for url in &urls {
        assert_eq!(answers(url, &portal).await, expected, "{url}");
    }
    forget(&site);
    arrival(&site).await;
    for url in &urls {
        assert_eq!(answers(url, &portal).await, expected, "{url}");
    }

    // Whoever delivered is ended by force: the other one takes over when the lease has ended.
    for name in SUBGRAPHS {
        fleet.subgraph(name).kill();
    }
    forget(&site);
    arrival(&site).await;
    assert_eq!(answers(&urls[1], &portal).await, expected);
}

#[tokio::test]
async fn two_of_each_role_over_redis() {
    two_of_each(Site::new(Database::Postgres).with_redis()).await;
}

#[tokio::test]
async fn two_of_each_role_without_redis() {
    two_of_each(Site::new(Database::Postgres)).await;
}

#[tokio::test]
async fn a_projection_is_rebuilt_beside_running_roles() {
    let site = Site::new(Database::Postgres).with_redis();
    let mut serve = site.in_process(true);
    let portal = site.token(&["demo", "portail-bordeaux"]);
    let expected = answers(&serve.url, &portal).await;
    assert!(serve.stop());
    let roles = site.over_http();
    site.psql("UPDATE activation.place_deployments SET status = 'CLOSED'");
    assert_ne!(answers(&roles.url(), &portal).await, expected);
    let told = site.run(&["projections", "rebuild", "activation"]);
    let events = site.psql("SELECT COUNT(*) FROM establishments.outbox");
    assert!(told.contains(&format!("activation: {} events of establishments applied again", events.trim())), "{told}");
    assert_eq!(answers(&roles.url(), &portal).await, expected);
}

#[test]
fn a_service_that_follows_nobody_has_no_projection() {
    let site = Site::new(Database::Sqlite);
    let data = site.data().display().to_string();
    let ended = testkit::process::run(["projections", "rebuild", "establishments", "--data", &data], &[]);
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1));
    assert!(told.contains("establishments has no projection: it follows nobody's events"), "{told}");
}
