//! Sharing across école and collège: who sees what, page by page.

use db::testing::{Backend, statements_run};
use kernel::Principal;
use productions::Audience;
use rstest::rstest;
use serde_json::{Value, json};

use crate::house::{CLOCK, COLLEGE, ECOLE, House, application};

const LIST: &str = "query ($first: Int, $after: String) { sharedProductions(territory: \"ACA-04\", cycle: CYCLE_3, \
    crossesDegrees: true, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { \
    id title kind cycles audience crossesDegrees establishmentUais exports { format mediaType size url } \
    participants { label level { name } establishment { uai } user { personId } } } } } }";

fn titles(answer: &Value) -> Vec<&str> {
    let edges = answer["data"]["sharedProductions"]["edges"].as_array().expect("edges");
    edges.iter().filter_map(|edge| edge["node"]["title"].as_str()).collect()
}

#[rstest]
#[tokio::test]
async fn a_portal_lists_what_its_territory_shares(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    house.shared("Entre nous", Audience::Participants).await;
    house.shared("Les volcans", Audience::TerritoryStaff).await;
    house.shared("Pour tous", Audience::Public).await;
    assert_eq!(titles(&house.subgraph.ask(LIST, json!({})).await), ["Pour tous"], "anonymous");
    for (principal, seen) in [
        (application("p", Some("ACA-04"), None, &[]), vec!["Pour tous", "Les volcans"]),
        (application("p", Some("FR"), None, &[]), vec!["Pour tous", "Les volcans"]),
        (application("p", Some("ACA-22"), None, &[]), vec!["Pour tous"]),
        (application("p", None, None, &[]), vec!["Pour tous"]),
        (application("p", None, Some("argos"), &[]), vec!["Pour tous", "Les volcans"]),
        (application("p", None, Some("other"), &[]), vec!["Pour tous"]),
    ] {
        house.subgraph.by(principal.clone());
        let answer = house.subgraph.ask(LIST, json!({})).await;
        assert_eq!(titles(&answer), seen, "{principal:?}");
        assert_eq!(answer["data"]["sharedProductions"]["totalCount"], seen.len(), "{principal:?}");
    }
    house.subgraph.by(application("p", Some("ACA-04"), None, &["users:read"]));
    let answer = house.subgraph.ask(LIST, json!({})).await;
    let node = &answer["data"]["sharedProductions"]["edges"][1]["node"];
    assert_eq!((&node["cycles"], &node["establishmentUais"]), (&json!(["CYCLE_3"]), &json!([COLLEGE, ECOLE])));
    let participants = node["participants"].as_array().expect("participants");
    assert_eq!((participants.len(), &participants[0]["label"]), (10, &json!("Enseignant·e 1")));
    assert!(participants[0]["user"]["personId"].is_string(), "a teacher of the territory");
    assert_eq!(
        participants[1],
        json!({ "label": "Élève 1", "level": null, "establishment": { "uai": COLLEGE }, "user": null }),
        "three share it"
    );
    assert_eq!(
        participants[9],
        json!({ "label": "Élève 9", "level": { "name": "CM2" }, "establishment": { "uai": ECOLE }, "user": null })
    );
    assert_eq!(
        node["exports"][0]["url"],
        format!("https://api.example.fr/files/productions/{}/mm", node["id"].as_str().expect("an id"))
    );
    let refused = house
        .subgraph
        .ask("{ sharedProductions(territory: \"ACA-04\") { edges { node { versions { totalCount } } } } }", json!({}))
        .await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let node = &refused["data"]["sharedProductions"]["edges"][0]["node"];
    assert_eq!(node, &json!({ "versions": null }), "what is refused is null by itself, even alone");
    house.subgraph.by(Principal::anonymous());
    let refused = house
        .subgraph
        .ask("{ sharedProductions(territory: \"ACA-04\") { edges { node { author { personId } } } } }", json!({}))
        .await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[rstest]
#[tokio::test]
async fn cursors_survive_what_happens_between_pages(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let mut ids = Vec::new();
    for number in 1..=6 {
        ids.push(house.shared(&format!("N{number}"), Audience::TerritoryStaff).await);
    }
    house.subgraph.by(application("p", Some("ACA-04"), None, &[]));
    let page = house.subgraph.ask(LIST, json!({ "first": 2 })).await;
    assert_eq!(titles(&page), ["N6", "N5"]);
    let after = page["data"]["sharedProductions"]["pageInfo"]["endCursor"].clone();
    // The last one seen goes, so does one to come, and a new one is published.
    for id in [ids[4], ids[3]] {
        productions::withdraw(&house.store, &CLOCK, id).await.expect("withdrawn");
    }
    productions::discard(&house.store, &CLOCK, ids[4]).await.expect("discarded");
    house.shared("N7", Audience::TerritoryStaff).await;
    let page = house.subgraph.ask(LIST, json!({ "first": 2, "after": after })).await;
    assert_eq!(titles(&page), ["N3", "N2"]);
    assert_eq!(page["data"]["sharedProductions"]["pageInfo"]["hasNextPage"], true);
    for bad in ["", "x", "WyJ4IiwieSJd"] {
        let refused = house.subgraph.ask(LIST, json!({ "after": bad })).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{bad}");
    }
}

#[rstest]
#[tokio::test]
async fn a_page_costs_the_same_whatever_its_length(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    for number in 1..=12 {
        house.shared(&format!("N{number}"), Audience::TerritoryStaff).await;
    }
    house.subgraph.by(application("p", Some("ACA-04"), None, &[]));
    statements_run();
    house.subgraph.ask(LIST, json!({ "first": 1 })).await;
    let one = statements_run();
    assert_eq!(titles(&house.subgraph.ask(LIST, json!({ "first": 12 })).await).len(), 12);
    assert_eq!(statements_run(), one);
    assert!(one <= 8, "{one}");
}
