//! People who are more than one thing, or in more than one place.

use db::testing::Backend;
use feed::{FeedIdentifier, FeedPerson};
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use super::files::{Entry, Folder};
use crate::house::{COLLEGE, ECOLE, House, aaf_options, application, clock};

const FIRST: &str = "aaf1d:ACA-04";
const SECOND: &str = "aaf2d:ACA-04";
const MINE: &str = "{ me { affiliations { profile establishment { uai } level { mefstat4 } classes } } }";

async fn mine(house: &mut House, system: &str, key: &str) -> Value {
    let person = house.bearer(system, key).await.expect("known");
    house.by_person(person).await;
    house.field(MINE, json!({}), "me").await["affiliations"].clone()
}

/// The sixth class of collège, in the words of the feed.
fn sixieme() -> String {
    Entry::course("10010012110", "21110010012").put()
}

#[rstest]
#[tokio::test]
async fn a_teacher_of_two_establishments_is_one_person_in_both(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let folder = Folder::second("2018-10-01");
    let structures = [Entry::structure("1", COLLEGE).put(), Entry::structure("2", ECOLE).put()];
    let teacher = Entry::staff("9", "ENS", &["1", "2"])
        .with("ENTAuxEnsClassesMatieres", &["1$6A$061300", "2$CM2 A$061300", "1$6B$061300"]);
    let files = [folder.complete("EtabEducNat", &structures), folder.complete("PersEducNat", &[teacher.put()])];
    let (_, lines) = house.import(&files, &aaf_options()).await;
    assert_eq!(lines, Vec::<String>::new());
    let here = |uai: &str, classes: &[&str]| json!({ "profile": "TEACHER", "establishment": { "uai": uai }, "level": null, "classes": classes });
    assert_eq!(mine(&mut house, SECOND, "9").await, json!([here(COLLEGE, &["6A", "6B"]), here(ECOLE, &["CM2 A"])]));
    assert_eq!(house.count("people").await, 1);
}

#[rstest]
#[tokio::test]
async fn pupils_of_a_class_of_two_levels_have_their_own(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let folder = Folder::first("2018-10-01");
    let pupil = |id: &str, level: &str| {
        Entry::pupil(id, "1000").with("ENTPersonClasses", &["1000$CM1-CM2"]).with("ENTEleveNiveau", &[level])
    };
    let records = [pupil("1", "1124$COURS MOYEN 1").put(), pupil("2", "1125$COURS MOYEN 2").put()];
    let files =
        [folder.complete("EtabEducNat", &[Entry::structure("1000", ECOLE).put()]), folder.complete("Eleve", &records)];
    house.import(&files, &aaf_options()).await;
    for (key, level) in [("1", "1124"), ("2", "1125")] {
        let of = &mine(&mut house, FIRST, key).await[0];
        assert_eq!((&of["classes"], &of["level"]["mefstat4"]), (&json!(["CM1-CM2"]), &json!(level)));
    }
}

#[rstest]
#[tokio::test]
async fn a_cite_scolaire_is_two_establishments_with_one_head(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    const LYCEE: &str = "0330099L";
    let mut house = House::new(backend).await;
    house.directory(&[crate::house::Place::at(LYCEE)]).await;
    let folder = Folder::second("2018-10-01");
    let structures = [Entry::structure("1", COLLEGE).put(), Entry::structure("2", LYCEE).put()];
    let courses = [sixieme(), Entry::course("20010015110", "22110010015").put()];
    let pupils = [Entry::collegien("7", "1", "10010012110").put(), Entry::collegien("8", "2", "20010015110").put()];
    let head = Entry::staff("9", "DIR", &["1", "2"]).put();
    let files = [
        folder.complete("EtabEducNat", &structures),
        folder.complete("MefEducNat", &courses),
        folder.complete("Eleve", &pupils),
        folder.complete("PersEducNat", &[head]),
    ];
    house.import(&files, &aaf_options()).await;
    let [one, other] =
        [house.bearer(SECOND, "7").await, house.bearer(SECOND, "8").await].map(|found| found.expect("known"));
    let head = mine(&mut house, SECOND, "9").await;
    let places: Vec<&Value> = head.as_array().expect("a list").iter().map(|one| &one["establishment"]["uai"]).collect();
    assert_eq!(places, [COLLEGE, LYCEE]);
    assert_eq!(house.known(&[one, other]).await, [true, true], "who heads both knows the pupils of both");
    for (key, uai, level) in [("7", COLLEGE, "2111"), ("8", LYCEE, "2211")] {
        let of = mine(&mut house, SECOND, key).await;
        assert_eq!((&of[0]["establishment"]["uai"], &of[0]["level"]["mefstat4"]), (&json!(uai), &json!(level)));
        assert_eq!(of.as_array().expect("a list").len(), 1);
    }
}

