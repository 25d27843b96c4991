//! Deltas: what has changed, and nothing else.

use std::path::PathBuf;

use db::testing::Backend;
use rstest::rstest;
use serde_json::{Value, json};
use users::AafImported;

use super::files::{Entry, Folder};
use crate::house::{COLLEGE, ECOLE, House, aaf_options, at};

const FEED: &str = "aaf1d:ACA-04";
const MINE: &str =
    "{ me { displayName affiliations { establishment { uai } level { mefstat4 } classes groups endedOn } } }";

async fn school(backend: Backend) -> (House, Folder) {
    let (house, folder) = (House::new(backend).await, Folder::first("2018-10-01"));
    let structures = [Entry::structure("1000", ECOLE).put(), Entry::structure("2000", COLLEGE).put()];
    let one =
        Entry::pupil("1", "1000").with("ENTPersonGroupes", &["1000$CHORALE"]).with("ENTEleveINE", &["123456789AB"]);
    let files = [
        folder.complete("EtabEducNat", &structures),
        folder.complete("Eleve", &[one.put(), Entry::pupil("2", "1000").put()]),
    ];
    house.import(&files, &aaf_options()).await;
    (house, folder)
}

async fn apply(house: &House, file: PathBuf) -> (AafImported, Vec<String>) {
    house.import(&[file], &users::AafOptions { clock: at("2018-11-25"), ..aaf_options() }).await
}

async fn mine(house: &mut House, key: &str) -> Value {
    let person = house.bearer(FEED, key).await.expect("known");
    house.by_person(person).await;
    house.field(MINE, json!({}), "me").await
}

fn at_school(uai: &str, classes: &[&str], groups: &[&str], ended_on: Option<&str>) -> Value {
    json!({ "establishment": { "uai": uai }, "level": { "mefstat4": "1125" }, "classes": classes, "groups": groups, "endedOn": ended_on })
}

#[rstest]
#[tokio::test]
async fn people_are_added_changed_and_ended(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let (mut house, folder) = school(backend).await;
    let moved = Entry::new("Eleve", "1")
        .with("ENTPersonStructRattach", &["2000"])
        .with("ENTPersonClasses", &["2000$CM2 B"])
        .with("ENTPersonGroupes", &[]);
    let records = [Entry::pupil("3", "2000").put(), moved.modify(), Entry::new("Eleve", "2").delete()];
    let file = folder.delta("Eleve", &records);
    let (done, lines) = apply(&house, file.clone()).await;
    let report = &done.reports[0];
    assert_eq!(
        (report.counted("added"), report.counted("changed"), report.counted("ended"), report.refused),
        (1, 1, 1, 0),
        "{lines:#?}"
    );
    let one = mine(&mut house, "1").await;
    assert_eq!(one["displayName"], "Prénom1 NOM1", "what the delta does not name stays");
    let ended = at_school(ECOLE, &["CM2 A"], &["CHORALE"], Some("2018-11-25"));
    assert_eq!(one["affiliations"], json!([at_school(COLLEGE, &["CM2 B"], &[], None), ended]));
    assert_eq!(
        mine(&mut house, "2").await["affiliations"],
        json!([at_school(ECOLE, &["CM2 A"], &[], Some("2018-11-25"))])
    );
    // The same delta again changes nothing: of whom it ends, nothing is known any more.
    let told = house.last_event().await;
    let (again, _) = apply(&house, file).await;
    let report = &again.reports[0];
    assert_eq!((report.counted("unchanged"), report.counted("ended"), report.refused), (2, 0, 0));
    assert_eq!(house.last_event().await, told);
}

#[rstest]
#[tokio::test]
async fn a_change_of_classes_alone_keeps_everything_else(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (mut house, folder) = school(backend).await;
    let before = house.texts("traits").await;
    assert_eq!(before.len(), 1);
    let file = folder.delta("Eleve", &[Entry::new("Eleve", "1").with("ENTPersonClasses", &["1000$CM2 C"]).modify()]);
    let (done, lines) = apply(&house, file).await;
    assert_eq!((done.reports[0].counted("changed"), lines), (1, Vec::new()));
    let one = mine(&mut house, "1").await;
    assert_eq!(one["displayName"], "Prénom1 NOM1");
    assert_eq!(one["affiliations"], json!([at_school(ECOLE, &["CM2 C"], &["CHORALE"], None)]));
    assert_eq!(house.texts("traits").await, before, "their INE is as it was");
    let born = "SELECT CAST(birth_date AS TEXT) FROM people";
    assert_eq!(house.select(born).await, ["2008-03-01", "2008-03-01"]);
    // A complete file says all of it: what it does not name is not so any more.
    let all = folder.complete("Eleve", &[Entry::pupil("1", "1000").put(), Entry::pupil("2", "1000").put()]);
    apply(&house, all).await;
    assert_eq!(house.count("traits").await, 0);
    assert_eq!(mine(&mut house, "1").await["affiliations"], json!([at_school(ECOLE, &["CM2 A"], &[], None)]));
}

#[rstest]
#[tokio::test]
async fn a_change_of_somebody_unknown_is_refused_and_harms_no_other(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (mut house, folder) = school(backend).await;
    let classes = |id: &str| Entry::new("Eleve", id).with("ENTPersonClasses", &["1000$CM2 C"]).modify();
    let records = [classes("4"), classes("1"), Entry::new("Eleve", "5").delete()];
    let (done, lines) = apply(&house, folder.delta("Eleve", &records)).await;
    let report = &done.reports[0];
    assert_eq!((report.refused, report.counted("changed"), report.counted("ended")), (1, 1, 0));
    assert!(lines.len() == 1 && lines[0].contains("a complete file is needed"), "{lines:#?}");
    assert_eq!(house.bearer(FEED, "4").await, None);
    assert_eq!(mine(&mut house, "1").await["affiliations"][0]["classes"], json!(["CM2 C"]));
    // Nor can the other degree change them: it may call somebody else so.
    let other = Folder::second("2018-10-01");
    let (refused, _) = apply(&house, other.delta("Eleve", &[classes("1")])).await;
    assert_eq!(refused.reports[0].refused, 1);
}

#[rstest]
#[tokio::test]
async fn changes_are_applied_in_the_order_in_which_they_were_made(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let (mut house, folder) = school(backend).await;
    let class = |class: &str| Entry::new("Eleve", "1").with("ENTPersonClasses", &[&format!("1000${class}")]).modify();
    let later = Folder::first("2018-10-02");
    // In a file by their places, between files by their days: whichever is named first.
    let first = folder
        .delta("Eleve", &[class("B"), class("C"), Entry::new("Eleve", "2").delete(), Entry::pupil("2", "2000").put()]);
    let second = later.delta("Eleve", &[class("D")]);
    house.import(&[second, first], &aaf_options()).await;
    assert_eq!(mine(&mut house, "1").await["affiliations"], json!([at_school(ECOLE, &["D"], &["CHORALE"], None)]));
    let two = mine(&mut house, "2").await;
    assert_eq!(two["affiliations"][0], at_school(COLLEGE, &["CM2 A"], &[], None), "left, and came back elsewhere");
}
