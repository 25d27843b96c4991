//! `import sectors`: the carte scolaire, by commune or by école.

use db::testing::{Backend, statements_run};
use establishments::ImportOptions;
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::deployments::deployments;
use crate::files::{Line, bytes, directory_2023, file};
use crate::house::{House, clock};

/// The header of the official file.
const HEADER: &str = "code_region;libelle_region;code_academie;libelle_academie;code_departement;libelle_departement;code_postal;\
    code_insee;libelle_commune;lieu_dit;Type_et_Libelle;No_de_voie_debut;Indice_de_repetition_debut;No_de_voie_fin;\
    Indice_de_repetition_fin;Parite;Code_RNE;Secteur_unique";

/// Two écoles of Rennes and their like, an école of Saint-Malo, and collèges.
const A: &str = "0350001L";
const B: &str = "0350002M";
const MATERNELLE: &str = "0350003N";
const PRIVATE: &str = "0350004P";
const CLOSED: &str = "0350005R";
const SAINT_MALO: &str = "0350006S";
const COLLEGE_1: &str = "0350101V";
const COLLEGE_2: &str = "0350102W";
const COLLEGE_3: &str = "0350103X";

/// An ENT without an owner.
const PROJECTS_ALONE: &str = "project;name;degrees\nent;ENT;FIRST\n";

/// A row of the official file: part of a street of a commune.
fn street(commune: &str, college: &str) -> String {
    format!("53;BRETAGNE;14;RENNES;035;ILLE-ET-VILAINE;35000;{commune};Commune;;RUE DE LA SOURCE;1;;99;;I;{college};N")
}

fn carte(rows: &[(&str, &str)]) -> NamedTempFile {
    let rows: String = rows.iter().map(|(commune, college)| format!("{}\r\n", street(commune, college))).collect();
    file(&format!("\u{feff}{HEADER}\r\n{rows}"))
}

fn pairs(rows: &[(&str, &str)]) -> NamedTempFile {
    let rows: String = rows.iter().map(|(ecole, college)| format!("{ecole};{college}\n")).collect();
    file(&format!("ecole;college\n{rows}"))
}

fn directory() -> Vec<Line> {
    let saint_malo = ("35288", "Saint-Malo");
    vec![
        Line::ecole(350_001, "A"),
        Line { nature: "153", ..Line::ecole(350_002, "B") },
        Line { nature: "101", ..Line::ecole(350_003, "Maternelle") },
        Line { legal: "Privé", ..Line::ecole(350_004, "Privée") },
        Line { state: "FERME", ..Line::ecole(350_005, "Fermée") },
        Line { commune: saint_malo, ..Line::ecole(350_006, "Saint-Malo") },
        Line::college(350_101, "Un"),
        Line::college(350_102, "Deux"),
        Line { state: "FERME", ..Line::college(350_103, "Trois") },
        Line { kind: "Lycée", nature: "302", ..Line::college(350_104, "Lycée") },
    ]
}

async fn filled(backend: Backend) -> House {
    let house = House::new(backend).await;
    house.import(directory_2023(&directory()).path()).await;
    house
}

