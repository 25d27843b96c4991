//! Complete files: everybody once, whatever the order, and nothing twice.

use std::path::PathBuf;

use aaf::Degree;
use aaf::generate::{Academy, generate, uais};
use db::testing::Backend;
use import::Outcome;
use kernel::events::AffiliationChanged;
use rstest::rstest;
use serde_json::json;
use users::AafImported;

use super::files::{Entry, Folder};
use crate::house::{ECOLE, House, Place, aaf_options, at, plain};

const MINE: &str = "{ me { affiliations { schoolYear level { mefstat4 } endedOn } } }";

fn academy(degree: Degree) -> Academy {
    Academy {
        academy: "04".to_owned(),
        degree,
        structures: 3,
        people: 300,
        date: "2018-10-01".parse().expect("a date"),
        seed: 11,
        files_of: 60,
    }
}

/// The files of an académie whose establishments the directory holds.
async fn written(house: &House, academy: &Academy, folder: &Folder) -> Vec<PathBuf> {
    let numbers: Vec<String> = uais(academy).collect();
    house.directory(&numbers.iter().map(|uai| Place::at(uai)).collect::<Vec<_>>()).await;
    generate(folder.path(), academy).expect("written")
}

fn counted(imported: &AafImported, what: &str) -> u64 {
    imported.reports.iter().map(|report| report.counted(what)).sum()
}

#[rstest]
#[tokio::test]
async fn everybody_is_added_once_and_told_again_nothing_happens(
    #[values(Degree::First, Degree::Second)] degree: Degree,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let (academy, folder) = (academy(degree), Folder::first("2018-10-01"));
    let files = written(&house, &academy, &folder).await;
    let (first, lines) = house.import(&files, &aaf_options()).await;
    assert_eq!(lines, Vec::<String>::new());
    assert_eq!(first.questions, Vec::<String>::new());
    assert_eq!(first.reports.len(), files.len());
    assert!(first.reports.iter().all(|report| report.outcome() == Outcome::Complete));
    assert_eq!((counted(&first, "added"), counted(&first, "establishments")), (300, 3));
    assert_eq!((counted(&first, "changed"), counted(&first, "unchanged"), counted(&first, "ended")), (0, 0, 0));
    assert_eq!((house.count("people").await, house.count("feed_records").await), (300, 300));
    assert_eq!(counted(&first, "merged"), 0, "no two of them are one");
    let places = house.select("SELECT DISTINCT uai FROM affiliations ORDER BY uai").await;
    assert_eq!(places, uais(&academy).collect::<Vec<_>>());
    let nowhere = "SELECT value FROM identifiers i WHERE NOT EXISTS (SELECT 1 FROM affiliations a WHERE a.person_id = i.person_id)";
    assert_eq!(
        house.select(nowhere).await,
        Vec::<String>::new(),
        "everybody is somewhere, guardians with their children"
    );
    let told = house.last_event().await;

    let (again, lines) = house.import(&files, &aaf_options()).await;
    assert_eq!((counted(&again, "unchanged"), counted(&again, "added"), counted(&again, "ended")), (300, 0, 0));
    assert_eq!((lines, again.questions), (Vec::new(), Vec::new()));
    assert_eq!(house.last_event().await, told, "nothing new is told");
}

/// What is known, without ids and moments.
async fn known(house: &House) -> Vec<String> {
    house
        .select(
            "SELECT i.system || ' ' || i.value || ' ' || COALESCE(p.family_name, '') || ' ' || COALESCE(a.uai, '') || ' ' \
             || COALESCE(a.profile, '') || ' ' || COALESCE(a.mefstat4, '') || ' ' || COALESCE(CAST(a.classes AS TEXT), '') \
             FROM identifiers i JOIN people p ON p.person_id = i.person_id LEFT JOIN affiliations a ON a.person_id = i.person_id \
             ORDER BY 1",
        )
        .await
}

#[rstest]
#[tokio::test]
async fn the_order_of_the_files_does_not_matter(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let folder = Folder::second("2018-10-01");
    let academy = academy(Degree::Second);
    let (one, other) = (House::new(backend).await, House::new(backend).await);
    let mut files = written(&one, &academy, &folder).await;
    one.import(&files, &aaf_options()).await;
    written(&other, &academy, &folder).await;
    files.reverse();
    let (imported, lines) = other.import(&files, &aaf_options()).await;
    assert_eq!((counted(&imported, "added"), lines), (300, Vec::new()));
    let known_by_one = known(&one).await;
    assert!(known_by_one.len() >= 300);
    assert_eq!(known(&other).await, known_by_one);
}

