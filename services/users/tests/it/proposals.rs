//! Pairs of people who may be one: shown side by side, decided once by somebody, and undone.

use db::testing::Backend;
use kernel::Profile;
use rstest::rstest;
use serde_json::{Value, json};
use users::{Registration, set_administrator};
use uuid::Uuid;

use crate::families::{child, identifier};
use crate::house::{COLLEGE, ECOLE, House, clock, code, registration};

const INE: &str = "123456789AB";
const PAGE: &str = "query ($first: Int, $after: String) { mergeProposals(first: $first, after: $after) { \
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
const SIDE_BY_SIDE: &str = "{ mergeProposals { edges { node { rule evidence proposedAt older { ...Who } newer { ...Who } } } } } \
    fragment Who on MergeCandidate { name birthDate systems affiliations { establishment { uai } profile } }";
const DECIDE: &str =
    "mutation ($id: ID!, $accept: Boolean!) { decideMergeProposal(input: { id: $id, accept: $accept }) { merged } }";
const UNDO: &str = "mutation ($id: ID!) { undoMerge(input: { id: $id }) { undone } }";
const WHY: &str = "{ me { merges { id rule evidence mergedAt } } }";

/// A pupil whom AAF knows, and whom a provider may mean.
fn pupil(name: &str) -> Registration {
    child(name, Some("2008-03-01"), Vec::new())
}

fn account(name: &str) -> Registration {
    Registration {
        identifiers: vec![identifier("oidc:educonnect", name)],
        source: "oidc:educonnect".to_owned(),
        guardians: None,
        affiliations: registration(name, Profile::Pupil, COLLEGE, Some("2111")).affiliations,
        ..pupil(name)
    }
}

/// A house with an administrator who asks, and one proposal for each name: its two people.
async fn house_of(backend: Backend, names: &[&str]) -> (House, Vec<[Uuid; 2]>) {
    let mut house = House::new(backend).await;
    set_administrator(&house.store, &clock(), "alienor", "chief", true).await.expect("written");
    let chief = house.person(registration("chief", Profile::Staff, ECOLE, None)).await;
    let mut pairs = Vec::new();
    for name in names {
        pairs.push([house.person(pupil(name)).await, house.person(account(name)).await]);
    }
    house.by_person(chief).await;
    (house, pairs)
}

/// Pages until the last; of each its ids.
async fn pages(house: &House, first: i32) -> Vec<Vec<String>> {
    let (mut pages, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = house.field(PAGE, json!({ "first": first, "after": after }), "mergeProposals").await;
        let edges = page["edges"].as_array().expect("a list");
        let info = &page["pageInfo"];
        assert_eq!(info["hasPreviousPage"], !after.is_null());
        assert_eq!(info["startCursor"], edges.first().map_or(Value::Null, |edge| edge["cursor"].clone()));
        pages.push(edges.iter().map(|edge| edge["node"]["id"].as_str().expect("an id").to_owned()).collect());
        after = info["endCursor"].clone();
        if info["hasNextPage"] != true {
            return pages;
        }
    }
}

async fn only(house: &House) -> String {
    let pages = pages(house, 100).await;
    assert_eq!(pages[0].len(), 1);
    pages[0][0].clone()
}

async fn decide(house: &House, id: &str, accept: bool) -> Value {
    house.subgraph.ask(DECIDE, json!({ "id": id, "accept": accept })).await
}

