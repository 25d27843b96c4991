//! Who sees what: counts of people are withheld below 5, rounded to a multiple of 5, exact for who may see them; figures of a
//! single establishment need a known caller.

use db::testing::Backend;
use kernel::{EstablishmentKind, Perimeter, PersonFacts, Principal, PrincipalKind};
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
    // Exactly: who may see all of them so, and who is of this establishment; not who is of another.
    house.subgraph.by(of_establishment(2));
    assert_eq!(house.subgraph.entities(&selection, representation.clone()).await, seen);
    house.subgraph.by(of_establishment(1));
    let own = house.subgraph.entities(&selection, representation.clone()).await;
    assert_eq!(house.at("ACA-04", FIELD).await["rounded"], true, "of a territory, never by an establishment of it");
    // A scope reaches as far as its perimeter.
    for territories in [&[][..], &["ACA-22"]] {
        house.subgraph.by(exactly_in(territories));
        assert_eq!(house.subgraph.entities(&selection, representation.clone()).await, seen, "{territories:?}");
        assert_eq!(house.at("ACA-04", FIELD).await["rounded"], true, "{territories:?}");
    }
    house.subgraph.by(exactly_in(&["DEP-33"]));
    assert_eq!(house.subgraph.entities(&selection, representation.clone()).await, own);
    // All that is known of the académie lies in this département; the région is as whole.
    for id in ["DEP-33", "COM-33063", "EPCI-243300316"] {
        assert_eq!(house.at(id, FIELD).await["numerator"], 43.0, "{id}");
    }
    assert_eq!(house.at("FR", FIELD).await["rounded"], true);
    house.subgraph.by(exactly_in(&["FR"]));
    assert_eq!(house.at("FR", FIELD).await["numerator"], 43.0);
    let seen = house.subgraph.entities(&selection, representation).await;
    assert_eq!(own, seen);
    assert_eq!(
        seen["data"]["_entities"][0]["indicator"],
        json!({ "numerator": 3.0, "denominator": 23.0, "rate": 3.0 / 23.0, "suppressed": false, "rounded": false, "indicator": people })
    );
}

/// A client that sees counts exactly in these territories.
fn exactly_in(territories: &[&str]) -> Principal {
    let territories = territories.iter().map(|&id| id.to_owned()).collect();
    let perimeter = Perimeter { territories, ..Perimeter::default() };
    Principal { perimeter, ..client(&["statistics:exact"]) }
}

/// A person who works or learns there.
fn of_establishment(number: u32) -> Principal {
    let person = PersonFacts { establishments: [uai(number)].into(), ..PersonFacts::default() };
    Principal { kind: PrincipalKind::Person, person: Some(person), ..client(&[]) }
}

#[rstest]
#[tokio::test]
async fn accounts_are_counted_like_people(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    const ACCOUNTS: &str = r#"indicator(code: ACCOUNT_ACTIVATION, schoolYear: "2018-2019") { numerator denominator rate suppressed rounded indicator { unit } }"#;
    let college = period(EstablishmentKind::College, "340");
    let other = period(EstablishmentKind::College, "341");
    let mut house = House::with(backend, &[place(1, college.clone()), place(2, other), place(3, college)]).await;
    let (report, lines) = house.import(&format!(
        "indicator;uai;school_year;numerator;denominator\nACCOUNT_ACTIVATION;{};2018-2019;301;512\nACCOUNT_ACTIVATION;{};2018-2019;40;42\n",
        uai(1), uai(2)
    )).await;
    assert_eq!(report.refused, 0, "{lines:?}");
    // Both schools together are anybody's to read; one that is alone in what is asked for is not.
    let alone =
        ACCOUNTS.replace("schoolYear: \"2018-2019\"", "schoolYear: \"2018-2019\", perimeter: { natures: [\"341\"] }");
    assert_eq!(house.at("ACA-04", ACCOUNTS).await["denominator"], 555.0);
    let withheld = house.at("ACA-04", &alone).await;
    assert_eq!((&withheld["denominator"], &withheld["suppressed"]), (&json!(null), &json!(true)), "{withheld}");
    house.subgraph.by(client(&[]));
    assert_eq!(house.at("ACA-04", &alone).await["denominator"], 40.0);
    let of = |number| json!([{ "__typename": "Establishment", "uai": uai(number) }]);
    let selection = format!("... on Establishment {{ {ACCOUNTS} }}");
    let seen = async |number| {
        house.subgraph.entities(&selection, of(number)).await["data"]["_entities"][0]["indicator"].clone()
    };
    let accounts = json!({ "unit": "ACCOUNTS" });
    assert_eq!(
        seen(1).await,
        json!({ "numerator": 300.0, "denominator": 510.0, "rate": 300.0 / 510.0, "suppressed": false, "rounded": true, "indicator": accounts })
    );
    assert_eq!(
        seen(2).await,
        json!({ "numerator": null, "denominator": 40.0, "rate": null, "suppressed": true, "rounded": true, "indicator": accounts }),
        "two are left"
    );
    assert_eq!(
        seen(3).await,
        json!({ "numerator": null, "denominator": null, "rate": null, "suppressed": false, "rounded": false, "indicator": accounts }),
        "nothing was declared"
    );
}
