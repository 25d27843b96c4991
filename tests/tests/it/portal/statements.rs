//! What a page costs: the same statements, whatever its length.

use serde_json::{Value, json};
use testkit::client::ask_as;
use testkit::process::Running;
use testkit::stack::{Database, Site};

use super::TERRITORY;
use super::answer::{QUERY, nodes};

/// Queries that the answer to one page cost, over all services. What opens a connection is left out, and the delivery of events,
/// which goes on beside.
async fn statements(serve: &Running, token: &str, first: usize) -> usize {
    let before = serve.log().len();
    let answer = ask_as(&serve.url, Some(token), QUERY, json!({ "territory": TERRITORY, "first": first })).await;
    assert_eq!((nodes(&answer["data"]["sharedProductions"]).len(), &answer["errors"]), (first, &Value::Null));
    let log = serve.log();
    let beside = |line: &&str| !["outbox", "inbox_offsets", "leases"].iter().any(|table| line.contains(table));
    log[before..].lines().filter(|line| line.contains("sqlx::query: summary=\"SELECT")).filter(beside).count()
}

#[tokio::test]
async fn a_page_costs_the_same_statements_whatever_its_length() {
    for database in [Database::Sqlite, Database::Postgres] {
        let mut site = Site::new(database);
        assert!(site.in_process(true).stop());
        site.environment.push(("PASSERELLE__TELEMETRY__FILTER".to_owned(), "info,sqlx::query=debug".to_owned()));
        let token = site.token(&["demo", "portail-bordeaux"]);
        let serve = site.in_process(true);
        statements(&serve, &token, 2).await;
        let few = statements(&serve, &token, 2).await;
        let many = statements(&serve, &token, 50).await;
        assert!(few == many && (1..30).contains(&many), "{database:?}: {few} for 2 productions, {many} for 50");
    }
}