/// UAI of the collèges of an école, in the order of the API.
async fn colleges(house: &House, ecole: &str) -> Vec<String> {
    let answer = house.data(&format!(r#"{{ establishment(uai: "{ecole}") {{ sectorColleges {{ uai }} }} }}"#)).await;
    let colleges = answer["establishment"]["sectorColleges"].as_array().expect("a list");
    colleges.iter().map(|college| college["uai"].as_str().expect("a UAI").to_owned()).collect()
}

#[rstest]
#[tokio::test]
async fn an_ecole_gets_every_college_of_its_commune(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = filled(backend).await;
    let before = house.events().await;
    // A commune in which the directory knows no establishment is none of its business.
    let carte = carte(&[
        ("35238", COLLEGE_1),
        ("35999", COLLEGE_1),
        ("35238", COLLEGE_2),
        ("35288", COLLEGE_3),
        ("35238", COLLEGE_1),
    ]);
    let imported = house.sector(carte.path()).await;
    assert_eq!((imported.report.rows, imported.report.refused, imported.report.warnings), (5, 0, 0));
    assert_eq!((imported.report.counted("écoles changed"), imported.report.counted("communes without école")), (3, 1));
    for (ecole, wanted) in [
        // By name: Deux before Un.
        (A, &[COLLEGE_2, COLLEGE_1][..]),
        (B, &[COLLEGE_2, COLLEGE_1]),
        (SAINT_MALO, &[COLLEGE_3]),
        (MATERNELLE, &[]),
        (PRIVATE, &[]),
        (CLOSED, &[]),
        (COLLEGE_1, &[]),
    ] {
        assert_eq!(colleges(&house, ecole).await, wanted, "{ecole}");
    }
    assert_eq!(
        house.events_of("SectorChanged", before).await,
        [
            json!({ "ecole": A, "colleges": [COLLEGE_1, COLLEGE_2] }),
            json!({ "ecole": B, "colleges": [COLLEGE_1, COLLEGE_2] }),
            json!({ "ecole": SAINT_MALO, "colleges": [COLLEGE_3] }),
        ]
    );
}

#[rstest]
#[tokio::test]
async fn a_second_import_changes_nothing_and_another_file_replaces(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = filled(backend).await;
    let first = carte(&[("35238", COLLEGE_1), ("35238", COLLEGE_2), ("35288", COLLEGE_1)]);
    house.sector(first.path()).await;
    let before = house.events().await;
    let again = house.sector(first.path()).await.report;
    assert_eq!((again.counted("écoles changed"), again.counted("écoles unchanged")), (0, 3));
    assert_eq!(house.events().await, before);

    // A file replaces the sectors of the communes that it names, and of no other.
    let report = house.sector(carte(&[("35238", COLLEGE_3)]).path()).await.report;
    assert_eq!((report.counted("écoles changed"), report.counted("écoles unchanged")), (2, 0));
    assert_eq!(colleges(&house, A).await, [COLLEGE_3]);
    assert_eq!(colleges(&house, SAINT_MALO).await, [COLLEGE_1]);
    assert_eq!(house.events().await, before + 2);
}

#[rstest]
#[tokio::test]
async fn what_is_known_exactly_stays(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = filled(backend).await;
    let carte = carte(&[("35238", COLLEGE_1), ("35238", COLLEGE_2)]);
    house.sector(carte.path()).await;
    let before = house.events().await;
    // B keeps its collèges, which are now known exactly: nothing to tell.
    let exact = pairs(&[(A, COLLEGE_2), (B, COLLEGE_1), (B, COLLEGE_2), (PRIVATE, COLLEGE_1), (CLOSED, COLLEGE_3)]);
    let report = house.sector(exact.path()).await.report;
    assert_eq!((report.counted("écoles changed"), report.refused), (4, 0));
    assert_eq!(
        house.events_of("SectorChanged", before).await,
        [
            json!({ "ecole": A, "colleges": [COLLEGE_2] }),
            json!({ "ecole": PRIVATE, "colleges": [COLLEGE_1] }),
            json!({ "ecole": CLOSED, "colleges": [COLLEGE_3] }),
        ]
    );
    let before = house.events().await;
    let report = house.sector(exact.path()).await.report;
    assert_eq!((report.counted("écoles changed"), report.counted("écoles unchanged")), (0, 4));

    let report = house.sector(carte.path()).await.report;
    assert_eq!((report.counted("écoles changed"), report.counted("écoles known exactly")), (0, 3));
    assert_eq!((colleges(&house, A).await, colleges(&house, B).await.len()), (vec![COLLEGE_2.to_owned()], 2));
    assert_eq!(house.events().await, before);

    // Another file of écoles replaces it.
    house.sector(pairs(&[(A, COLLEGE_1)]).path()).await;
    assert_eq!(colleges(&house, A).await, [COLLEGE_1]);
    assert_eq!(colleges(&house, CLOSED).await, [COLLEGE_3]);
}

#[rstest]
#[tokio::test]
async fn an_ecole_that_becomes_a_maternelle_loses_what_its_commune_gave_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = filled(backend).await;
    let carte = carte(&[("35238", COLLEGE_1)]);
    house.sector(carte.path()).await;
    let lines = [
        Line { nature: "101", date: "2024-01-15", ..Line::ecole(350_001, "A") },
        Line { state: "FERME", date: "2024-01-15", ..Line::ecole(350_002, "B") },
    ];
    house.import(directory_2023(&lines).path()).await;
    let before = house.events().await;
    assert_eq!(house.sector(carte.path()).await.report.counted("écoles changed"), 1);
    assert_eq!(colleges(&house, A).await, [""; 0]);
    // One that has closed keeps what it last had.
    assert_eq!(colleges(&house, B).await, [COLLEGE_1]);
    assert_eq!(house.events_of("SectorChanged", before).await, [json!({ "ecole": A, "colleges": [] })]);
}

#[rstest]
#[tokio::test]
async fn bad_rows_of_the_official_file_keep_out_their_commune_alone(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = filled(backend).await;
    let mut content = format!("{HEADER}\n").into_bytes();
    let mut row = |line: &[u8]| {
        content.extend_from_slice(line);
        content.push(b'\n');
    };
    row(street("35238", COLLEGE_1).as_bytes());
    row(street("35238", "0350109D").as_bytes());
    row(street("35288", COLLEGE_1).as_bytes());
    row(street("35x", COLLEGE_1).as_bytes());
    row(street("96001", COLLEGE_1).as_bytes());
    row(street("35999", "0350104Y").as_bytes());
    row(street("35999", "350104").as_bytes());
    row(b"53;BRETAGNE;14");
    row(&[street("35999", COLLEGE_1).as_bytes(), b"\xe9"].concat());
    row(street("35999", A).as_bytes());
    row(street("35238", COLLEGE_2).as_bytes());
    let imported = house.sector(bytes(&content).path()).await;
    assert_eq!((imported.report.rows, imported.report.refused), (11, 10));
    assert_eq!(
        imported.lines,
        [
            "3: refused: the directory holds no establishment 0350109D; import it first",
            "5: refused: code_insee is a commune's INSEE code, such as 33063; got \"35x\"",
            "6: refused: commune 96001 lies in no known département",
            "7: refused: 0350104Y is no collège in the directory",
            "8: refused: a UAI is seven digits and a capital letter, such as 0350122T; got \"350104\"",
            "9: refused: 3 columns where the header has 18",
            "10: refused: not UTF-8 (column 18); save the file as UTF-8",
            "11: refused: 0350001L is no collège in the directory",
            "2: refused: COM-35238: another of its rows was refused",
            "12: refused: COM-35238: another of its rows was refused",
        ]
    );
    assert_eq!(imported.report.counted("écoles changed"), 1);
    assert_eq!(colleges(&house, A).await, [""; 0]);
    assert_eq!(colleges(&house, SAINT_MALO).await, [COLLEGE_1]);
}

#[rstest]
#[tokio::test]
async fn bad_rows_of_a_file_of_ecoles_keep_out_their_ecole_alone(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = filled(backend).await;
    let file = pairs(&[
        (A, COLLEGE_1),
        (B, COLLEGE_1),
        (A, ""),
        (MATERNELLE, COLLEGE_1),
        (COLLEGE_1, COLLEGE_2),
        ("0350009V", COLLEGE_1),
        ("", COLLEGE_1),
        (B, &format!("{COLLEGE_1};more")),
        (SAINT_MALO, COLLEGE_2),
    ]);
    let imported = house.sector(file.path()).await;
    assert_eq!(
        imported.lines,
        [
            "4: refused: a UAI is seven digits and a capital letter, such as 0350122T; got \"\"",
            "5: refused: 0350003N is a maternelle, which feeds no collège",
            "6: refused: 0350101V is no école in the directory",
            "7: refused: the directory holds no establishment 0350009V; import it first",
            "8: refused: a UAI is seven digits and a capital letter, such as 0350122T; got \"\"",
            "9: refused: 3 columns where the header has 2",
            "2: refused: 0350001L: another of its rows was refused",
            "3: refused: 0350002M: another of its rows was refused",
        ]
    );
    assert_eq!((imported.report.refused, imported.report.counted("écoles changed")), (8, 1));
    assert_eq!(colleges(&house, SAINT_MALO).await, [COLLEGE_2]);

    let none =
        establishments::import_sectors(&house.store, bytes(b"a;b\n").path(), &ImportOptions::default(), |_| {}).await;
    assert!(none.expect_err("no header").to_string().ends_with("none of: code_insee;Code_RNE | ecole;college"));
}

#[rstest]
#[tokio::test]
async fn more_colleges_than_a_commune_can_have_are_refused_with_all_its_rows(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = filled(backend).await;
    let many: Vec<Line> = (0..201).map(|number| Line::college(351_000 + number, "Collège")).collect();
    house.import(directory_2023(&many).path()).await;
    let rows: Vec<(&str, &str)> = many.iter().map(|line| ("35238", line.uai.as_str())).collect();
    let imported = house.sector(carte(&rows).path()).await;
    assert_eq!((imported.report.refused, imported.report.counted("écoles changed")), (201, 0));
    assert_eq!(imported.lines[0], "2: refused: COM-35238: more than 200 collèges");
    // As many as there may be are written and read.
    let imported = house.sector(carte(&rows[..200]).path()).await;
    assert_eq!((imported.report.refused, imported.report.counted("écoles changed")), (0, 2));
    assert_eq!(colleges(&house, A).await.len(), 200);
}

#[rstest]
#[tokio::test]
async fn a_dry_run_reports_and_keeps_nothing(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = filled(backend).await;
    let before = house.events().await;
    let options = ImportOptions { dry_run: true, clock: clock(), ..ImportOptions::default() };
    for file in [carte(&[("35238", COLLEGE_1)]), pairs(&[(A, COLLEGE_2), (B, COLLEGE_2)])] {
        let report = house.sector_with(file.path(), &options).await.report;
        assert_eq!((report.counted("écoles changed"), report.refused), (2, 0));
    }
    assert_eq!((colleges(&house, A).await, house.events().await), (Vec::new(), before));
}

#[rstest]
#[tokio::test]
async fn a_file_of_many_ecoles_is_written_in_batches(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = filled(backend).await;
    let many: Vec<Line> = (0..1300).map(|number| Line::ecole(352_000 + number, "École")).collect();
    house.import(directory_2023(&many).path()).await;
    let rows: Vec<(&str, &str)> = many.iter().map(|line| (line.uai.as_str(), COLLEGE_1)).collect();
    let file = pairs(&rows);
    assert_eq!(house.sector(file.path()).await.report.counted("écoles changed"), 1300);
    assert_eq!(house.sector(file.path()).await.report.counted("écoles unchanged"), 1300);
    let rows: Vec<(&str, &str)> = rows.iter().map(|(ecole, _)| (*ecole, COLLEGE_2)).collect();
    assert_eq!(house.sector(pairs(&rows).path()).await.report.counted("écoles changed"), 1300);
    let report = house.sector(carte(&[("35238", COLLEGE_1)]).path()).await.report;
    assert_eq!((report.counted("écoles changed"), report.counted("écoles known exactly")), (2, 1300));
}

#[rstest]
#[tokio::test]
async fn a_third_list_within_two_is_too_many(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = filled(backend).await;
    house.sector(carte(&[("35238", COLLEGE_1)]).path()).await;
    let within = |inner: &str| {
        format!(r#"{{ establishment(uai: "{A}") {{ sectorColleges {{ feederEcoles {{ {inner} {{ uai }} }} }} }} }}"#)
    };
    assert_eq!(house.error_code(&within("sectorColleges")).await, "LIMIT_EXCEEDED");
    let projects = "deployments { establishment { sectorColleges";
    house.deploy(file(PROJECTS_ALONE).path()).await;
    house.deploy(deployments(&[A], "ent", "2023-2024").path()).await;
    let around = house.error_code(&within(projects).replace("{ uai }", "{ uai } } }")).await;
    assert_eq!(around, "LIMIT_EXCEEDED");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_directions_cost_one_statement_for_any_number_of_establishments(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = filled(backend).await;
    house.sector(carte(&[("35238", COLLEGE_1), ("35238", COLLEGE_3), ("35288", COLLEGE_1)]).path()).await;
    let selection = "__typename ... on Establishment { name sectorColleges { uai status feederEcoles { uai name } } feederEcoles { uai } }";
    let keys = |uais: &[&str]| -> Vec<Value> {
        uais.iter().map(|uai| json!({ "__typename": "Establishment", "uai": uai })).collect()
    };
    statements_run();
    let mut counts = Vec::new();
    for uais in [&[A, COLLEGE_1][..], &[A, B, SAINT_MALO, MATERNELLE, COLLEGE_1, COLLEGE_2, COLLEGE_3]] {
        let answer = house.subgraph.entities(selection, json!(keys(uais))).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        let entities = answer["data"]["_entities"].as_array().expect("entities").clone();
        assert_eq!(entities.len(), uais.len());
        let ecole = |uai, name| json!({ "uai": uai, "name": name });
        let rennes = json!([ecole(A, "A"), ecole(B, "B")]);
        let all = json!([ecole(A, "A"), ecole(B, "B"), ecole(SAINT_MALO, "Saint-Malo")]);
        // A collège that has closed is told.
        assert_eq!(
            entities[0]["sectorColleges"],
            json!([
                { "uai": COLLEGE_3, "status": "CLOSED", "feederEcoles": rennes },
                { "uai": COLLEGE_1, "status": "OPEN", "feederEcoles": all },
            ])
        );
        let college = entities.iter().zip(uais).find(|(_, uai)| **uai == COLLEGE_1).expect("asked for").0;
        assert_eq!(college["feederEcoles"], json!([{ "uai": A }, { "uai": B }, { "uai": SAINT_MALO }]));
        assert_eq!(college["sectorColleges"], json!([]));
        counts.push(statements_run());
    }
    // The establishments, their collèges, their écoles, and the écoles of these collèges.
    assert!(counts.iter().all(|count| (3..=4).contains(count)), "{counts:?}");
}
