//! Départements whose public collèges share the ENT of their public lycées.

use db::testing::Backend;
use kernel::events::{EstablishmentChanged, PlacePeriod};
use kernel::{EstablishmentKind, LegalStatus};
use rstest::rstest;
use serde_json::json;

use crate::house::{House, deployment, period, place};

fn in_department(number: u32, kind: EstablishmentKind, department: &str) -> EstablishmentChanged {
    let nature = if kind == EstablishmentKind::College { "340" } else { "302" };
    place(number, PlacePeriod { department: Some(department.to_owned()), ..period(kind, nature) })
}

#[rstest]
#[tokio::test]
async fn departments_are_counted_not_establishments(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    use EstablishmentKind::{College, Lycee};
    let mut private = in_department(7, College, "DEP-16");
    private.periods[0].legal_status = Some(LegalStatus::Private);
    let places = [
        // DEP-16: one of two public collèges shares the lycée's ENT: half is enough.
        in_department(1, College, "DEP-16"),
        in_department(2, College, "DEP-16"),
        in_department(3, Lycee, "DEP-16"),
        private,
        // DEP-23: collèges and lycées have different ENTs.
        in_department(4, College, "DEP-23"),
        in_department(5, Lycee, "DEP-23"),
        // DEP-86: no public collège, in no denominator.
        in_department(6, Lycee, "DEP-86"),
    ];
    let house = House::with(backend, &places).await;
    let year = "2020-2021";
    house
        .deploy(&[
            deployment(1, "lycee-connecte", year),
            deployment(3, "lycee-connecte", year),
            deployment(4, "ent-creuse", year),
            deployment(5, "lycee-connecte", year),
            deployment(6, "lycee-connecte", year),
            deployment(7, "autre", year),
        ])
        .await;
    let field = r#"indicator(code: ENT_SHARED_COLLEGE_LYCEE, schoolYear: "2020-2021") { numerator denominator rate threshold indicator { unit } source }"#;
    assert_eq!(
        house.at("REG-75", field).await,
        json!({
            "numerator": 1.0, "denominator": 2.0, "rate": 0.5, "threshold": 0.5, "indicator": { "unit": "DEPARTMENTS" }, "source": "Feuille de route",
        })
    );
    let before = field.replace("2020-2021", "2019-2020");
    assert_eq!(house.at("REG-75", &before).await["numerator"], json!(0.0));
}
