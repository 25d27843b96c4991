//! History: later files close periods, older ones change nothing, complete ones close what is missing.

use db::testing::Backend;
use establishments::ImportOptions;
use rstest::rstest;
use serde_json::json;

use crate::files::{Line, directory_2023};
use crate::house::House;

const HISTORY: &str =
    r#"{ establishment(uai: "0350001L") { name pupils history { validFrom validTo name pupils legalStatus } } }"#;

#[rstest]
#[tokio::test]
async fn a_later_file_begins_a_period_and_an_older_one_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    house.import(directory_2023(&[Line::ecole(350_001, "Ancien nom")]).path()).await;
    let later = Line { date: "2023-11-01", pupils: "90", ..Line::ecole(350_001, "Nouveau nom") };
    let report = house.import(directory_2023(&[later]).path()).await.report;
    assert_eq!(report.counted("changed"), 1);
    let expected = json!({ "name": "Nouveau nom", "pupils": 90, "history": [
        { "validFrom": null, "validTo": "2023-11-01", "name": "Ancien nom", "pupils": 120, "legalStatus": "PUBLIC" },
        { "validFrom": "2023-11-01", "validTo": null, "name": "Nouveau nom", "pupils": 90, "legalStatus": "PUBLIC" },
    ] });
    assert_eq!(house.data(HISTORY).await["establishment"], expected);

    let older = Line { date: "2022-01-01", ..Line::ecole(350_001, "Nom d'antan") };
    let imported = house.import(directory_2023(&[older]).path()).await;
    assert_eq!((imported.report.counted("older than known"), imported.report.warnings), (1, 1));
    assert_eq!(house.data(HISTORY).await["establishment"], expected);
}

#[rstest]
#[tokio::test]
async fn a_file_of_the_same_date_corrects(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    house.import(directory_2023(&[Line::ecole(350_001, "Ecole avec une fote")]).path()).await;
    house.import(directory_2023(&[Line::ecole(350_001, "École sans faute")]).path()).await;
    let history = house.data(HISTORY).await["establishment"]["history"].clone();
    assert_eq!(history.as_array().map(Vec::len), Some(1));
    assert_eq!(history[0]["name"], "École sans faute");
}

#[rstest]
#[tokio::test]
async fn as_of_names_the_date_of_the_turn(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    house.import(directory_2023(&[Line::ecole(350_001, "A")]).path()).await;
    let options = ImportOptions { as_of: Some("2023-09-01".parse().expect("a date")), ..ImportOptions::default() };
    house.import_with(directory_2023(&[Line::ecole(350_001, "B")]).path(), &options).await;
    assert_eq!(house.data(HISTORY).await["establishment"]["history"][1]["validFrom"], "2023-09-01");
}

#[rstest]
#[tokio::test]
async fn only_a_complete_file_closes_what_it_lacks(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let elsewhere = Line {
        department: "033",
        academy: "4",
        region: "75",
        commune: ("33063", "Bordeaux"),
        ..Line::ecole(330_001, "Ailleurs")
    };
    house.import(directory_2023(&[Line::ecole(350_001, "A"), Line::ecole(350_002, "B"), elsewhere]).path()).await;
    let next = directory_2023(&[Line { date: "2023-12-31", ..Line::ecole(350_001, "A") }]);
    house.import(next.path()).await;
    assert_eq!(
        house.data("{ establishments { totalCount } }").await["establishments"]["totalCount"],
        3,
        "absence alone closes nothing"
    );

    let complete = ImportOptions { complete: Some("DEP-35".parse().expect("a territory")), ..ImportOptions::default() };
    let report = house.import_with(next.path(), &complete).await.report;
    assert_eq!(report.counted("closed"), 1);
    let answer = house
        .data(r#"{ all: establishments { nodes { name } } b: establishment(uai: "0350002M") { status closedOn } }"#)
        .await;
    assert_eq!(answer["all"]["nodes"], json!([{ "name": "A" }, { "name": "Ailleurs" }]));
    assert_eq!(answer["b"], json!({ "status": "CLOSED", "closedOn": "2023-12-31" }));

    let year = r#"{ establishments(filter: { schoolYear: "2023-2024", territory: "DEP-35" }) { totalCount } }"#;
    assert_eq!(
        house.data(year).await["establishments"]["totalCount"],
        2,
        "it took part in the year in which it closed"
    );
    let year = r#"{ establishments(filter: { schoolYear: "2025-2026", territory: "DEP-35" }) { totalCount } }"#;
    assert_eq!(house.data(year).await["establishments"]["totalCount"], 1);
}

#[rstest]
#[tokio::test]
async fn a_complete_file_with_refused_rows_closes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    house.import(directory_2023(&[Line::ecole(350_001, "A"), Line::ecole(350_002, "B")]).path()).await;
    let broken = Line { uai: "035".to_owned(), date: "2023-12-31", ..Line::ecole(350_002, "B") };
    let complete = ImportOptions { complete: Some("DEP-35".parse().expect("a territory")), ..ImportOptions::default() };
    let imported = house
        .import_with(
            directory_2023(&[Line { date: "2023-12-31", ..Line::ecole(350_001, "A") }, broken]).path(),
            &complete,
        )
        .await;
    assert_eq!((imported.report.refused, imported.report.counted("closed")), (1, 0));
    assert_eq!(house.data("{ establishments { totalCount } }").await["establishments"]["totalCount"], 2);
}

#[rstest]
#[tokio::test]
async fn a_date_of_the_future_does_not_freeze_the_directory(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let strayed = Line { date: "2999-01-01", ..Line::ecole(350_001, "A") };
    house.import(directory_2023(&[strayed, Line::ecole(350_002, "B")]).path()).await;
    let later = Line { date: "2023-12-01", ..Line::ecole(350_001, "A renommée") };
    assert_eq!(house.import(directory_2023(&[later]).path()).await.report.counted("changed"), 1);
    let options = ImportOptions {
        as_of: Some("2999-01-01".parse().expect("a date")),
        clock: crate::house::clock(),
        ..ImportOptions::default()
    };
    let refused = establishments::import_annuaire(&house.store, directory_2023(&[]).path(), &options, |_| {}).await;
    assert!(refused.expect_err("refused").to_string().contains("lies in the future"));
}

#[rstest]
#[tokio::test]
async fn a_file_that_lacks_most_is_not_taken_for_complete(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    house
        .import(
            directory_2023(&[Line::ecole(350_001, "A"), Line::ecole(350_002, "B"), Line::ecole(350_003, "C")]).path(),
        )
        .await;
    let complete = ImportOptions {
        complete: Some("DEP-35".parse().expect("a territory")),
        clock: crate::house::clock(),
        ..ImportOptions::default()
    };
    for lines in [vec![], vec![Line { date: "2024-01-01", ..Line::ecole(350_001, "A") }]] {
        let imported = house.import_with(directory_2023(&lines).path(), &complete).await;
        assert_eq!(imported.report.counted("closed"), 0);
        assert!(imported.lines.iter().any(|line| line.contains("nothing was closed")), "{:?}", imported.lines);
    }
    assert_eq!(house.data("{ establishments { totalCount } }").await["establishments"]["totalCount"], 3);
}
