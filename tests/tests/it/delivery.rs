//! Events between roles, by themselves: no command delivers here.

use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::client::data;
use testkit::stack::{Database, Site};

const QUERIES: [&str; 3] = [
    include_str!("../../queries/pix_orga.graphql"),
    include_str!("../../queries/montpellier_labels.graphql"),
    include_str!("../../queries/ent_deployment.graphql"),
];
/// What the indicators know of the directory, and how far they have read.
const FORGET: &str = "DELETE FROM activation.place_deployments; DELETE FROM activation.place_periods; \
    DELETE FROM activation.places; DELETE FROM activation.inbox_offsets";
const ARRIVED: &str =
    "SELECT (SELECT seq FROM activation.inbox_offsets) = (SELECT MAX(seq) FROM establishments.outbox)";
/// A lease of a process that was killed, and then the demonstration's events in batches, on busy cores.
const PATIENCE: Duration = Duration::from_mins(2);

async fn answers(url: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for query in QUERIES {
        all.push(data(url, query).await);
    }
    all
}

/// Waits until the indicators have applied every event of the directory.
async fn arrival(site: &Site) {
    let begun = Instant::now();
    while site.psql(ARRIVED).trim() != "t" {
        assert!(begun.elapsed() < PATIENCE, "the events do not arrive");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn two_of_each(site: Site) {
    let mut serve = site.in_process(true);
    let expected = answers(&serve.url).await;
    assert!(serve.stop(), "it ends well when asked to");
    let mut fleet = site.fleet(2);
    let urls: Vec<String> = fleet.gateways.iter().map(|gateway| gateway.url.clone()).collect();
    for url in &urls {
        assert_eq!(answers(url).await, expected, "{url}");
    }
    site.psql(FORGET);
    arrival(&site).await;
    for url in &urls {
        assert_eq!(answers(url).await, expected, "{url}");
    }

    // Whoever delivered is ended by force: the other one takes over when the lease has ended.
    for name in ["establishments", "activation"] {
        fleet.subgraph(name).kill();
    }
    site.psql(FORGET);
    arrival(&site).await;
    assert_eq!(answers(&urls[1]).await, expected);
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
    let expected = answers(&serve.url).await;
    assert!(serve.stop());
    let roles = site.over_http();
    site.psql("UPDATE activation.place_deployments SET status = 'CLOSED'");
    assert_ne!(answers(&roles.url()).await, expected);
    let told = site.run(&["projections", "rebuild", "activation"]);
    let events = site.psql("SELECT COUNT(*) FROM establishments.outbox");
    assert!(told.contains(&format!("activation: {} events of establishments applied again", events.trim())), "{told}");
    assert_eq!(answers(&roles.url()).await, expected);
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
