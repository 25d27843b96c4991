//! Who heads an establishment now knows its people, and nothing of what they are elsewhere.

use db::testing::Backend;
use kernel::Profile;
use rstest::rstest;
use serde_json::json;
use users::Registration;

use crate::families::{by_law, child, parent};
use crate::house::{COLLEGE, ECOLE, House, code, registration};

const SEEN: &str = "query ($id: ID!) { user(id: $id) { displayName affiliations { establishment { uai } } guardians { displayName } \
    authorisations { purpose } } }";

#[rstest]
#[tokio::test]
async fn a_head_knows_the_people_of_the_establishment_and_nothing_of_elsewhere(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let head = house.person(registration("head", Profile::Head, ECOLE, None)).await;
    let mut both = registration("both", Profile::Teacher, ECOLE, None);
    both.affiliations.extend(registration("both", Profile::Teacher, COLLEGE, None).affiliations);
    let both = house.person(both).await;
    let pupil = house.person(child("pupil", Some("2008-03-01"), vec![by_law("parent")])).await;
    let parent = house.person(parent("parent")).await;
    let elsewhere = house.person(registration("elsewhere", Profile::Pupil, COLLEGE, Some("2111"))).await;
    let colleague = house.person(registration("colleague", Profile::Head, COLLEGE, None)).await;
    house.by_person(head).await;
    assert_eq!(house.known(&[both, pupil, parent, elsewhere, colleague]).await, [true, true, true, false, false]);
    let seen = house.field(SEEN, json!({ "id": house.subject(both) }), "user").await;
    assert_eq!(seen["displayName"], "Ada both");
    assert_eq!(seen["affiliations"], json!([{ "establishment": { "uai": ECOLE } }]));
    let seen = house.field(SEEN, json!({ "id": house.subject(pupil) }), "user").await;
    assert_eq!(seen["guardians"], json!([{ "displayName": "Ada parent" }]));
}

#[rstest]
#[tokio::test]
async fn what_is_a_persons_own_is_not_their_heads(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let head = house.person(registration("head", Profile::Head, ECOLE, None)).await;
    let pupil = house.person(child("pupil", Some("2008-03-01"), Vec::new())).await;
    house.by_person(head).await;
    let id = json!({ "id": house.subject(pupil) });
    for field in
        ["departure { erasedOn }", "identities { linkedAt }", "merges { rule }", "children { id }", "sessions { id }"]
    {
        let asked = format!("query ($id: ID!) {{ user(id: $id) {{ id {field} }} }}");
        let answer = house.subgraph.ask(&asked, id.clone()).await;
        assert_eq!(code(&answer), "FORBIDDEN", "{field}");
        assert!(answer["data"]["user"]["id"].is_string(), "{field}: the rest is answered");
    }
    for act in [
        "exportMyData(input: { userId: $id }) { content }",
        "eraseUser(input: { userId: $id }) { erased }",
        "recordAuthorisation(input: { userId: $id, purpose: \"PUBLICATION\", granted: true }) { authorisation { id } }",
    ] {
        let answer = house.subgraph.ask(&format!("mutation ($id: ID) {{ {act} }}"), id.clone()).await;
        assert_eq!(code(&answer), "FORBIDDEN", "{act}");
    }
    assert_eq!(house.count("authorisations").await, 0);
}

#[rstest]
#[tokio::test]
async fn who_heads_it_no_more_knows_nobody_of_it(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let pupil = house.person(registration("pupil", Profile::Pupil, ECOLE, Some("1125"))).await;
    let teacher = house.person(registration("teacher", Profile::Teacher, ECOLE, None)).await;
    let told = registration("head", Profile::Head, ECOLE, None);
    let head = house.person(told.clone()).await;
    let mut last_year = registration("before", Profile::Head, ECOLE, None);
    last_year.affiliations[0].school_year = "2017-2018".parse().expect("a year");
    let before = house.person(last_year).await;
    house.by_person(before).await;
    assert_eq!(house.known(&[pupil, teacher]).await, [false, false], "in another year");
    house.by_person(head).await;
    assert_eq!(house.known(&[pupil, teacher]).await, [true, true]);
    let years = vec!["2018-2019".parse().expect("a year")];
    house.person(Registration { affiliations: Vec::new(), school_years: years, ..told }).await;
    assert_eq!(house.known(&[pupil, teacher]).await, [false, false], "it ended within the year");
    house.by_person(teacher).await;
    assert_eq!(house.known(&[pupil, head]).await, [false, false], "a teacher is no head");
}