#[rstest]
#[tokio::test]
async fn a_dry_run_counts_and_keeps_nothing(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let folder = Folder::second("2018-10-01");
    let files = written(&house, &academy(Degree::Second), &folder).await;
    let before = house.everything().await;
    let dry = users::AafOptions { dry_run: true, ..aaf_options() };
    let (tried, _) = house.import(&files, &dry).await;
    assert_eq!((counted(&tried, "added"), counted(&tried, "levels")), (300, 8));
    assert_eq!(house.everything().await, before);
    let (done, _) = house.import(&files, &aaf_options()).await;
    let told = |imported: &AafImported| imported.reports.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(told(&done), told(&tried), "it tells what then happens");
    // Of those whom a complete file lacks, too: everybody's files but one.
    let few = Folder::second("2018-10-02");
    let fewer = few.complete("PersEducNat", &[Entry::staff("60000000", "DIR", &["1000"]).put()]);
    let before = house.everything().await;
    let dry = users::AafOptions { accept_removals: vec!["all".to_owned()], ..dry };
    let (tried, _) = house.import(std::slice::from_ref(&fewer), &dry).await;
    assert_eq!(counted(&tried, "ended"), 29);
    assert_eq!(house.everything().await, before);
}

#[rstest]
#[tokio::test]
async fn files_of_a_new_school_year_open_new_affiliations_and_keep_the_old(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let folder = Folder::first("2018-10-01");
    let structure = folder.complete("EtabEducNat", &[Entry::structure("1000", ECOLE).put()]);
    let pupil = |id: &str| Entry::pupil(id, "1000");
    let stays = pupil("1").with("ENTEleveNiveau", &["1124$COURS MOYEN 1"]);
    let first = folder.complete("Eleve", &[stays.put(), pupil("2").put(), pupil("3").put()]);
    let teachers = folder.complete("PersEducNat", &[Entry::staff("9", "ENS", &["1000"]).put()]);
    house.import(&[structure.clone(), first, teachers], &aaf_options()).await;
    // A year later the one is in CM2, and those who were have left: that is ordinary, and nobody is asked.
    let next = Folder::first("2019-09-15");
    let second = next.complete("Eleve", &[pupil("1").put(), pupil("4").put(), pupil("5").put()]);
    let teachers = next.complete("PersEducNat", &[Entry::staff("9", "ENS", &["1000"]).put()]);
    let options = users::AafOptions { clock: at("2019-09-16"), ..aaf_options() };
    let (imported, lines) = house.import(&[second.clone(), teachers], &options).await;
    assert_eq!((lines, imported.questions.as_slice()), (Vec::new(), &[][..]));
    assert_eq!((counted(&imported, "added"), counted(&imported, "changed"), counted(&imported, "ended")), (2, 2, 2));
    let levels = async |house: &mut House, id: &str| {
        let person = house.bearer("aaf1d:ACA-04", id).await.expect("known");
        house.by_person(person).await;
        house.field(MINE, json!({}), "me").await["affiliations"].clone()
    };
    let of = |year: &str, level: &str| json!({ "schoolYear": year, "level": { "mefstat4": level }, "endedOn": null });
    assert_eq!(levels(&mut house, "1").await, json!([of("2019-2020", "1125"), of("2018-2019", "1124")]));
    assert_eq!(levels(&mut house, "2").await, json!([of("2018-2019", "1125")]), "it was so to the end of its year");
    // The same files for another day are of another year: `as_of` says so.
    let options = users::AafOptions {
        as_of: Some("2020-09-10".parse().expect("a date")),
        clock: at("2020-09-10"),
        ..aaf_options()
    };
    house.import(&[structure, second], &options).await;
    let years = house.select("SELECT DISTINCT school_year FROM affiliations WHERE profile = 'PUPIL' ORDER BY 1").await;
    assert_eq!(years, ["2018-2019", "2019-2020", "2020-2021"]);
    let told = house.told(AffiliationChanged::KIND, 0).await;
    let person = house.bearer("aaf1d:ACA-04", "1").await.expect("known").to_string();
    let last = told.iter().rfind(|(about, _)| *about == person).expect("told");
    assert_eq!(last.1["affiliations"].as_array().expect("a list").len(), 3, "the whole history is told");
}

