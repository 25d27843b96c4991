//! From one school year to the next: who was in CM2 is looked for in 6e, and who is not found is counted.

use db::testing::Backend;
use kernel::{Profile, SchoolYear};
use rstest::rstest;
use serde_json::json;
use users::{Registration, RegistrationAffiliation, Transition};

use crate::families::{AAF, child, identifier};
use crate::feeds::files::{Entry, Folder};
use crate::house::{COLLEGE, ECOLE, House, aaf_options, at, registration};

const INE: &str = "123456789AB";

fn next_year() -> SchoolYear {
    "2019-2020".parse().expect("a year")
}

/// A pupil of CM2 as AAF 1D tells them.
fn cm2(name: &str) -> Registration {
    child(name, Some("2008-03-01"), Vec::new())
}

/// The same in 6e, as AAF 2D tells them.
fn sixieme(name: &str, ine: Option<&str>) -> Registration {
    let there = registration(name, Profile::Pupil, COLLEGE, Some("2111")).affiliations.remove(0);
    Registration {
        ine: ine.map(str::to_owned),
        identifiers: vec![identifier("aaf2d:ACA-04", &format!("2D {name}"))],
        affiliations: vec![RegistrationAffiliation { school_year: next_year(), ..there }],
        guardians: None,
        source: "aaf2d:ACA-04".to_owned(),
        ..cm2(name)
    }
}

async fn go_over(house: &House, dry_run: bool) -> Transition {
    users::transition(&house.store, &at("2019-09-20"), next_year(), dry_run).await.expect("the database answers")
}

async fn tried(house: &House) -> Transition {
    let before = house.everything().await;
    let tried = go_over(house, true).await;
    assert_eq!(house.everything().await, before, "a dry run changes nothing");
    tried
}

fn found(leaving: u64, arrived: u64, merged: u64, proposed: u64) -> Transition {
    Transition { leaving, arrived, merged, proposed }
}

#[rstest]
#[tokio::test]
async fn who_was_in_cm2_has_arrived_when_they_are_known_to_be_one(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let pupil = house.person(Registration { ine: Some(INE.to_owned()), ..cm2("Lovelace") }).await;
    house.person(cm2("Hopper")).await;
    house.person(Registration { birth_date: None, ..child("Younger", None, Vec::new()) }).await;
    let younger = {
        let mut younger = child("Noether", None, Vec::new());
        younger.affiliations[0].mefstat4 = Some("1124".to_owned());
        younger
    };
    house.person(younger).await;
    assert_eq!(go_over(&house, false).await, found(3, 0, 0, 0));
    // The collège tells them without their INE: that is a proposal, made when they are told.
    let later = house.person(sixieme("Lovelace", None)).await;
    assert_eq!(house.count("proposals").await, 1);
    let done = go_over(&house, false).await;
    assert_eq!((done, done.missing()), (found(3, 0, 0, 0), 3), "a proposal that stands is not made again");
    // With it they are one.
    house.person(sixieme("Lovelace", Some(INE))).await;
    for _ in 0..2 {
        let done = go_over(&house, false).await;
        assert_eq!((done, done.missing()), (found(3, 1, 0, 0), 2), "told again, it finds the same");
    }
    let name = house.subject(pupil);
    house.by_person(later).await;
    let me = house.field("{ me { id affiliations { schoolYear establishment { uai } } } }", json!({}), "me").await;
    assert_eq!(me["id"], name, "clients know them by the name that they had in école");
    let years = json!([
        { "schoolYear": "2019-2020", "establishment": { "uai": COLLEGE } },
        { "schoolYear": "2018-2019", "establishment": { "uai": ECOLE } },
    ]);
    assert_eq!(me["affiliations"], years);
}

#[rstest]
#[tokio::test]
async fn who_could_not_be_told_before_is_merged_or_proposed_now(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    // A feed that calls somebody by two names at once tells two people; it is known later that one of the names has ended.
    let folder = Folder::first("2019-06-01");
    let named = |id: &str, name: &str| Entry::pupil(id, "1000").with("sn", &[name]).with("givenName", &["Ada"]);
    let with_ine = |id: &str| named(id, "LOVELACE").with("ENTEleveINE", &[INE]).put();
    let structures = folder.complete("EtabEducNat", &[Entry::structure("1000", ECOLE).put()]);
    let twice = [with_ine("1"), with_ine("2"), named("3", "HOPPER").put(), named("4", "HOPPER").put()];
    let options = users::AafOptions { clock: at("2019-06-01"), ..aaf_options() };
    house.import(&[structures, folder.complete("Eleve", &twice)], &options).await;
    let before = go_over(&house, false).await;
    assert_eq!((before, house.count("proposals").await), (found(4, 0, 0, 0), 1));
    let ended = folder.delta("Eleve", &[Entry::new("Eleve", "2").delete(), Entry::new("Eleve", "4").delete()]);
    house.import(&[ended], &options).await;
    let expected = found(3, 0, 1, 1);
    assert_eq!(tried(&house).await, expected, "it tells what then happens");
    assert_eq!(go_over(&house, false).await, expected);
    assert_eq!((house.count("merges").await, house.count("proposals").await), (1, 2));
    assert_eq!(go_over(&house, false).await, found(3, 0, 0, 0), "told again, nothing is left to do");
    assert_eq!(tried(&house).await, found(3, 0, 0, 0));
}

#[rstest]
#[tokio::test]
async fn two_whom_a_source_tells_apart_are_not_made_one_by_a_third(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let told = |key: &str| {
        let identifiers = vec![identifier(AAF, key)];
        Registration { identifiers, ine: Some(INE.to_owned()), ..cm2("Lovelace") }
    };
    house.register(&[told("1"), told("2")]).await;
    house.person(sixieme("Lovelace", Some(INE))).await;
    assert_eq!(house.count("merges").await, 1, "the third is one of the two");
    go_over(&house, false).await;
    assert_eq!(house.count("merges").await, 1);
    let led = house.select("SELECT 'redirected' FROM redirects").await.len();
    assert_eq!(led, 1);
}
