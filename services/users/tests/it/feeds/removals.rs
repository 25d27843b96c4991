//! Who is missing in a complete file has gone, unless something says that the file is not whole.

use std::path::PathBuf;

use db::testing::Backend;
use rstest::rstest;
use serde_json::json;
use users::{AafImported, AafOptions};

use super::files::{Entry, Folder};
use crate::house::{COLLEGE, ECOLE, House, aaf_options, at};

const MINE: &str = "{ me { children { id } } }";

/// Twenty pupils of the école, five of the collège, and their parents.
struct School {
    folder: Folder,
    house: House,
}

fn pupil(number: usize) -> Entry {
    let at = if number < 20 { "1000" } else { "2000" };
    Entry::pupil(&number.to_string(), at).with("ENTEleveAutoriteParentale", &[&parent(number)])
}

fn parent(number: usize) -> String {
    (1000 + number).to_string()
}

fn pupils(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    numbers.into_iter().map(|number| pupil(number).put()).collect()
}

fn parents(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    numbers.into_iter().map(|number| Entry::guardian(&parent(number)).put()).collect()
}

impl School {
    async fn new(backend: Backend) -> Self {
        let (folder, house) = (Folder::first("2018-10-01"), House::new(backend).await);
        let structures = [Entry::structure("1000", ECOLE).put(), Entry::structure("2000", COLLEGE).put()];
        let files = [
            folder.complete("EtabEducNat", &structures),
            folder.complete("Eleve", &pupils(0..25)),
            folder.complete("PersRelEleve", &parents(0..25)),
        ];
        house.import(&files, &aaf_options()).await;
        Self { folder, house }
    }

    /// Imports a file with nobody asked. Gives what was done.
    async fn import(&self, file: PathBuf, options: &AafOptions) -> AafImported {
        self.house.import(&[file], options).await.0
    }

    /// Pupils who are there now.
    async fn there(&self) -> usize {
        self.house.select("SELECT uai FROM affiliations WHERE profile = 'PUPIL' AND ended_on IS NULL").await.len()
    }
}

fn ended(imported: &AafImported) -> u64 {
    imported.reports.iter().map(|report| report.counted("ended")).sum()
}