#[rstest]
#[tokio::test]
async fn nothing_that_is_told_of_an_import_holds_a_name_an_ine_or_a_mail(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let folder = Folder::first("2018-10-01");
    let entry = |id: &str| {
        Entry::pupil(id, "1000")
            .with("sn", &["QUASIMODE"])
            .with("givenName", &["Zéphyrine"])
            .with("ENTEleveINE", &["987654321ZZ"])
            .with("mail", &["zephyrine@planted.example"])
    };
    let long = format!("Zéphyrine{}", "e".repeat(300));
    let records = [
        entry("1").with("ENTPersonDateNaissance", &["2008-03-01"]).put(),
        entry("2").with("ENTEleveINE", &["987654321"]).with("mail", &["zephyrine planted"]).put(),
        entry("3").with("ENTPersonClasses", &["QUASIMODE"]).with("ENTEleveNiveau", &["QUASIMODE"]).put(),
        entry("4").with("givenName", &[&long]).put(),
        entry("5").with("ENTPersonStructRattach", &["4711"]).put(),
        entry("6").with("ENTEleveAutoriteParentale", &["6", "QUASIMODE$1"]).put(),
        entry("7").with("ENTPersonJointure", &["8"]).put(),
        entry("9").put().replace("</attributes>", ""),
        entry("10").modify(),
    ];
    let staff = [Entry::staff("11", "QUASIMODE", &["1000"]).with("sn", &["QUASIMODE"]).put()];
    let files = [folder.complete("Eleve", &records), folder.complete("PersEducNat", &staff)];
    let (imported, lines) = house.import(&files, &aaf_options()).await;
    assert!(lines.len() >= 8, "{lines:#?}");
    let mut told = lines.join("\n");
    told.push_str(&imported.questions.join("\n"));
    told.extend(imported.reports.iter().map(ToString::to_string));
    told.extend([format!("{imported:?}")]);
    let told = plain(&told);
    for planted in ["quasimode", "zéphyrine", "zephyrine", "987654321", "planted"] {
        assert!(!told.contains(planted), "{planted}: {told}");
    }
}

#[rstest]
#[tokio::test]
async fn a_file_older_than_what_was_read_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let (older, newer) = (Folder::first("2018-10-01"), Folder::first("2018-10-02"));
    let pupil = |class: &str| Entry::pupil("1", "1000").with("ENTPersonClasses", &[&format!("1000${class}")]).put();
    let structures = newer.complete("EtabEducNat", &[Entry::structure("1000", ECOLE).put()]);
    house.import(&[structures, newer.complete("Eleve", &[pupil("NEW")])], &aaf_options()).await;
    let told = house.last_event().await;
    for file in [older.complete("Eleve", &[pupil("OLD")]), older.delta("Eleve", &[pupil("OLD")])] {
        let (imported, lines) = house.import(&[file], &aaf_options()).await;
        assert_eq!((counted(&imported, "changed"), lines.len()), (0, 1));
        assert!(lines[0].contains("passed over"), "{lines:#?}");
    }
    assert_eq!(house.last_event().await, told);
    // Of another category, of the other degree and of the same day a file may still come.
    let staff = older.complete("PersEducNat", &[Entry::staff("9", "DIR", &["1000"]).put()]);
    let (imported, lines) = house.import(&[staff, newer.complete("Eleve", &[pupil("NEWER")])], &aaf_options()).await;
    assert_eq!((counted(&imported, "added"), counted(&imported, "changed"), lines.len()), (1, 1, 0), "{lines:#?}");
}

#[rstest]
#[tokio::test]
async fn a_file_of_a_day_to_come_is_refused(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let folder = Folder::first("2018-11-21");
    let file = folder.complete("Eleve", &[Entry::pupil("1", "1000").put()]);
    let refused = users::import_aaf(&house.store, &house.secrets, &[file], &aaf_options(), |_: &str| ()).await;
    let told = refused.expect_err("tomorrow").to_string();
    assert!(told.contains("2018-11-21"), "{told}");
    assert_eq!(house.count("people").await, 0);
}
