//! `exportMyData`: everything that was told of a person, and nothing of anybody else.

use db::testing::Backend;
use kernel::{Principal, Profile};
use rstest::rstest;
use serde_json::{Value, json};
use users::{Evidence, Registration};
use uuid::Uuid;

use crate::families::{by_law, child, identifier, parent};
use crate::house::{COLLEGE, ECOLE, House, application, clock, code, registration};

const EXPORT: &str = "mutation ($id: ID) { exportMyData(input: { userId: $id }) { mediaType content } }";

const AUTHORISE: &str = "mutation { recordAuthorisation(input: { purpose: \"PUBLICATION\", granted: false, until: \"2019-07-05\" }) \
    { authorisation { id } } }";

async fn exported(house: &House, of: Option<Uuid>) -> Value {
    let id = of.map(|id| house.subject(id));
    let answer = house.field(EXPORT, json!({ "id": id }), "exportMyData").await;
    assert_eq!(answer["mediaType"], "application/json");
    serde_json::from_str(answer["content"].as_str().expect("a text")).expect("JSON")
}

/// Somebody of whom everything is told that can be.
fn told(value: &str, ine: &str) -> Registration {
    let mut told = child(value, Some("2008-03-01"), vec![by_law(&format!("parent of {value}"))]);
    told.ine = Some(ine.to_owned());
    told.mails = vec![format!("{value}@example.fr")];
    told.identifiers.push(identifier("alienor", &format!("{value} in the ENT")));
    told.affiliations[0].groups = vec!["Chorale".to_owned()];
    told
}

fn of<'a>(list: &'a Value, name: &str) -> Vec<&'a str> {
    let mut texts: Vec<&str> = list.as_array().expect("a list").iter().filter_map(|one| one[name].as_str()).collect();
    texts.sort_unstable();
    texts
}

#[rstest]
#[tokio::test]
async fn it_has_everything_told_of_them_and_nothing_of_others(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let pupil = house.person(told("lea", "111111111AA")).await;
    house.person(told("hugo", "222222222BB")).await;
    house.by_person(pupil).await;
    house.field(AUTHORISE, json!({}), "recordAuthorisation").await;
    let all = exported(&house, None).await;
    assert_eq!(
        (&all["givenName"], &all["familyName"], &all["birthDate"]),
        (&json!("Ada"), &json!("lea"), &json!("2008-03-01"))
    );
    assert_eq!(of(&all["ineAndMail"], "value"), ["111111111AA", "lea@example.fr"]);
    assert_eq!(of(&all["identifiers"], "value"), ["lea", "lea in the ENT"]);
    let affiliation = json!({
        "schoolYear": "2018-2019", "establishment": ECOLE, "profile": "PUPIL", "level": "1125", "classes": ["CM2 A"],
        "groups": ["Chorale"], "endedOn": null,
    });
    assert_eq!(all["affiliations"], json!([affiliation]));
    let said = &all["authorisations"][0];
    assert_eq!(
        (&said["purpose"], &said["granted"], &said["until"], &said["withdrawnAt"]),
        (&json!("PUBLICATION"), &json!(false), &json!("2019-07-05"), &Value::Null)
    );
    assert_eq!((&all["merges"], &all["departure"]), (&json!([]), &Value::Null));
    let text = all.to_string();
    assert!(!text.contains("hugo") && !text.contains("222222222BB"), "of nobody else");
}

#[rstest]
#[tokio::test]
async fn it_has_what_is_told_of_everybody_who_was_merged_into_them(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    // Known first by an account that says no name.
    let account = registration("account", Profile::Pupil, COLLEGE, Some("2111"));
    let account = house.person(Registration { given_name: None, family_name: None, ..account }).await;
    let pupil = house.person(told("lea", "111111111AA")).await;
    let why = Evidence { rule: "HUMAN".to_owned(), evidence: "both are one".to_owned() };
    users::merge(&house.store, &clock(), pupil, account, &why).await.expect("merged");
    for either in [account, pupil] {
        house.by_person(either).await;
        let all = exported(&house, None).await;
        assert_eq!(of(&all["ineAndMail"], "value"), ["111111111AA", "lea@example.fr"]);
        assert_eq!(of(&all["identifiers"], "value"), ["account", "lea", "lea in the ENT"]);
        assert_eq!(of(&all["affiliations"], "establishment"), [COLLEGE, ECOLE]);
        assert_eq!(of(&all["merges"], "rule"), ["HUMAN"]);
        assert_eq!((&all["familyName"], &all["birthDate"]), (&json!("lea"), &json!("2008-03-01")));
    }
    let me = house.field("{ me { displayName } }", json!({}), "me").await;
    assert_eq!(me["displayName"], "Ada lea", "the name that one of them has is theirs");
}

#[rstest]
#[tokio::test]
async fn a_guardian_exports_for_their_child_and_for_no_other(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let theirs = house.person(told("lea", "111111111AA")).await;
    let others = house.person(told("hugo", "222222222BB")).await;
    let parent = house.person(parent("parent of lea")).await;
    house.by_person(parent).await;
    let all = exported(&house, Some(theirs)).await;
    assert_eq!(of(&all["ineAndMail"], "value"), ["111111111AA", "lea@example.fr"]);
    let own = exported(&house, None).await;
    assert_eq!((&own["familyName"], &own["children"]), (&json!("parent of lea"), &json!(1)));
    for id in [house.subject(others), "1-AAAAAAAAAAAAAAAAAAAAAA".to_owned(), String::new()] {
        let answer = house.subgraph.ask(EXPORT, json!({ "id": id })).await;
        assert_eq!((code(&answer), &answer["data"]), ("NOT_FOUND", &Value::Null));
    }
    for (principal, refusal) in [
        (application("vendor", None, Some("alienor"), &["users:read"]), "FORBIDDEN"),
        (Principal::anonymous(), "UNAUTHENTICATED"),
    ] {
        house.subgraph.by(principal);
        assert_eq!(code(&house.subgraph.ask(EXPORT, json!({})).await), refusal);
    }
    // A vendor knows the pupil, and takes nothing away for them.
    house.subgraph.by(application("passerelle", None, Some("alienor"), &["users:read"]));
    assert_eq!(code(&house.subgraph.ask(EXPORT, json!({ "id": house.subject(theirs) })).await), "FORBIDDEN");
}