#[rstest]
#[tokio::test]
async fn few_who_are_missing_have_gone(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut school = School::new(backend).await;
    let options = AafOptions { clock: at("2018-11-25"), ..aaf_options() };
    let file = school.folder.complete("Eleve", &pupils(2..25));
    let imported = school.import(file.clone(), &options).await;
    assert_eq!((ended(&imported), imported.questions.len(), school.there().await), (2, 0, 23));
    let house = &mut school.house;
    let day = "SELECT CAST(ended_on AS TEXT) FROM affiliations WHERE ended_on IS NOT NULL AND profile = 'PUPIL'";
    assert_eq!(house.select(day).await, ["2018-11-25", "2018-11-25"]);
    let day =
        "SELECT value || ' ' || CAST(valid_to AS TEXT) FROM identifiers WHERE valid_to IS NOT NULL ORDER BY value";
    assert_eq!(house.select(day).await, ["0 2018-11-25", "1 2018-11-25"]);
    let guardians = "SELECT uai FROM affiliations WHERE profile = 'GUARDIAN' AND ended_on IS NULL";
    assert_eq!(house.select(guardians).await.len(), 23, "their parents are where their children are");
    let person = house.bearer("aaf1d:ACA-04", "0").await.expect("known still");
    house.by_person(person).await;
    let me = house.field("{ me { affiliations { endedOn } } }", json!({}), "me").await;
    assert_eq!(me["affiliations"], json!([{ "endedOn": "2018-11-25" }]));
    // Told again, they have gone already; and who comes back is here again.
    let told = house.last_event().await;
    assert_eq!(ended(&school.import(file, &options).await), 0);
    assert_eq!(school.house.last_event().await, told);
    let file = school.folder.complete("Eleve", &pupils(0..25));
    let back = school.import(file, &options).await;
    assert_eq!((back.reports[0].counted("changed"), school.there().await), (2, 25));
    let ended = "SELECT value FROM identifiers WHERE valid_to IS NOT NULL";
    assert_eq!(school.house.select(ended).await, Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn where_many_of_an_establishment_are_missing_somebody_is_asked(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let school = School::new(backend).await;
    // Four of the five of the collège.
    let file = school.folder.complete("Eleve", &pupils(0..21));
    let asked = school.import(file.clone(), &aaf_options()).await;
    assert_eq!((ended(&asked), asked.questions.len(), school.there().await), (0, 1, 25));
    let question = &asked.questions[0];
    assert!(
        question.contains(COLLEGE) && question.contains("4 of its 5") && question.contains("--accept-removals"),
        "{question}"
    );
    assert!(!question.contains(ECOLE), "{question}");
    for other in [ECOLE, "ALL", ""] {
        let options = AafOptions { accept_removals: vec![other.to_owned()], ..aaf_options() };
        assert_eq!(school.import(file.clone(), &options).await.questions.len(), 1, "{other:?}");
    }
    let larger = AafOptions { max_removed_share: 0.9, ..aaf_options() };
    let dry = AafOptions { dry_run: true, ..larger };
    assert_eq!(ended(&school.import(file.clone(), &dry).await), 4);
    assert_eq!(school.there().await, 25);
    let options = AafOptions { accept_removals: vec![COLLEGE.to_owned()], ..aaf_options() };
    let done = school.import(file, &options).await;
    assert_eq!((ended(&done), done.questions.len(), school.there().await), (4, 0, 21));
    let nobody = school.folder.complete("Eleve", &[]);
    assert_eq!(school.import(nobody.clone(), &aaf_options()).await.questions.len(), 1);
    let options = AafOptions { accept_removals: vec!["all".to_owned()], ..aaf_options() };
    assert_eq!((ended(&school.import(nobody, &options).await), school.there().await), (21, 0));
}

#[rstest]
#[tokio::test]
async fn guardians_are_asked_about_as_everybody_else_is(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut school = School::new(backend).await;
    // The second of two files is missing.
    let half = school.folder.complete("PersRelEleve", &parents(0..10));
    let asked = school.import(half.clone(), &aaf_options()).await;
    assert_eq!((ended(&asked), asked.questions.len()), (0, 1), "15 of 25 parents");
    let standing = "SELECT record_key FROM feed_records WHERE category = 'PersRelEleve'";
    assert_eq!(school.house.select(standing).await.len(), 25);
    let rest = school.folder.another("PersRelEleve", 1, &parents(10..25));
    let (whole, _) = school.house.import(&[half, rest], &aaf_options()).await;
    assert_eq!((ended(&whole), whole.questions.len()), (0, 0), "together they lack nobody");
    let person = school.house.bearer("aaf1d:ACA-04", &parent(0)).await.expect("known");
    school.house.by_person(person).await;
    let children = school.house.field(MINE, json!({}), "me").await;
    assert_eq!(children["children"].as_array().map(Vec::len), Some(1));
    let few = school.folder.complete("PersRelEleve", &parents(2..25));
    let done = school.import(few, &aaf_options()).await;
    assert_eq!((ended(&done), done.questions.len()), (2, 0));
    let children = school.house.field(MINE, json!({}), "me").await;
    assert_eq!(children, json!({ "children": [] }), "whom the feed knows no more answers for nobody");
}

#[rstest]
#[tokio::test]
async fn a_record_that_is_broken_harms_no_other_and_ends_nobody(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let school = School::new(backend).await;
    let mut records = pupils([0, 1, 2]);
    records.push(pupil(3).put().replace("</attr>", ""));
    records.push(pupil(4).put().replace("</addRequest>", ""));
    records.extend(pupils(5..26));
    let (imported, lines) = school.house.import(&[school.folder.complete("Eleve", &records)], &aaf_options()).await;
    let report = &imported.reports[0];
    assert_eq!((report.refused, report.counted("unchanged"), report.counted("added")), (2, 23, 1), "{lines:#?}");
    assert_eq!((ended(&imported), imported.questions.len(), school.there().await), (0, 1, 26));
    let question = &imported.questions[0];
    assert!(question.contains("could not be read") && question.contains("2 people"), "{question}");
}

#[rstest]
#[tokio::test]
async fn a_file_that_was_cut_off_ends_nobody(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let school = School::new(backend).await;
    let whole = school.folder.text(&pupils(0..25));
    for cut in [whole.len() - "</ficAlimMENESR>\n".len(), whole.rfind("<identifier>").expect("a record")] {
        // Between two records, and within one: the last of the collège is missing, which would be few.
        let mut text = whole[..cut].to_owned();
        if let Some(last) = text.rfind("<addRequest>").filter(|_| text.ends_with("</addRequest>\n")) {
            text.truncate(last);
        }
        let (imported, lines) =
            school.house.import(&[school.folder.file("Complet", "Eleve", 0, &text)], &aaf_options()).await;
        assert_eq!((ended(&imported), school.there().await), (0, 25), "{lines:#?}");
        assert_eq!(imported.questions.len(), 1, "{lines:#?}");
        assert!(lines.iter().any(|line| line.contains("cut off")), "{lines:#?}");
    }
}

#[rstest]
#[tokio::test]
async fn of_others_a_file_says_nothing(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let school = School::new(backend).await;
    // Complete of staff, a delta of pupils, and a complete file of the other degree.
    let second = Folder::second("2018-10-01");
    let files = [
        school.folder.complete("PersEducNat", &[Entry::staff("900", "DIR", &["1000"]).put()]),
        school.folder.delta("Eleve", &pupils([0])),
        second.complete("Eleve", &[Entry::collegien("7", "1", "10010012110").put()]),
    ];
    let (imported, _) = school.house.import(&files, &aaf_options()).await;
    assert_eq!((ended(&imported), imported.questions.len(), school.there().await), (0, 0, 25));
}
