//! Targets apply where they are set, below where they say so, and to exactly their perimeter.

use db::testing::Backend;
use kernel::EstablishmentKind;
use rstest::rstest;
use serde_json::json;

use crate::house::{House, period, place};

const HEADER: &str = "indicator;territory;applies_below;kinds;natures;degree;legal_status;ent_project;kind;value;unit;due_on;baseline;wording;source\n";

#[rstest]
#[tokio::test]
async fn where_and_to_what_a_target_applies(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let places: Vec<_> = (1..=4).map(|number| place(number, period(EstablishmentKind::Lycee, "302"))).collect();
    let house = House::with(backend, &places).await;
    house.observe("PIX_ORGA_STATE", &[(1, "ACTIVE"), (2, "NOT_ACTIVATED"), (3, "IMPORTED"), (4, "ACTIVE")]).await;
    let (report, lines) = house
        .import(&format!(
            "{HEADER}PIX_ORGA_ACTIVATED;REG-75;true;;;;;;RATE;1.0;ESTABLISHMENTS;2021-12-31;;100 %;Feuille de route\n\
         PIX_ORGA_ACTIVATED;ACA-04;false;;;;;;COUNT;;ESTABLISHMENTS;;;plus d'établissements;Perspectives\n\
         PIX_ORGA_ACTIVATED;REG-75;true;LYCEE;;;PUBLIC;;RATE;0.9;;;;autre périmètre;\n\
         PIX_ORGA_ACTIVATED;REG-76;true;;;;;;RATE;0.1;;;;autre région;\n\
         PIX_ORGA_ACTIVE;FR;true;;;;;;RATE;0.5;;;;pays;\n"
        ))
        .await;
    assert_eq!((report.counted("written"), report.refused), (5, 0), "{lines:?}");
    let field = |code: &str, perimeter: &str| {
        format!(
            "indicator(code: {code}, schoolYear: \"2020-2021\"{perimeter}) {{ targets {{ kind value unit dueOn wording source gap }} }}"
        )
    };
    let rate = json!({ "kind": "RATE", "value": 1.0, "unit": "ESTABLISHMENTS", "dueOn": "2021-12-31", "wording": "100 %", "source": "Feuille de route", "gap": 0.25 });
    let count = json!({ "kind": "COUNT", "value": null, "unit": "ESTABLISHMENTS", "dueOn": null, "wording": "plus d'établissements", "source": "Perspectives", "gap": null });
    assert_eq!(house.at("ACA-04", &field("PIX_ORGA_ACTIVATED", "")).await["targets"], json!([rate, count]));
    assert_eq!(house.at("REG-75", &field("PIX_ORGA_ACTIVATED", "")).await["targets"], json!([rate]));
    assert_eq!(
        house.at("COM-33063", &field("PIX_ORGA_ACTIVATED", "")).await["targets"],
        json!([rate]),
        "not the académie's own"
    );
    let public =
        house.at("DEP-33", &field("PIX_ORGA_ACTIVATED", ", perimeter: { kinds: [LYCEE], legalStatus: PUBLIC }")).await;
    assert_eq!(public["targets"].as_array().map(Vec::len), Some(1));
    assert_eq!(public["targets"][0]["value"], 0.9);
    assert_eq!(house.at("DEP-33", &field("PIX_ORGA_ACTIVE", "")).await["targets"][0]["gap"], 0.0);
    assert_eq!(
        house.at("DEP-33", &field("PIX_ORGA_ACTIVATED", ", perimeter: { kinds: [LYCEE] }")).await["targets"],
        json!([])
    );
}

#[rstest]
#[tokio::test]
async fn a_target_told_again_replaces_itself(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::with(backend, &[place(1, period(EstablishmentKind::Lycee, "302"))]).await;
    for value in ["0.2", "0.3"] {
        house.import(&format!("{HEADER}SCHEMATIC_USE;REG-75;false;;;;;;RATE;{value};;2021-12-31;;;\n")).await;
    }
    let targets =
        house.at("REG-75", r#"indicator(code: SCHEMATIC_USE, schoolYear: "2020-2021") { targets { value } }"#).await;
    assert_eq!(targets, json!({ "targets": [{ "value": 0.3 }] }));
}
