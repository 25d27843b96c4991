//! Who sees what: counts of people are withheld below 5, rounded to a multiple of 5, exact for who may see them; figures of a
//! single establishment need a known caller.

use db::testing::Backend;
use kernel::EstablishmentKind;
use rstest::rstest;
use serde_json::json;

use crate::house::{House, client, period, place, uai};

const FIELD: &str = r#"indicator(code: PIX_CERTIFICATION, schoolYear: "2020-2021") { numerator denominator rate suppressed rounded indicator { unit } }"#;

#[rstest]
#[tokio::test]
async fn small_counts_are_withheld_and_others_rounded(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::with(
        backend,
        &[place(1, period(EstablishmentKind::College, "340")), place(2, period(EstablishmentKind::College, "340"))],
    )
    .await;
    let (report, lines) = house.import(&format!(
        "indicator;uai;school_year;numerator;denominator\nPIX_CERTIFICATION;{};2020-2021;3;23\nPIX_CERTIFICATION;{};2020-2021;40;58\n",
        uai(1), uai(2)
    )).await;
    assert_eq!(report.refused, 0, "{lines:?}");
    let people = json!({ "unit": "PEOPLE" });
    assert_eq!(
        house.at("ACA-04", FIELD).await,
        json!({ "numerator": 45.0, "denominator": 80.0, "rate": 0.5625, "suppressed": false, "rounded": true, "indicator": people })
    );
    let selection = format!("... on Establishment {{ {FIELD} }}");
    let representation = json!([{ "__typename": "Establishment", "uai": uai(1) }]);
    let unknown = house.subgraph.entities(&selection, representation.clone()).await;
    assert_eq!(unknown["data"]["_entities"][0]["indicator"], json!(null));
    assert_eq!(unknown["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    house.subgraph.by(client(&[]));
    let seen = house.subgraph.entities(&selection, representation.clone()).await;
    assert_eq!(
        seen["data"]["_entities"][0]["indicator"],
        json!({ "numerator": null, "denominator": 25.0, "rate": null, "suppressed": true, "rounded": true, "indicator": people })
    );
    house.subgraph.by(client(&["statistics:exact"]));
    let seen = house.subgraph.entities(&selection, representation).await;
    assert_eq!(
        seen["data"]["_entities"][0]["indicator"],
        json!({ "numerator": 3.0, "denominator": 23.0, "rate": 3.0 / 23.0, "suppressed": false, "rounded": false, "indicator": people })
    );
}
