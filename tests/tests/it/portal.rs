//! The query of a portal: productions, who takes part, where, and how active each establishment is; four services, one answer.

pub(crate) mod answer;
mod files;
mod outages;
mod statements;

use std::collections::BTreeSet;

use testkit::stack::{Database, Site};

use answer::{Listed, list};

/// The territory of the portal of Bordeaux.
const TERRITORY: &str = "ACA-04";

#[tokio::test]
async fn on_sqlite() {
    both_shapes(Database::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql() {
    both_shapes(Database::Postgres).await;
}

async fn both_shapes(database: Database) {
    let site = Site::new(database);
    let mut serve = site.in_process(true);
    let portal = site.token(&["demo", "portail-bordeaux"]);
    let other = site.token(&["demo", "portail-region"]);
    let in_process = [list(&serve.url, &portal, 25).await, list(&serve.url, &other, 25).await];
    let [mine, theirs] = &in_process;
    mine.check();
    theirs.check();
    pseudonyms_of_their_own(mine, theirs);
    assert_eq!(&list(&serve.url, &portal, 25).await, mine, "asked again, the answer is the same");
    assert_eq!(&list(&serve.url, &portal, 100).await, mine, "whatever the length of a page");
    files::fetched(&serve.url, &portal, mine).await;
    assert!(serve.stop(), "it ends well when asked to");

    let roles = site.over_http();
    let over_http = [list(&roles.url(), &portal, 25).await, list(&roles.url(), &other, 25).await];
    assert_eq!(in_process, over_http, "both shapes answer the same");
    files::fetched(&roles.url(), &portal, mine).await;
}

fn pseudonyms_of_their_own(mine: &Listed, theirs: &Listed) {
    let (mine, theirs) = (mine.authors(), theirs.authors());
    let common: Vec<&String> = mine.keys().filter(|production| theirs.contains_key(*production)).collect();
    assert!(common.len() > 100, "both know the authors of the same productions");
    let same: BTreeSet<&String> =
        common.into_iter().filter(|production| mine[*production] == theirs[*production]).collect();
    assert_eq!(same, BTreeSet::new(), "two clients know one person by two pseudonyms");
    let (mine, theirs): (BTreeSet<&String>, BTreeSet<&String>) = (mine.values().collect(), theirs.values().collect());
    assert!(mine.is_disjoint(&theirs));
}
