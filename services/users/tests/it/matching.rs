//! One person, many identifiers: what merges two people, what only proposes it, and what follows for those around them.

use db::testing::Backend;
use kernel::{Clock, Profile};
use rstest::rstest;
use serde_json::json;
use users::{Evidence, Guardian, Identifier, Registered, Registration};

use crate::house::{COLLEGE, ECOLE, House, application, registration, representation};

const INE: &str = "123456789AB";

fn identifier(system: &str, value: &str) -> Identifier {
    Identifier { system: system.to_owned(), value: value.to_owned() }
}

/// A pupil of CM2 as AAF 1D tells them.
fn pupil(value: &str, ine: Option<&str>) -> Registration {
    Registration {
        given_name: Some("Zoé".to_owned()),
        family_name: Some("LE GALL".to_owned()),
        birth_date: Some("2008-03-01".parse().expect("a date")),
        ine: ine.map(str::to_owned),
        identifiers: vec![identifier("aaf1d:ACA-04", value)],
        source: "aaf1d:ACA-04".to_owned(),
        ..registration(value, Profile::Pupil, ECOLE, Some("1125"))
    }
}

/// The same in 6e, as EduConnect tells them at a login.
fn at_college(sub: &str, ine: Option<&str>) -> Registration {
    let mut affiliation = registration(sub, Profile::Pupil, COLLEGE, Some("2111")).affiliations.remove(0);
    affiliation.school_year = "2019-2020".parse().expect("a year");
    Registration {
        given_name: Some("ZOE".to_owned()),
        family_name: Some("Le Gall-Martin".to_owned()),
        identifiers: vec![identifier("oidc:educonnect", sub)],
        source: "oidc:educonnect".to_owned(),
        affiliations: vec![affiliation],
        ..pupil(sub, ine)
    }
}

async fn ids(house: &mut House, people: &[uuid::Uuid]) -> Vec<serde_json::Value> {
    let representations = json!(people.iter().map(|id| representation(*id)).collect::<Vec<_>>());
    let mut vendor = application("editeur", None, Some("alienor"), &["users:read"]);
    vendor.perimeter.projects.insert("argos".to_owned());
    house.subgraph.by(vendor);
    let found = house.subgraph.entities("... on User { id }", representations);
    found.await["data"]["_entities"].as_array().expect("a list").clone()
}

async fn registered(house: &House, registration: Registration) -> uuid::Uuid {
    house.register(&[registration]).await.remove(0).expect("registered").person_id()
}

#[rstest]
#[tokio::test]
async fn ecole_and_college_are_one_history(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let before = registered(&house, pupil("1", Some(INE))).await;
    let pseudonym = ids(&mut house, &[before]).await[0]["id"].clone();
    let after = registered(&house, at_college("a", Some(INE))).await;
    assert_ne!(before, after, "each keeps the id that its source knows it by");
    let found = ids(&mut house, &[before, after]).await;
    assert_eq!(found[0]["id"], found[1]["id"]);
    assert_eq!(found[0]["id"], pseudonym, "clients know them by the name that they had in école");
    let levels = json!([
        { "schoolYear": "2019-2020", "level": { "mefstat4": "2111" } },
        { "schoolYear": "2018-2019", "level": { "mefstat4": "1125" } },
    ]);
    house.by_themselves(before);
    let me = house.subgraph.ask("{ me { affiliations { schoolYear level { mefstat4 } } } }", json!({})).await;
    assert_eq!(me["data"]["me"]["affiliations"], levels);
    // Told again, nothing is merged again.
    let again = house.register(&[at_college("a", Some(INE)), pupil("1", Some(INE))]).await;
    assert_eq!(again, [Ok(Registered::Unchanged(after)), Ok(Registered::Unchanged(before))]);
    assert_eq!(house.count("merges").await, 1);
    assert_eq!(house.count("proposals").await, 0);
}

#[rstest]
#[tokio::test]
async fn without_evidence_they_are_two_and_a_proposal(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let before = registered(&house, pupil("1", None)).await;
    let after = registered(&house, at_college("a", None)).await;
    let found = ids(&mut house, &[before, after]).await;
    assert_ne!(found[0]["id"], found[1]["id"]);
    assert_eq!((house.count("merges").await, house.count("proposals").await), (0, 1));
    // The INE comes later: then they are one.
    house.register(&[pupil("1", Some(INE)), at_college("a", Some(INE))]).await;
    assert_eq!(house.count("merges").await, 1);
}

#[rstest]
#[tokio::test]
async fn an_ine_alone_or_a_name_alone_merges_nobody(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    registered(&house, pupil("1", Some(INE))).await;
    let other = Registration {
        given_name: Some("Léo".to_owned()),
        family_name: Some("Durand".to_owned()),
        birth_date: Some("2009-01-01".parse().expect("a date")),
        ..at_college("a", Some(INE))
    };
    registered(&house, other).await;
    registered(&house, Registration { birth_date: None, ..at_college("b", None) }).await;
    assert_eq!(
        (house.count("merges").await, house.count("proposals").await),
        (0, 1),
        "the INE is looked at by somebody"
    );
}

