//! `import deployments`: organisations, projects and deployments, told apart by their header.

use db::testing::Backend;
use rstest::rstest;
use serde_json::json;
use tempfile::NamedTempFile;

use crate::files::{Line, directory_2023, file};
use crate::house::House;

/// Organisations of the tests.
pub(crate) fn organisations() -> String {
    "organisation;kind;name;territory\n\
     rectorat-bordeaux;RECTORAT;Rectorat de l'académie de Bordeaux;ACA-04\n\
     vendeur;VENDOR;Éditeur d'exemple;\n"
        .to_owned()
}

/// ENT projects of the tests.
pub(crate) const PROJECTS: &str = "project;name;degrees;owners;vendor;url;succeeded_by\n\
    nouvel-ent;Nouvel ENT;FIRST,SECOND;;;;\n\
    alienor;Aliénor;FIRST;rectorat-bordeaux;vendeur;https://ent.example;nouvel-ent\n";

/// A file that opens `project` in these establishments.
pub(crate) fn deployments(uais: &[&str], project: &str, year: &str) -> NamedTempFile {
    let rows: String =
        uais.iter().map(|uai| format!("{uai};{project};{year};OPEN;;;;OFFICIAL;Feuille de route\n")).collect();
    file(&format!("uai;project;school_year;status;opened_on;closed_on;observed_on;provenance;source\n{rows}"))
}

#[rstest]
#[tokio::test]
async fn a_project_is_open_where_a_file_says_so(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    house.import(directory_2023(&[Line::ecole(350_001, "A"), Line::ecole(350_002, "B")]).path()).await;
    house.deploy(file(&organisations()).path()).await;
    house.deploy(file(PROJECTS).path()).await;
    let report = house.deploy(deployments(&["0350001L"], "alienor", "2023-2024").path()).await.report;
    assert_eq!(report.counted("written"), 1);
    let answer = house.data(r#"{
        entProject(id: "alienor") { name degrees url vendor { name kind } owners { name territory { id } } succeededBy { id }
            establishments(schoolYear: "2023-2024") { totalCount nodes { uai } } now: establishments { totalCount } }
        a: establishment(uai: "0350001L") { entProject { id } past: entProject(schoolYear: "2019-2020") { id }
            deployments { id status schoolYear project { id } } }
        open: establishments(filter: { entProject: "alienor", schoolYear: "2023-2024" }) { nodes { uai } }
        first: entProjects(degree: FIRST, schoolYear: "2023-2024", territory: "DEP-35") { id }
        second: entProjects(degree: SECOND) { id }
        organisation(id: "vendeur") { name kind territory { id } }
    }"#).await;
    assert_eq!(
        answer["entProject"],
        json!({
            "name": "Aliénor", "degrees": ["FIRST"], "url": "https://ent.example", "vendor": { "name": "Éditeur d'exemple", "kind": "VENDOR" },
            "owners": [{ "name": "Rectorat de l'académie de Bordeaux", "territory": { "id": "ACA-04" } }], "succeededBy": { "id": "nouvel-ent" },
            "establishments": { "totalCount": 1, "nodes": [{ "uai": "0350001L" }] }, "now": { "totalCount": 1 },
        })
    );
    assert_eq!(
        answer["a"],
        json!({
            "entProject": { "id": "alienor" }, "past": null,
            "deployments": [{ "id": "0350001L:alienor:2023-2024", "status": "OPEN", "schoolYear": "2023-2024", "project": { "id": "alienor" } }],
        })
    );
    assert_eq!(answer["open"]["nodes"], json!([{ "uai": "0350001L" }]));
    assert_eq!(
        (answer["first"].clone(), answer["second"].clone()),
        (json!([{ "id": "alienor" }]), json!([{ "id": "nouvel-ent" }]))
    );
    assert_eq!(answer["organisation"], json!({ "name": "Éditeur d'exemple", "kind": "VENDOR", "territory": null }));
}

#[rstest]
#[tokio::test]
async fn bad_rows_are_refused_and_a_second_import_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    house.import(directory_2023(&[Line::ecole(350_001, "A")]).path()).await;
    house.deploy(file(&organisations()).path()).await;
    house.deploy(file(PROJECTS).path()).await;
    let bad = file(
        "uai;project;school_year;status\n0350001L;alienor;2023-2024;OPEN\n0350001L;alienor;2023;OPEN\n0350001L;inconnu;2023-2024;OPEN\n\
         0350009V;alienor;2023-2024;OPEN\n0350001L;alienor;2023-2024;ouvert\n35;alienor;2023-2024;OPEN\n0350001L;alienor\n",
    );
    let imported = house.deploy(bad.path()).await;
    assert_eq!((imported.report.counted("written"), imported.report.refused), (1, 6));
    assert_eq!(imported.lines.len(), 6);
    assert!(
        imported.lines.iter().any(|line| line.contains("the directory holds no establishment 0350009V")),
        "{:?}",
        imported.lines
    );
    let events = house.events().await;
    let again = house.deploy(bad.path()).await.report;
    assert_eq!((again.counted("written"), again.counted("unchanged"), house.events().await), (0, 1, events));

    let projects =
        house.deploy(file("project;name;degrees;owners\nx;X;FIRST;personne\nY Z;Y;FIRST;\ny;Y;THIRD;\n").path()).await;
    assert_eq!(projects.report.refused, 3);
    let organisations =
        house.deploy(file("organisation;kind;name;territory\no;ROI;O;\np;OTHER;P;DEP-999\n").path()).await;
    assert_eq!(organisations.report.refused, 2);
    let none = establishments::import_deployments(
        &house.store,
        file("a;b\n").path(),
        &establishments::ImportOptions::default(),
        |_| {},
    )
    .await;
    assert!(none.expect_err("no header").to_string().contains("uai;project;school_year;status"));
}
