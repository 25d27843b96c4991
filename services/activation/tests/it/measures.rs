//! Each definition of the catalogue, computed by hand on small cases.

use db::testing::Backend;
use kernel::events::{EstablishmentChanged, PlacePeriod};
use kernel::{EstablishmentKind, LegalStatus};
use rstest::rstest;
use serde_json::json;

use crate::house::{House, client, deployment, period, place, uai};

fn lycee(number: u32, nature: &str) -> EstablishmentChanged {
    place(number, period(EstablishmentKind::Lycee, nature))
}

fn date(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a date")
}

#[rstest]
#[tokio::test]
async fn the_four_states_are_a_partition_and_two_rates_come_of_them(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let places: Vec<_> = (1..=6).map(|number| lycee(number, "302")).collect();
    let house = House::with(backend, &places).await;
    house
        .observe(
            "PIX_ORGA_STATE",
            &[(1, "ACTIVE"), (2, "ACTIVE"), (3, "IMPORTED"), (4, "NOT_IMPORTED"), (5, "NOT_ACTIVATED")],
        )
        .await;
    house.observe("PIX_ORGA_CAMPAIGN", &[(1, "LAUNCHED"), (2, "LAUNCHED"), (3, "LAUNCHED"), (4, "NOT_LAUNCHED")]).await;
    let measure =
        |code: &str, fields: &str| format!("indicator(code: {code}, schoolYear: \"2020-2021\") {{ {fields} }}");
    let state = house.at("ACA-04", &measure("PIX_ORGA_STATE", "numerator denominator rate observedOn provenance source establishmentsObserved breakdown { status label count }")).await;
    assert_eq!(
        state,
        json!({
            "numerator": null, "denominator": 5.0, "rate": null, "observedOn": "2021-01-31", "provenance": "OFFICIAL",
            "source": "Feuille de route", "establishmentsObserved": 5,
            "breakdown": [
                { "status": "NOT_ACTIVATED", "label": "Non activé", "count": 1 },
                { "status": "NOT_IMPORTED", "label": "Non importé", "count": 1 },
                { "status": "IMPORTED", "label": "Importé", "count": 1 },
                { "status": "ACTIVE", "label": "Actif", "count": 2 },
            ],
        })
    );
    let rate = |numerator: f64, denominator: f64| json!({ "numerator": numerator, "denominator": denominator, "rate": numerator / denominator });
    assert_eq!(house.at("ACA-04", &measure("PIX_ORGA_ACTIVATED", "numerator denominator rate")).await, rate(4.0, 5.0));
    assert_eq!(house.at("ACA-04", &measure("PIX_ORGA_ACTIVE", "numerator denominator rate")).await, rate(2.0, 5.0));
    assert_eq!(house.at("ACA-04", &measure("PIX_ORGA_CAMPAIGN", "numerator denominator rate")).await, rate(3.0, 4.0));
    let nothing =
        r#"indicator(code: PIX_ORGA_ACTIVE, schoolYear: "2019-2020") { numerator denominator rate provenance source }"#;
    assert_eq!(
        house.at("ACA-04", nothing).await,
        json!({ "numerator": null, "denominator": null, "rate": null, "provenance": "DERIVED", "source": null })
    );
}

#[rstest]
#[tokio::test]
async fn sections_are_no_lycees_and_maternelles_are_left_out_by_nature(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let places = [
        lycee(1, "302"),
        lycee(2, "320"),
        lycee(3, "334"),
        lycee(4, "335"),
        place(5, period(EstablishmentKind::Ecole, "101")),
        place(6, period(EstablishmentKind::Ecole, "151")),
        place(7, period(EstablishmentKind::Ecole, "153")),
        place(8, PlacePeriod { kind: None, ..period(EstablishmentKind::Ecole, "400") }),
    ];
    let house = House::with(backend, &places).await;
    house.observe("DIGITAL_LABEL", &[(1, "LEVEL_2"), (3, "LEVEL_1")]).await;
    let label = |perimeter: &str| {
        format!("indicator(code: DIGITAL_LABEL, schoolYear: \"2020-2021\"{perimeter}) {{ numerator denominator }}")
    };
    let pair = |numerator: f64, denominator: f64| json!({ "numerator": numerator, "denominator": denominator });
    assert_eq!(house.at("REG-75", &label(", perimeter: { kinds: [LYCEE] }")).await, pair(1.0, 2.0));
    assert_eq!(
        house.at("REG-75", &label(", perimeter: { kinds: [ECOLE], natures: [\"151\", \"153\"] }")).await,
        pair(0.0, 2.0)
    );
    assert_eq!(house.at("REG-75", &label(", perimeter: { degree: FIRST }")).await, pair(0.0, 3.0));
    assert_eq!(house.at("REG-75", &label("")).await, pair(1.0, 6.0));
    assert_eq!(house.at("REG-75", &label(", perimeter: { legalStatus: PRIVATE }")).await, pair(0.0, 0.0));
}

