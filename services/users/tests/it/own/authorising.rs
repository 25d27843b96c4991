//! `recordAuthorisation`: what was said last on a purpose stands, and what stood before stays to be seen.

use db::testing::Backend;
use kernel::Profile;
use rstest::rstest;
use serde_json::{Value, json};
use users::Evidence;

use crate::families::{by_law, child, parent};
use crate::house::{ECOLE, House, application, clock, code, registration};

const RECORD: &str = "mutation ($input: RecordAuthorisationInput!) { recordAuthorisation(input: $input) \
    { authorisation { purpose granted until recordedAt withdrawnAt } } }";
/// What "now" is in the house.
const MOMENT: &str = "2018-11-20T09:00:00Z";
const MINE: &str = "{ me { authorisations { purpose granted withdrawnAt } } }";

async fn record(house: &House, input: Value) -> Value {
    house.field(RECORD, json!({ "input": input }), "recordAuthorisation").await["authorisation"].clone()
}

async fn mine(house: &House) -> Vec<Value> {
    let mut said = house.field(MINE, json!({}), "me").await["authorisations"].as_array().expect("a list").clone();
    said.sort_by_key(ToString::to_string);
    said
}

fn said(purpose: &str, granted: bool, withdrawn_at: Option<&str>) -> Value {
    json!({ "purpose": purpose, "granted": granted, "withdrawnAt": withdrawn_at })
}

#[rstest]
#[tokio::test]
async fn what_is_said_last_takes_the_place_of_what_was_said_before(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let teacher = house.person(registration("teacher", Profile::Teacher, ECOLE, None)).await;
    house.by_person(teacher).await;
    let until = record(&house, json!({ "purpose": "PUBLICATION", "granted": true, "until": "2018-11-20" })).await;
    let expected = json!({
        "purpose": "PUBLICATION", "granted": true, "until": "2018-11-20", "recordedAt": MOMENT, "withdrawnAt": null,
    });
    assert_eq!(until, expected, "today is a day on which it may hold");
    record(&house, json!({ "purpose": "IMAGE_2", "granted": true })).await;
    record(&house, json!({ "purpose": "PUBLICATION", "granted": false })).await;
    let expected =
        [said("PUBLICATION", false, None), said("PUBLICATION", true, Some(MOMENT)), said("IMAGE_2", true, None)];
    let mut expected = expected.to_vec();
    expected.sort_by_key(ToString::to_string);
    assert_eq!(mine(&house).await, expected, "on another purpose nothing else was said");
}

#[rstest]
#[tokio::test]
async fn a_minor_objects_themselves_and_whoever_answers_for_them_authorises(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let pupil = house.person(child("pupil", Some("2008-03-01"), vec![by_law("parent")])).await;
    let grown = house.person(child("grown", Some("2000-03-01"), Vec::new())).await;
    let parent = house.person(parent("parent")).await;
    let granted = json!({ "input": { "purpose": "PUBLICATION", "granted": true } });
    house.by_person(pupil).await;
    assert_eq!(code(&house.subgraph.ask(RECORD, granted).await), "FORBIDDEN");
    record(&house, json!({ "purpose": "PUBLICATION", "granted": false })).await;
    house.by_person(parent).await;
    record(&house, json!({ "purpose": "PUBLICATION", "granted": true, "userId": house.subject(pupil) })).await;
    assert_eq!(mine(&house).await, Vec::<Value>::new(), "it is the child's, and not theirs");
    house.by_person(pupil).await;
    let mut expected = vec![said("PUBLICATION", true, None), said("PUBLICATION", false, Some(MOMENT))];
    expected.sort_by_key(ToString::to_string);
    assert_eq!(mine(&house).await, expected);
    house.by_person(grown).await;
    record(&house, json!({ "purpose": "PUBLICATION", "granted": true })).await;
}

#[rstest]
#[tokio::test]
async fn it_stands_for_everybody_who_is_one_person(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let one = house.person(registration("one", Profile::Teacher, ECOLE, None)).await;
    let other = house.person(registration("other", Profile::Teacher, ECOLE, None)).await;
    house.by_person(one).await;
    house.field(RECORD, json!({ "input": { "purpose": "PUBLICATION", "granted": true } }), "recordAuthorisation").await;
    let why = Evidence { rule: "HUMAN".to_owned(), evidence: "both are one".to_owned() };
    users::merge(&house.store, &clock(), one, other, &why).await.expect("merged");
    house.by_person(other).await;
    house
        .field(RECORD, json!({ "input": { "purpose": "PUBLICATION", "granted": false } }), "recordAuthorisation")
        .await;
    let now = house.field(MINE, json!({}), "me").await["authorisations"].clone();
    let standing: Vec<&Value> =
        now.as_array().expect("a list").iter().filter(|one| one["withdrawnAt"].is_null()).collect();
    assert_eq!(standing, [&json!({ "purpose": "PUBLICATION", "granted": false, "withdrawnAt": null })]);
}

#[rstest]
#[tokio::test]
async fn what_makes_no_sense_is_refused(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let teacher = house.person(registration("teacher", Profile::Teacher, ECOLE, None)).await;
    house.by_person(teacher).await;
    let long = "A".repeat(101);
    for purpose in ["", "publication", "PUBLICATION DES TRAVAUX", "PUBLICITÉ", "A-B", &long] {
        let input = json!({ "input": { "purpose": purpose, "granted": true } });
        assert_eq!(code(&house.subgraph.ask(RECORD, input).await), "BAD_USER_INPUT", "{purpose:?}");
    }
    let past = json!({ "input": { "purpose": "PUBLICATION", "granted": true, "until": "2018-11-19" } });
    assert_eq!(code(&house.subgraph.ask(RECORD, past).await), "BAD_USER_INPUT");
    house.subgraph.by(application("vendor", None, Some("alienor"), &["users:read"]));
    let sensible = json!({ "input": { "purpose": "PUBLICATION", "granted": true } });
    assert_eq!(code(&house.subgraph.ask(RECORD, sensible).await), "FORBIDDEN", "an application authorises nothing");
    assert_eq!(house.count("authorisations").await, 0);
}
