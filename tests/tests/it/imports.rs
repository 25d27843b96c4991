//! `passerelle import` beside a running server: exit status, what is told, and figures that follow.

use std::fs;
use std::path::Path;

use testkit::client::data;
use testkit::process::run;
use testkit::stack::{Database, Site};

const HEADER: &str = "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;Adresse_1;Code_postal;\
    Code_commune;Nom_commune;Code_departement;Code_academie;Code_region;date_maj_ligne;etat;code_nature";

fn row(uai: &str, name: &str) -> String {
    format!("{uai};{name};Ecole;Public;1 rue;35000;35238;Rennes;035;14;53;2024-01-01;OUVERT;151")
}

fn import(site: &Site, kind: &str, file: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let data = site.data().display().to_string();
    let file = file.display().to_string();
    let mut arguments = vec!["import", kind, &file, "--data", &data];
    arguments.extend(more);
    let ended = run(arguments, &site.environment);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (ended.status.code(), text(&ended.stdout), text(&ended.stderr))
}

async fn beside_a_running_server(database: Database) {
    let site = Site::new(database);
    let serve = site.in_process(false);
    let count = r#"{ territory(id: "DEP-35") { establishments { totalCount }
        label: indicator(code: DIGITAL_LABEL, schoolYear: "2023-2024") { numerator denominator } } }"#;
    assert_eq!(data(&serve.url, count).await["territory"]["establishments"]["totalCount"], 0);

    let directory = site.folder().join("annuaire.csv");
    fs::write(&directory, format!("{HEADER}\n{}\n{}\nnonsense\n", row("0350001L", "A"), row("0350002M", "B")))
        .expect("written");
    let (status, out, err) = import(&site, "annuaire", &directory, &["--dry-run"]);
    assert!(status == Some(2) && out.contains("dry run: nothing was kept"), "{out}{err}");
    assert_eq!(data(&serve.url, count).await["territory"]["establishments"]["totalCount"], 0);
    let (status, out, err) = import(&site, "annuaire", &directory, &[]);
    assert_eq!(status, Some(2), "some rows refused: {err}");
    assert!(out.contains("3 rows read, 2 added, 1 rows refused"), "{out}");
    assert!(err.contains("annuaire.csv:4: refused: 1 columns where the header has 14"), "{err}");

    // The indicators know of the directory as soon as the command has ended.
    let labels = site.folder().join("labels.csv");
    fs::write(&labels, "indicator;uai;school_year;status\nDIGITAL_LABEL;0350001L;2023-2024;LEVEL_1\n")
        .expect("written");
    let (status, out, err) = import(&site, "indicators", &labels, &[]);
    assert_eq!(status, Some(0), "{out}{err}");
    let answer = data(&serve.url, count).await;
    assert_eq!(answer["territory"]["establishments"]["totalCount"], 2);
    assert_eq!(answer["territory"]["label"]["numerator"], 1.0);
    assert_eq!(answer["territory"]["label"]["denominator"], 2.0);

    let (status, _, err) = import(&site, "indicators", &site.folder().join("nowhere.csv"), &[]);
    assert!(status == Some(1) && err.contains("nowhere.csv"), "{err}");
    let (status, _, err) = import(&site, "annuaire", &labels, &[]);
    assert!(status == Some(1) && err.contains("the header lacks the columns"), "{err}");
    let (status, _, err) = import(&site, "indicators", &labels, &["--as-of", "2024-01-01"]);
    assert!(status == Some(1) && err.contains("--as-of is for annuaire and aaf alone"), "{err}");
}

#[tokio::test]
async fn on_sqlite() {
    beside_a_running_server(Database::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql() {
    beside_a_running_server(Database::Postgres).await;
}

#[tokio::test]
async fn an_import_that_is_killed_and_run_again_ends_the_same() {
    let site = Site::new(Database::Sqlite);
    let directory = site.folder().join("annuaire.csv");
    let rows: Vec<String> = (1_000_000..1_006_000).map(|number| row(&format!("{number}A"), "École")).collect();
    fs::write(&directory, format!("{HEADER}\n{}\n", rows.join("\n"))).expect("written");
    let arguments =
        ["import", "annuaire", &directory.display().to_string(), "--data", &site.data().display().to_string()];
    for pause_ms in [200, 500, 900] {
        let mut child = testkit::process::command(arguments, &[])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("starts");
        // The moment is the point of this test, not a wait for something.
        tokio::time::sleep(std::time::Duration::from_millis(pause_ms)).await;
        drop(child.kill());
        drop(child.wait());
    }
    let (status, out, _) = import(&site, "annuaire", &directory, &[]);
    assert_eq!(status, Some(0), "{out}");
    let serve = site.in_process(false);
    let answer = data(
        &serve.url,
        r#"{ territory(id: "DEP-35") { establishments { totalCount }
        indicator(code: ENT_DEPLOYMENT, schoolYear: "2023-2024") { denominator } } }"#,
    )
    .await;
    assert_eq!(answer["territory"]["establishments"]["totalCount"], 6000);
    assert_eq!(answer["territory"]["indicator"]["denominator"], 6000.0, "each event once in effect");
}