#[rstest]
#[tokio::test]
async fn a_merge_that_was_undone_is_not_made_again(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let before = registered(&house, pupil("1", Some(INE))).await;
    let after = registered(&house, at_college("a", Some(INE))).await;
    let merge = house.merges().await.remove(0);
    users::unmerge(&house.store, &Clock::System, merge).await.expect("undone");
    let moved = Registration { mails: vec!["zoe@example.fr".to_owned()], ..at_college("a", Some(INE)) };
    registered(&house, moved).await;
    registered(&house, Registration { ine: None, ..pupil("1", None) }).await;
    registered(&house, pupil("1", Some(INE))).await;
    let found = ids(&mut house, &[before, after]).await;
    assert_ne!(found[0]["id"], found[1]["id"]);
}

#[rstest]
#[tokio::test]
async fn twins_whom_a_feed_tells_apart_stay_two(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    house.register(&[pupil("1", Some(INE)), pupil("2", Some(INE)), pupil("3", None), pupil("4", None)]).await;
    assert_eq!(house.count("merges").await, 0);
    // Of those who share an INE somebody decides; names and a date of birth say nothing against a feed.
    let (one, two) = (house.count("proposals").await, house.count("people").await);
    assert_eq!((one, two), (1, 4));
}

#[rstest]
#[tokio::test]
async fn guardians_are_where_their_children_are(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let guardian = |value: &str, legal| Guardian {
        identifier: identifier("aaf1d:ACA-04", value),
        relation: Some("10".to_owned()),
        legal,
    };
    let child = |value: &str, guardians| Registration { guardians: Some(guardians), ..pupil(value, None) };
    let parent = |value: &str| Registration {
        affiliations: Vec::new(),
        identifiers: vec![identifier("aaf1d:ACA-04", value)],
        ..pupil(value, None)
    };
    // A parent is told before one child and after another.
    house.register(&[child("1", vec![guardian("p", true)])]).await;
    let parents = house.register(&[Registration { birth_date: None, ..parent("p") }]).await;
    let parent = parents[0].clone().expect("registered").person_id();
    let mut other = child("2", vec![guardian("p", true)]);
    other.affiliations[0].uai = COLLEGE.parse().expect("a UAI");
    house.register(&[other.clone()]).await;
    let places = async |house: &mut House| {
        let mut vendor = application("editeur", None, Some("alienor"), &["users:read"]);
        vendor.perimeter.projects.insert("argos".to_owned());
        house.subgraph.by(vendor);
        let asked = "... on User { affiliations { profile establishment { uai } } }";
        let found = house.subgraph.entities(asked, json!([representation(parent)])).await;
        let all = found["data"]["_entities"][0]["affiliations"].as_array().cloned().unwrap_or_default();
        all.iter().map(|one| one["establishment"]["uai"].as_str().expect("a UAI").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(places(&mut house).await, [COLLEGE, ECOLE]);
    let events = db::outbox::last(house.store.db()).await.expect("read");
    house.register(&[other]).await;
    assert_eq!(db::outbox::last(house.store.db()).await.expect("read"), events, "nothing new is told");
    house.register(&[child("1", Vec::new())]).await;
    let last = db::outbox::after(house.store.db(), events, 10).await.expect("read");
    let told = last.iter().find(|event| event.payload.0["person_id"] == parent.to_string()).expect("the parent");
    let uais: Vec<_> =
        told.payload.0["affiliations"].as_array().expect("a list").iter().map(|one| one["uai"].clone()).collect();
    assert_eq!(uais, [json!(COLLEGE)]);
}

#[rstest]
#[tokio::test]
async fn ine_and_mail_are_nowhere_in_the_database(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let told = Registration { mails: vec!["zoe.legall@example.fr".to_owned()], ..pupil("1", Some(INE)) };
    registered(&house, told).await;
    let rows = house.texts("traits").await;
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert!(!row.contains(INE) && !row.contains("legall"), "{row}");
    }
}

#[rstest]
#[tokio::test]
async fn why_two_are_one_can_be_told(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    registered(&house, pupil("1", Some(INE))).await;
    registered(&house, at_college("a", Some(INE))).await;
    let why = house.texts("merges").await.remove(0);
    assert!(why.contains("INE_BIRTH_DATE_NAMES") && why.contains("date of birth the same"), "{why}");
    assert!(!why.contains(INE) && !why.contains("GALL"), "{why}");
    let nothing = Evidence { rule: String::new(), evidence: String::new() };
    let nobody = uuid::Uuid::now_v7();
    assert!(users::merge(&house.store, &Clock::System, nobody, nobody, &nothing).await.is_err());
}
