//! `eraseUser`: whom an establishment has is kept by law; of whoever has left nothing is.

use db::testing::Backend;
use kernel::Profile;
use kernel::events::PersonErased;
use rstest::rstest;
use serde_json::{Value, json};
use users::{Evidence, Registration, set_administrator};
use uuid::Uuid;

use super::sessions::log_in;
use crate::families::{by_law, child, identifier, parent};
use crate::feeds::files::{Entry, Folder};
use crate::house::{COLLEGE, ECOLE, House, aaf_options, clock, code, plain, registration};

const ERASE: &str = "mutation ($id: ID) { eraseUser(input: { userId: $id }) { erased } }";

/// What is planted, and must be nowhere afterwards.
const PLANTED: [&str; 6] =
    ["Zéphyrine", "Quasimode", "987654321ZZ", "zephyrine@planted.example", "planted-in-aaf", "planted-in-ent"];

/// Somebody who left with the year before.
fn left(value: &str) -> Registration {
    let mut left = child(value, Some("2007-03-01"), vec![by_law("planted-parent")]);
    left.affiliations[0].school_year = "2017-2018".parse().expect("a year");
    left
}

fn planted() -> Registration {
    Registration {
        given_name: Some("Zéphyrine".to_owned()),
        family_name: Some("Quasimode".to_owned()),
        ine: Some("987654321ZZ".to_owned()),
        mails: vec!["zephyrine@planted.example".to_owned()],
        identifiers: vec![identifier("aaf1d:ACA-04", "planted-in-aaf"), identifier("alienor", "planted-in-ent")],
        ..left("planted-in-aaf")
    }
}

async fn erase(house: &House, of: Option<Uuid>) -> Value {
    house.subgraph.ask(ERASE, json!({ "id": of.map(|of| house.subject(of)) })).await
}

/// Rows that mention any of these, that they were erased left out.
async fn rows_with(house: &House, texts: &[String]) -> Vec<(String, String)> {
    let texts: Vec<String> = texts.iter().map(|text| plain(text)).collect();
    let mut found = house.everything().await;
    found.retain(|(table, row)| {
        (table != "outbox" || !row.contains("personerased")) && texts.iter().any(|text| row.contains(text))
    });
    found
}

#[rstest]
#[tokio::test]
async fn whom_an_establishment_has_this_year_is_kept_until_they_leave(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let told = registration("teacher", Profile::Teacher, ECOLE, None);
    let teacher = house.person(told.clone()).await;
    house.by_person(teacher).await;
    let refused = erase(&house, None).await;
    assert_eq!(code(&refused), "CONFLICT");
    let message = refused["errors"][0]["message"].as_str().expect("a sentence");
    assert!(message.contains(ECOLE) && !message.contains("Ada") && !message.contains("teacher"), "{message}");
    assert_eq!((house.count("people").await, house.count("erasures").await), (1, 0));
    let years = vec!["2018-2019".parse().expect("a year")];
    house.person(Registration { affiliations: Vec::new(), school_years: years, ..told }).await;
    assert_eq!(erase(&house, None).await, json!({ "data": { "eraseUser": { "erased": true } } }));
    assert_eq!((house.count("people").await, house.count("erasures").await), (0, 1));
    assert_eq!(house.field("{ me { id } }", json!({}), "me").await, Value::Null);
    assert_eq!(code(&erase(&house, None).await), "FORBIDDEN", "who was erased is nobody");
}

