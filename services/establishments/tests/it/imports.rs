//! `import annuaire`: both headers, several rows of one UAI, codes normalised, a second import.

use db::testing::Backend;
use rstest::rstest;
use serde_json::json;

use crate::files::{Line, directory_2023, directory_2026};
use crate::house::House;

#[rstest]
#[tokio::test]
async fn the_headers_of_2023_and_of_2026_give_the_same(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let lines = [Line::ecole(350_001, "École élémentaire Louise-Michel"), Line::college(350_002, "Collège Jean-Macé")];
    let query = r"{ establishments { totalCount nodes {
        uai name kind nature degree legalStatus status openedOn
        commune { id name } department { id name } academy { id name } region { id name }
        sites { address postalCode latitude longitude }
    } } }";
    let old = House::new(backend).await;
    let report = old.import(directory_2023(&lines).path()).await.report;
    assert_eq!((report.rows, report.counted("added"), report.refused, report.warnings), (2, 2, 0, 0));
    let new = House::new(backend).await;
    new.import(directory_2026(&lines).path()).await;
    let answer = old.data(query).await;
    assert_eq!(answer, new.data(query).await);
    assert_eq!(
        answer["establishments"]["nodes"][1],
        json!({
            "uai": "0350001L", "name": "École élémentaire Louise-Michel", "kind": "ECOLE", "nature": "151", "degree": "FIRST",
            "legalStatus": "PUBLIC", "status": "OPEN", "openedOn": "1990-09-01",
            "commune": { "id": "COM-35238", "name": "Rennes" }, "department": { "id": "DEP-35", "name": "Ille-et-Vilaine" },
            "academy": { "id": "ACA-14", "name": "Rennes" }, "region": { "id": "REG-53", "name": "Bretagne" },
            "sites": [{ "address": "1 rue de l'École", "postalCode": "35000", "latitude": 48.1, "longitude": -1.6 }],
        })
    );
}

#[rstest]
#[tokio::test]
async fn several_rows_of_one_uai_are_one_establishment_with_sites(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let annexe = Line {
        name: "Collège Saint-Paul (annexe du collège Saint-Joseph)".to_owned(),
        address: "22 avenue de l'Annexe",
        ..Line::college(350_010, "")
    };
    let main = Line::college(350_010, "Collège Saint-Joseph");
    let report =
        house.import(directory_2023(&[annexe, Line::ecole(350_011, "École entre les deux"), main]).path()).await.report;
    assert_eq!((report.rows, report.counted("added")), (3, 2));
    let answer = house.data(r#"{ establishment(uai: "0350010W") { name sites { name address } } }"#).await;
    assert_eq!(
        answer["establishment"],
        json!({
            "name": "Collège Saint-Joseph",
            "sites": [
                { "name": "Collège Saint-Paul (annexe du collège Saint-Joseph)", "address": "22 avenue de l'Annexe" },
                { "name": "Collège Saint-Joseph", "address": "1 rue de l'École" },
            ],
        })
    );
}

#[rstest]
#[tokio::test]
async fn a_second_import_changes_nothing(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let file = directory_2023(&[Line::ecole(350_001, "A"), Line::college(350_002, "B")]);
    house.import(file.path()).await;
    let (events, changes) =
        (house.events().await, house.data("{ establishmentChanges { pageInfo { endCursor } } }").await);
    let report = house.import(file.path()).await.report;
    assert_eq!((report.counted("unchanged"), report.counted("changed"), report.counted("added")), (2, 0, 0));
    assert_eq!(house.events().await, events);
    assert_eq!(house.data("{ establishmentChanges { pageInfo { endCursor } } }").await, changes);
}

#[rstest]
#[tokio::test]
async fn a_circonscription_is_known_by_its_code_or_by_its_exact_name(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let name = "Circonscription d'inspection du 1er degré de Bruz";
    let seat = Line { kind: "Service Administratif", nature: "809", legal: "", ..Line::ecole(351_900, name) };
    let by_name = Line {
        circonscription: ("", "Circonscription d'inspection du 1er degré de Bruz"),
        ..Line::ecole(350_001, "Par le nom")
    };
    let unknown = Line { circonscription: ("", "Circonscription inconnue"), ..Line::ecole(350_002, "Sans") };
    let imported = house
        .import(
            directory_2023(&[by_name, unknown.clone(), Line { uai: "0350003N".to_owned(), ..unknown }, seat]).path(),
        )
        .await;
    let of =
        |uai: &str| format!(r#"{{ establishment(uai: "{uai}") {{ circonscription {{ id name parent {{ id }} }} }} }}"#);
    let found = house.data(&of("0350001L")).await;
    assert_eq!(
        found["establishment"]["circonscription"],
        json!({ "id": "CIR-0351900A", "name": name, "parent": { "id": "DEP-35" } })
    );
    assert_eq!(house.data(&of("0350002M")).await["establishment"]["circonscription"], json!(null));
    assert_eq!(imported.lines.len(), 1, "told once for the name, not once a row: {:?}", imported.lines);

    let later = Line {
        circonscription: ("0359999D", "Circonscription de Vitré"),
        date: "2024-01-15",
        ..Line::ecole(350_001, "Par le code")
    };
    house.import(directory_2026(&[later]).path()).await;
    let found = house.data(&of("0350001L")).await;
    assert_eq!(found["establishment"]["circonscription"]["id"], "CIR-0359999D");
}

#[rstest]
#[tokio::test]
async fn a_dry_run_reports_and_keeps_nothing(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let lines: Vec<Line> = (0..1200).map(|number| Line::ecole(350_000 + number, "École")).collect();
    let options = establishments::ImportOptions { dry_run: true, ..establishments::ImportOptions::default() };
    let report = house.import_with(directory_2023(&lines).path(), &options).await.report;
    assert_eq!(report.counted("added"), 1200);
    assert_eq!(house.data("{ establishments { totalCount } }").await["establishments"]["totalCount"], 0);
    assert_eq!(house.events().await, 0);
}