#[rstest]
#[tokio::test]
async fn two_structures_of_one_number_are_one_establishment(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let folder = Folder::second("2018-10-01");
    let structures = [Entry::structure("1", COLLEGE).put(), Entry::structure("2", COLLEGE).put()];
    let pupil = Entry::collegien("7", "1", "10010012110").with("ENTEleveClasses", &["1$6A", "2$6 SPORT"]);
    let files = [
        folder.complete("EtabEducNat", &structures),
        folder.complete("MefEducNat", &[sixieme()]),
        folder.complete("Eleve", &[pupil.put()]),
    ];
    house.import(&files, &aaf_options()).await;
    let here = json!({ "profile": "PUPIL", "establishment": { "uai": COLLEGE }, "level": { "mefstat4": "2111" }, "classes": ["6A", "6 SPORT"] });
    assert_eq!(mine(&mut house, SECOND, "7").await, json!([here]));
}

/// A parent as either feed tells them, with a child in each.
async fn family(house: &House) -> [Uuid; 2] {
    let (first, second) = (Folder::first("2018-10-01"), Folder::second("2018-10-01"));
    let named = |key: &str| {
        Entry::guardian(key).with("sn", &["MARTIN"]).with("givenName", &["Ali"]).with("mail", &["ali@example.fr"]).put()
    };
    let files = [
        first.complete("EtabEducNat", &[Entry::structure("1000", ECOLE).put()]),
        first.complete("Eleve", &[Entry::pupil("1", "1000").with("ENTEleveAutoriteParentale", &["100"]).put()]),
        first.complete("PersRelEleve", &[named("100")]),
        second.complete("EtabEducNat", &[Entry::structure("1", COLLEGE).put()]),
        second.complete("MefEducNat", &[sixieme()]),
        second.complete(
            "Eleve",
            &[Entry::collegien("7", "1", "10010012110").with("ENTElevePersRelEleve", &["500$10$1$1$1$1"]).put()],
        ),
        second.complete("PersRelEleve", &[named("500")]),
    ];
    let (_, lines) = house.import(&files, &aaf_options()).await;
    assert_eq!(lines, Vec::<String>::new());
    [house.bearer(FIRST, "100").await, house.bearer(SECOND, "500").await].map(|found| found.expect("known"))
}

async fn children(house: &mut House, parent: Uuid) -> usize {
    house.by_person(parent).await;
    let me = house.field("{ me { children { id } } }", json!({}), "me").await;
    me["children"].as_array().expect("a list").len()
}

#[rstest]
#[tokio::test]
async fn a_parent_of_two_feeds_is_two_people_until_a_provider_names_both(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let [one, other] = family(&house).await;
    assert_ne!(one, other);
    assert_eq!(
        (house.count("merges").await, house.count("proposals").await),
        (0, 0),
        "names and a mail are a family's"
    );
    assert_eq!([children(&mut house, one).await, children(&mut house, other).await], [1, 1]);
    let identifier = |system: &str, value: &str| FeedIdentifier { system: system.to_owned(), value: value.to_owned() };
    let account = FeedPerson {
        key: "sub".to_owned(),
        identifiers: vec![identifier(FIRST, "100"), identifier(SECOND, "500")],
        ..FeedPerson::default()
    };
    let person = users::recognise(&house.store, &house.secrets, &clock(), "educonnect", "sub", &account).await;
    assert_eq!(person.expect("known"), one.min(other));
    assert_eq!([children(&mut house, one).await, children(&mut house, other).await], [2, 2]);
}

#[rstest]
#[tokio::test]
async fn an_establishment_that_the_directory_does_not_hold_is_told_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    const NOWHERE: &str = "0999999Z";
    let mut house = House::new(backend).await;
    let folder = Folder::first("2018-10-01");
    let pupils =
        |from: usize| (from..from + 3).map(|id| Entry::pupil(&id.to_string(), "1000").put()).collect::<Vec<_>>();
    let files = [
        folder.complete("EtabEducNat", &[Entry::structure("1000", NOWHERE).put()]),
        folder.complete("Eleve", &pupils(1)),
        folder.another("Eleve", 1, &pupils(4)),
        folder.complete("PersEducNat", &[Entry::staff("9", "ENS", &["1000", "5000"]).put()]),
    ];
    let (imported, lines) = house.import(&files, &aaf_options()).await;
    let of_it = lines.iter().filter(|line| line.contains(NOWHERE)).count();
    let of_a_stranger = lines.iter().filter(|line| line.contains("5000")).count();
    assert_eq!((of_it, of_a_stranger, lines.len()), (1, 1, 2), "{lines:#?}");
    assert_eq!(imported.reports.iter().map(|report| report.refused).sum::<u64>(), 0);
    // They are people all the same: nobody but themselves sees them there.
    let pupil = house.bearer(FIRST, "1").await.expect("known");
    assert_eq!(mine(&mut house, FIRST, "1").await[0]["establishment"]["uai"], NOWHERE);
    house.subgraph.by(application("portal", Some("FR"), None, &[]));
    let teacher = house.bearer(FIRST, "9").await.expect("known");
    assert_eq!(house.known(&[pupil, teacher]).await, [false, false]);
}
