//! Who inspects a territory now knows the staff who work in it, and never a pupil.

use db::testing::Backend;
use kernel::{EstablishmentKind, Profile};
use rstest::rstest;
use serde_json::json;
use users::Registration;
use uuid::Uuid;

use crate::families::{by_law, child, of_aaf, parent};
use crate::house::{COLLEGE, ECOLE, House, Place, registration};

/// The office of an inspector of the first degree, whose circonscription the école lies in.
const OFFICE: &str = "0331234A";
/// An école of another circonscription of the département.
const NEIGHBOUR: &str = "0330002B";
/// A collège of another département of the académie, and one of another académie.
const FURTHER: &str = "0240001C";
const ABROAD: &str = "0870001D";
/// A DSDEN and a rectorat.
const DSDEN: &str = "0330003E";
const RECTORAT: &str = "0330004F";

struct Territory {
    staff: Vec<Uuid>,
    pupils: Vec<Uuid>,
}

async fn territory(house: &House) -> Territory {
    let ecole = Some(EstablishmentKind::Ecole);
    house
        .directory(&[
            Place { kind: ecole, circonscription: Some("CIR-0331234A"), ..Place::at(ECOLE) },
            Place { kind: ecole, circonscription: Some("CIR-0339999Z"), ..Place::at(NEIGHBOUR) },
            Place { department: "DEP-24", ..Place::at(FURTHER) },
            Place { academy: "ACA-22", department: "DEP-87", ..Place::at(ABROAD) },
            Place { nature: Some("805"), ..Place::at(DSDEN) },
            Place { nature: Some("802"), ..Place::at(RECTORAT) },
        ])
        .await;
    let (mut staff, mut pupils) = (Vec::new(), Vec::new());
    for uai in [ECOLE, NEIGHBOUR, COLLEGE, FURTHER, ABROAD] {
        staff.push(house.person(registration(&format!("teacher {uai}"), Profile::Teacher, uai, None)).await);
        pupils.push(house.person(registration(&format!("pupil {uai}"), Profile::Pupil, uai, Some("1125"))).await);
    }
    Territory { staff, pupils }
}

#[rstest]
#[case(OFFICE, Some("809"), [true, false, false, false, false])]
#[case(OFFICE, None, [true, false, false, false, false])]
#[case(DSDEN, Some("805"), [true, true, true, false, false])]
#[case(RECTORAT, Some("802"), [true, true, true, true, false])]
#[tokio::test]
async fn an_inspector_knows_the_staff_of_the_territory_and_no_pupil(
    #[case] office: &str,
    #[case] nature: Option<&str>,
    #[case] expected: [bool; 5],
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let Territory { staff, pupils } = territory(&house).await;
    // An office that the directory has not told of is the name of its circonscription all the same.
    if nature.is_some() {
        house.directory(&[Place { nature, ..Place::at(office) }]).await;
    }
    let inspector = house.person(registration("inspector", Profile::Inspector, office, None)).await;
    house.by_person(inspector).await;
    assert_eq!(house.known(&staff).await, expected);
    assert_eq!(house.known(&pupils).await, [false; 5]);
}

#[rstest]
#[tokio::test]
async fn the_work_that_they_inspect_is_all_that_they_see_of_somebody(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    const SEEN: &str =
        "query ($id: ID!) { user(id: $id) { displayName profiles affiliations { profile establishment { uai } } } }";
    let mut house = House::new(backend).await;
    territory(&house).await;
    let inspector = house.person(registration("inspector", Profile::Inspector, OFFICE, None)).await;
    // Somebody who teaches in the circonscription and beyond it, and whose own child goes to the same école.
    let mut told = of_aaf(registration("teacher", Profile::Teacher, ECOLE, None));
    told.affiliations.extend(registration("teacher", Profile::Teacher, ABROAD, None).affiliations);
    let teacher = house.person(told).await;
    let pupil = house.person(child("pupil", Some("2008-03-01"), vec![by_law("teacher"), by_law("parent")])).await;
    let parent = house.person(parent("parent")).await;
    house.by_person(inspector).await;
    assert_eq!(house.known(&[teacher, pupil, parent]).await, [true, false, false]);
    let seen = house.field(SEEN, json!({ "id": house.subject(teacher) }), "user").await;
    let work = json!([{ "profile": "TEACHER", "establishment": { "uai": ECOLE } }]);
    assert_eq!(
        (&seen["displayName"], &seen["profiles"], &seen["affiliations"]),
        (&json!("Ada teacher"), &json!(["TEACHER"]), &work)
    );
}

#[rstest]
#[tokio::test]
async fn who_inspects_no_more_knows_nobody(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let Territory { staff, .. } = territory(&house).await;
    let told = registration("inspector", Profile::Inspector, OFFICE, None);
    let inspector = house.person(told.clone()).await;
    let years = vec!["2018-2019".parse().expect("a year")];
    house.person(Registration { affiliations: Vec::new(), school_years: years, ..told }).await;
    house.by_person(inspector).await;
    assert_eq!(house.known(&staff).await, [false; 5]);
    let clerk = house.person(registration("clerk", Profile::Staff, OFFICE, None)).await;
    house.by_person(clerk).await;
    assert_eq!(house.known(&staff).await, [false; 5], "who works in the office does not inspect");
}