#[rstest]
#[tokio::test]
async fn they_are_read_page_by_page_and_none_twice(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (house, _) = house_of(backend, &["A", "B", "C", "D", "E"]).await;
    let whole = pages(&house, 100).await.concat();
    assert_eq!(whole.len(), 5);
    let by_two = pages(&house, 2).await;
    assert_eq!(by_two.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!(by_two.concat(), whole);
    assert_eq!(pages(&house, 5).await.len(), 1, "five of five are all");
    // One that is decided meanwhile neither repeats nor skips another.
    let first = house.field(PAGE, json!({ "first": 2 }), "mergeProposals").await;
    decide(&house, &whole[1], false).await;
    let after = &first["pageInfo"]["endCursor"];
    let next = house.field(PAGE, json!({ "first": 2, "after": after }), "mergeProposals").await;
    let next: Vec<&Value> = next["edges"].as_array().expect("a list").iter().map(|edge| &edge["node"]["id"]).collect();
    assert_eq!(next, [&json!(whole[2]), &json!(whole[3])]);
    for bad in [json!({ "first": 101 }), json!({ "first": -1 }), json!({ "after": "x" }), json!({ "after": "WyJ4Il0" })]
    {
        assert_eq!(code(&house.subgraph.ask(PAGE, bad.clone()).await), "BAD_USER_INPUT", "{bad}");
    }
}

#[rstest]
#[tokio::test]
async fn both_are_shown_side_by_side_and_the_evidence_without_values(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (house, _) = house_of(backend, &["Lovelace"]).await;
    let shown = house.field(SIDE_BY_SIDE, json!({}), "mergeProposals").await["edges"][0]["node"].clone();
    let who = |system: &str, uai: &str| {
        json!({
            "name": "Ada Lovelace", "birthDate": "2008-03-01", "systems": [system],
            "affiliations": [{ "establishment": { "uai": uai }, "profile": "PUPIL" }],
        })
    };
    let expected = json!({
        "rule": "BIRTH_DATE_NAMES",
        "evidence": "INE not known of both; date of birth the same; names the same; mail not known of both",
        "proposedAt": "2018-11-20T09:00:00Z",
        "older": who("aaf1d:ACA-04", ECOLE),
        "newer": who("oidc:educonnect", COLLEGE),
    });
    assert_eq!(shown, expected);
}

#[rstest]
#[tokio::test]
async fn who_is_accepted_is_one_and_everybody_can_see_why(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (mut house, pairs) = house_of(backend, &["Lovelace"]).await;
    let [older, newer] = pairs[0];
    let id = only(&house).await;
    assert_eq!(decide(&house, &id, true).await, json!({ "data": { "decideMergeProposal": { "merged": true } } }));
    for accept in [true, false] {
        assert_eq!(code(&decide(&house, &id, accept).await), "CONFLICT", "once and for all");
    }
    assert_eq!(pages(&house, 10).await, [Vec::<String>::new()]);
    let chief = house.bearer("alienor", "chief").await.expect("known");
    house.by_person(newer).await;
    let me = house.field("{ me { id merges { id rule evidence mergedAt } } }", json!({}), "me").await;
    assert_eq!(me["id"], house.subject(older));
    let why = &me["merges"][0];
    assert_eq!((&why["rule"], &why["mergedAt"]), (&json!("DECIDED"), &json!("2018-11-20T09:00:00Z")));
    let evidence = why["evidence"].as_str().expect("a text");
    assert!(evidence.starts_with("BIRTH_DATE_NAMES: INE not known of both"), "{evidence}");
    // Undone, they are two again, and no rule makes one of them: not with all of the evidence.
    house.by_person(chief).await;
    let merge = json!({ "id": why["id"] });
    assert_eq!(house.field(UNDO, merge.clone(), "undoMerge").await, json!({ "undone": true }));
    assert_eq!(code(&house.subgraph.ask(UNDO, merge).await), "NOT_FOUND", "once");
    let with_ine = |told: Registration| Registration { ine: Some(INE.to_owned()), ..told };
    house.register(&[with_ine(pupil("Lovelace")), with_ine(account("Lovelace"))]).await;
    assert_eq!(pages(&house, 10).await, [Vec::<String>::new()]);
    house.by_person(newer).await;
    assert_eq!(house.field(WHY, json!({}), "me").await, json!({ "merges": [] }));
}

#[rstest]
#[tokio::test]
async fn who_is_refused_is_not_proposed_again(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (house, _) = house_of(backend, &["Lovelace"]).await;
    let id = only(&house).await;
    assert_eq!(decide(&house, &id, false).await, json!({ "data": { "decideMergeProposal": { "merged": false } } }));
    assert_eq!(code(&decide(&house, &id, true).await), "CONFLICT");
    let with_ine = |told: Registration| Registration { ine: Some(INE.to_owned()), ..told };
    house.register(&[with_ine(pupil("Lovelace")), with_ine(account("Lovelace"))]).await;
    assert_eq!(
        (house.count("merges").await, house.count("proposals").await),
        (0, 1),
        "a human has said that they are two"
    );
    assert_eq!(pages(&house, 10).await, [Vec::<String>::new()]);
}

#[rstest]
#[tokio::test]
async fn a_refusal_holds_for_whoever_was_merged_into_one_of_them(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (house, _) = house_of(backend, &["Lovelace"]).await;
    decide(&house, &only(&house).await, false).await;
    // Another account of the pupil's own, certain by all of the evidence.
    let with_ine = |told: Registration| Registration { ine: Some(INE.to_owned()), ..told };
    let again = Registration {
        identifiers: vec![identifier("oidc:gar", "third")],
        source: "oidc:gar".to_owned(),
        ..account("Lovelace")
    };
    house.register(&[with_ine(pupil("Lovelace")), with_ine(again)]).await;
    assert_eq!(house.count("merges").await, 1);
    house.register(&[with_ine(account("Lovelace"))]).await;
    assert_eq!(house.count("merges").await, 1, "the third does not make one of those whom somebody has told apart");
}

#[rstest]
#[tokio::test]
async fn who_has_become_one_meanwhile_is_not_asked_about(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (house, _) = house_of(backend, &["Lovelace", "Hopper"]).await;
    assert_eq!(pages(&house, 1).await.len(), 2);
    let with_ine = |told: Registration| Registration { ine: Some(INE.to_owned()), ..told };
    house.register(&[with_ine(pupil("Lovelace")), with_ine(account("Lovelace"))]).await;
    assert_eq!(house.count("merges").await, 1);
    let left = house.field(SIDE_BY_SIDE, json!({}), "mergeProposals").await;
    assert_eq!(left["edges"].as_array().expect("a list").len(), 1);
    assert_eq!(left["edges"][0]["node"]["older"]["name"], "Ada Hopper");
}

#[rstest]
#[tokio::test]
async fn what_is_not_there_cannot_be_decided(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (house, _) = house_of(backend, &[]).await;
    for (id, refusal) in [("x", "BAD_USER_INPUT"), ("0190a0a0-0000-7000-8000-000000000000", "NOT_FOUND")] {
        assert_eq!(code(&decide(&house, id, true).await), refusal);
        assert_eq!(code(&house.subgraph.ask(UNDO, json!({ "id": id })).await), refusal);
    }
}