#[rstest]
#[tokio::test]
async fn an_establishment_counts_in_the_years_in_which_it_took_part(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let ecole = |number: u32| place(number, period(EstablishmentKind::Ecole, "151"));
    let places = [
        EstablishmentChanged { opened_on: Some(date("2020-09-01")), ..ecole(1) },
        EstablishmentChanged { closed_on: Some(date("2020-08-31")), ..ecole(2) },
        EstablishmentChanged { closed_on: Some(date("2020-09-01")), ..ecole(3) },
        EstablishmentChanged { opened_on: Some(date("2021-08-01")), ..ecole(4) },
    ];
    let house = House::with(backend, &places).await;
    let count =
        |year: &str| format!("indicator(code: ENT_DEPLOYMENT, schoolYear: \"{year}\") {{ numerator denominator }}");
    assert_eq!(
        house.at("DEP-33", &count("2019-2020")).await,
        json!({ "numerator": 0.0, "denominator": 2.0 }),
        "2 and 3"
    );
    assert_eq!(
        house.at("DEP-33", &count("2020-2021")).await,
        json!({ "numerator": 0.0, "denominator": 2.0 }),
        "1 and 3"
    );
    assert_eq!(
        house.at("DEP-33", &count("2021-2022")).await,
        json!({ "numerator": 0.0, "denominator": 2.0 }),
        "1 and 4"
    );
}

#[rstest]
#[tokio::test]
async fn who_changed_kind_or_moved_counts_as_it_was_when_the_year_ended(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut before = period(EstablishmentKind::College, "340");
    before.valid_to = Some(date("2020-10-01"));
    let mut after = period(EstablishmentKind::Lycee, "302");
    after.valid_from = Some(date("2020-10-01"));
    after.department = Some("DEP-24".to_owned());
    let house = House::with(
        backend,
        &[EstablishmentChanged { uai: uai(1), opened_on: None, closed_on: None, periods: vec![before, after] }],
    )
    .await;
    let count = |year: &str, kind: &str| {
        format!(
            "indicator(code: DIGITAL_LABEL, schoolYear: \"{year}\", perimeter: {{ kinds: [{kind}] }}) {{ denominator }}"
        )
    };
    let (one, none) = (json!({ "denominator": 1.0 }), json!({ "denominator": 0.0 }));
    assert_eq!(house.at("DEP-33", &count("2019-2020", "COLLEGE")).await, one);
    assert_eq!(house.at("DEP-33", &count("2020-2021", "COLLEGE")).await, none);
    assert_eq!(house.at("DEP-24", &count("2020-2021", "LYCEE")).await, one);
    assert_eq!(house.at("ACA-04", &count("2019-2020", "COLLEGE")).await, one);
}

#[rstest]
#[tokio::test]
async fn an_ent_counts_an_establishment_once_and_the_project_restricts_the_numerator(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let places: Vec<_> = (1..=4).map(|number| place(number, period(EstablishmentKind::Ecole, "151"))).collect();
    let house = House::with(backend, &places).await;
    let planned =
        kernel::events::DeploymentChanged { status: "PLANNED".to_owned(), ..deployment(4, "alienor", "2017-2018") };
    let year = "2017-2018";
    house
        .deploy(&[
            deployment(1, "alienor", year),
            deployment(1, "autre", year),
            deployment(2, "autre", year),
            deployment(3, "alienor", "2018-2019"),
            planned,
        ])
        .await;
    let count = |perimeter: &str| {
        format!(
            "indicator(code: ENT_DEPLOYMENT, schoolYear: \"2017-2018\", perimeter: {{ {perimeter} }}) {{ numerator denominator observedOn source provenance }}"
        )
    };
    let figure = |numerator: f64| json!({ "numerator": numerator, "denominator": 4.0, "observedOn": null, "source": "Feuille de route", "provenance": "OFFICIAL" });
    assert_eq!(house.at("ACA-04", &count("kinds: [ECOLE]")).await, figure(2.0));
    assert_eq!(house.at("ACA-04", &count("kinds: [ECOLE], entProject: \"alienor\"")).await, figure(1.0));
    let restricted = r#"indicator(code: DIGITAL_LABEL, schoolYear: "2017-2018", perimeter: { entProject: "alienor" }) { denominator }"#;
    assert_eq!(
        house.at("ACA-04", restricted).await,
        json!({ "denominator": 1.0 }),
        "elsewhere the project restricts out of whom"
    );
}

#[rstest]
#[tokio::test]
async fn one_establishment_alone_and_every_level_of_territory(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let private = PlacePeriod {
        legal_status: Some(LegalStatus::Private),
        circonscription: Some("CIR-0330001A".to_owned()),
        ..period(EstablishmentKind::Ecole, "151")
    };
    let mut house = House::with(backend, &[place(1, private)]).await;
    house.observe("DIGITAL_PROGRAMME", &[(1, "YES")]).await;
    let field = r#"indicator(code: DIGITAL_PROGRAMME, schoolYear: "2020-2021") { numerator denominator rate }"#;
    let one = json!({ "numerator": 1.0, "denominator": 1.0, "rate": 1.0 });
    for id in ["FR", "REG-75", "ACA-04", "DEP-33", "CIR-0330001A", "EPCI-243300316", "COM-33063"] {
        assert_eq!(house.at(id, field).await, one, "{id}");
    }
    house.subgraph.by(client(&[]));
    let selection = format!("... on Establishment {{ {field} }}");
    let answer = house.subgraph.entities(&selection, json!([{ "__typename": "Establishment", "uai": uai(1) }])).await;
    assert_eq!(answer["data"]["_entities"][0]["indicator"], one);
    let all = house
        .at("COM-33063", r#"indicators(schoolYear: "2020-2021") { indicator { code } perimeter { kinds } schoolYear }"#)
        .await;
    assert_eq!(
        all,
        json!([{ "indicator": { "code": "DIGITAL_PROGRAMME" }, "perimeter": { "kinds": null }, "schoolYear": "2020-2021" }])
    );
}
