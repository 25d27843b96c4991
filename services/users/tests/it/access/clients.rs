//! What applications know, and what persons do not know by the application that they use.

use db::testing::Backend;
use kernel::{Perimeter, PersonFacts, Principal, PrincipalKind, Profile};
use rstest::rstest;
use serde_json::{Value, json};

use crate::house::{COLLEGE, ECOLE, House, application, code, registration};

const BY_IDENTIFIER: &str =
    "query ($value: String!) { userByIdentifier(system: \"alienor\", value: $value) { id displayName profiles } }";

#[rstest]
#[tokio::test]
async fn a_vendor_finds_its_own_users_by_identifier_and_nobody_elses(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    house.person(registration("ours", Profile::Pupil, ECOLE, Some("1125"))).await;
    house.person(registration("theirs", Profile::Pupil, COLLEGE, Some("2111"))).await;
    let mut left = registration("left", Profile::Pupil, ECOLE, Some("1125"));
    left.affiliations[0].school_year = "2017-2018".parse().expect("a year");
    house.person(left).await;
    house.subgraph.by(application("vendor", None, Some("alienor"), &["users:read"]));
    let found = house.field(BY_IDENTIFIER, json!({ "value": "ours" }), "userByIdentifier").await;
    assert_eq!((&found["displayName"], &found["profiles"]), (&json!("Ada ours"), &json!(["PUPIL"])));
    for value in ["theirs", "left", "nobody", ""] {
        let found = house.field(BY_IDENTIFIER, json!({ "value": value }), "userByIdentifier").await;
        assert_eq!(found, Value::Null, "{value}");
    }
    for (principal, refusal) in
        [(application("vendor", None, Some("alienor"), &[]), "FORBIDDEN"), (Principal::anonymous(), "UNAUTHENTICATED")]
    {
        house.subgraph.by(principal);
        assert_eq!(code(&house.subgraph.ask(BY_IDENTIFIER, json!({ "value": "ours" })).await), refusal);
    }
    house.subgraph.by(application("portal", Some("ACA-04"), None, &["users:read"]));
    let found = house.field(BY_IDENTIFIER, json!({ "value": "ours" }), "userByIdentifier").await;
    assert_eq!(found, Value::Null, "a portal knows no pupil");
}

#[rstest]
#[tokio::test]
async fn a_person_gets_no_right_from_the_perimeter_of_the_client_that_they_use(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let teacher = house.person(registration("teacher", Profile::Teacher, ECOLE, None)).await;
    let pupil = house.person(registration("pupil", Profile::Pupil, ECOLE, Some("1125"))).await;
    let anybody = house.person(registration("anybody", Profile::Pupil, COLLEGE, Some("2111"))).await;
    let facts = PersonFacts { subject: house.subject(anybody), ..PersonFacts::default() };
    for (territory, project) in [(Some("ACA-04"), None), (None, Some("alienor"))] {
        let perimeter: Perimeter = application("passerelle", territory, project, &[]).perimeter;
        house.subgraph.by(Principal {
            kind: PrincipalKind::Person,
            person: Some(facts.clone()),
            perimeter,
            scopes: ["users:read".to_owned()].into(),
            ..Principal::application("passerelle")
        });
        assert_eq!(house.known(&[teacher, pupil, anybody]).await, [false, false, true], "{territory:?} {project:?}");
    }
}