#[rstest]
#[tokio::test]
async fn nothing_of_them_is_left_anywhere_and_everybody_is_told(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let person = house.person(planted()).await;
    let mut account = registration("planted-in-ent-2", Profile::Pupil, COLLEGE, Some("2111"));
    account.affiliations[0].school_year = "2017-2018".parse().expect("a year");
    let account = house.person(account).await;
    let other = house.person(left("somebody")).await;
    let why = Evidence { rule: "HUMAN".to_owned(), evidence: "both are one".to_owned() };
    users::merge(&house.store, &clock(), account, person, &why).await.expect("merged");
    house.by_person(person).await;
    house
        .field("mutation { recordAuthorisation(input: { purpose: \"PUBLICATION\", granted: false }) { authorisation { id } } }", json!({}), "recordAuthorisation")
        .await;
    let mut texts: Vec<String> = PLANTED.map(str::to_owned).to_vec();
    texts.extend([person.to_string(), account.to_string()]);
    assert!(!rows_with(&house, &texts).await.is_empty(), "what is looked for can be found");
    let before = house.last_event().await;
    log_in(&house, "a hash", person, 1).await;
    log_in(&house, "of an account", account, 1).await;
    log_in(&house, "of another", other, 1).await;

    assert_eq!(code(&erase(&house, None).await), "");

    assert_eq!(rows_with(&house, &texts).await, Vec::<(String, String)>::new());
    let told = house.told(PersonErased::KIND, before).await;
    let mut told: Vec<Uuid> = told
        .into_iter()
        .map(|(_, payload)| {
            serde_json::from_value::<PersonErased>(payload).expect("one").person_id.parse().expect("an id")
        })
        .collect();
    told.sort_unstable();
    let mut both = [person, account];
    both.sort_unstable();
    assert_eq!(told, both);
    let mut ended = house.ended.lock().expect("nobody panics under it").clone();
    ended.sort_unstable();
    assert_eq!(ended, ["a hash", "of an account"]);
    assert_eq!(house.count("people").await, 1, "the others stay");
}

#[rstest]
#[tokio::test]
async fn a_guardian_is_erased_and_not_their_child(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let theirs = house.person(left("pupil")).await;
    let guardian = house.person(parent("planted-parent")).await;
    set_administrator(&house.store, &clock(), "aaf1d:ACA-04", "planted-parent", true).await.expect("written");
    house.by_person(guardian).await;
    assert_eq!(house.known(&[theirs]).await, [true]);
    assert_eq!(code(&erase(&house, None).await), "");
    let texts = ["planted-parent".to_owned(), guardian.to_string()];
    assert_eq!(rows_with(&house, &texts).await, Vec::<(String, String)>::new());
    assert_eq!(house.count("people").await, 1);
    // Whom the feed calls so again is told with the child again.
    house.person(left("pupil")).await;
    let again = house.person(parent("planted-parent")).await;
    house.by_person(again).await;
    assert_eq!(house.known(&[theirs]).await, [true]);
}

#[rstest]
#[tokio::test]
async fn guardians_and_administrators_erase_and_nobody_else_does(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let [one, two, three] = [left("one"), left("two"), left("three")];
    let (one, two, three) = (house.person(one).await, house.person(two).await, house.person(three).await);
    let parent = house.person(parent("planted-parent")).await;
    let stranger = house.person(left("stranger")).await;
    let teacher = house.person(registration("teacher", Profile::Teacher, ECOLE, None)).await;
    let chief = house.person(registration("chief", Profile::Staff, COLLEGE, None)).await;
    set_administrator(&house.store, &clock(), "alienor", "chief", true).await.expect("written");
    house.by_person(stranger).await;
    assert_eq!(code(&erase(&house, Some(one)).await), "NOT_FOUND");
    assert_eq!(house.count("erasures").await, 0);
    house.by_person(parent).await;
    assert_eq!(code(&erase(&house, Some(one)).await), "");
    house.by_person(chief).await;
    assert_eq!(code(&erase(&house, Some(two)).await), "");
    assert_eq!(code(&erase(&house, Some(two)).await), "NOT_FOUND", "once");
    assert_eq!(code(&erase(&house, Some(teacher)).await), "CONFLICT", "an administrator erases nobody against the law");
    house.by_person(three).await;
    assert_eq!(code(&erase(&house, None).await), "");
    assert_eq!(house.count("erasures").await, 3);
}

#[rstest]
#[tokio::test]
async fn the_same_feed_makes_somebody_new_of_them(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let folder = Folder::first("2018-06-01");
    let files = [
        folder.complete("EtabEducNat", &[Entry::structure("1000", ECOLE).put()]),
        folder.complete("Eleve", &[Entry::pupil("7", "1000").with("ENTEleveINE", &["987654321ZZ"]).put()]),
    ];
    house.import(&files, &aaf_options()).await;
    let first = house.bearer("aaf1d:ACA-04", "7").await.expect("a person");
    house.by_person(first).await;
    assert_eq!(code(&erase(&house, None).await), "");
    let (imported, _) = house.import(&files, &aaf_options()).await;
    assert_eq!(imported.reports[1].counted("added"), 1);
    assert_eq!(house.count("people").await, 1);
    assert_ne!(house.bearer("aaf1d:ACA-04", "7").await, Some(first), "by an id that was nobody's");
}
