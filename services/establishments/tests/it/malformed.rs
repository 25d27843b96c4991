//! What is malformed is told with line and reason; the rest is imported; nothing is half written.

use std::io::Write;

use db::testing::Backend;
use establishments::{ImportError, ImportOptions};
use rstest::rstest;
use serde_json::json;

use crate::files::{HEADER_2023, Line, bytes, directory_2023, file};
use crate::house::House;

#[rstest]
#[tokio::test]
async fn each_bad_row_is_refused_by_itself(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let mut content = format!("{HEADER_2023}\n").into_bytes();
    let mut row = |line: &[u8]| {
        content.extend_from_slice(line);
        content.push(b'\n');
    };
    row(Line::ecole(350_001, "Bonne").of_2023().as_bytes());
    row(Line { uai: "35001".to_owned(), ..Line::ecole(1, "UAI court") }.of_2023().as_bytes());
    row(b"0350003N;trop;peu;de;colonnes");
    row(&[Line::ecole(350_004, "Latin").of_2023().as_bytes(), b"\xe9"].concat());
    row(Line::ecole(350_005, "").of_2023().as_bytes());
    row(Line { uai: "0350006A".to_owned(), kind: "Université", ..Line::ecole(6, "Lettre fausse, type inconnu") }
        .of_2023()
        .as_bytes());
    row(Line::ecole(350_007, &"x".repeat(600)).of_2023().as_bytes());
    row(Line::ecole(350_008, "Bonne aussi").of_2023().as_bytes());
    let imported = house.import(bytes(&content).path()).await;
    assert_eq!((imported.report.rows, imported.report.refused, imported.report.counted("added")), (8, 5, 3));
    assert_eq!(
        imported.lines,
        [
            "3: refused: a UAI is seven digits and a capital letter, such as 0350122T; got \"35001\"",
            "4: refused: 5 columns where the header has 24",
            "5: refused: not UTF-8 (column 24); save the file as UTF-8",
            "6: refused: no name (Nom_etablissement)",
            "7: warning: 0350006A: the check letter is not the one that the number asks for",
            "7: warning: Type_etablissement \"Université\" is not known: kept as given, the kind is null",
            "8: refused: Nom_etablissement is longer than 500 bytes",
        ]
    );
    let answer = house.data("{ establishments(orderBy: UAI) { nodes { uai kind } } }").await;
    assert_eq!(
        answer["establishments"]["nodes"],
        json!([
            { "uai": "0350001L", "kind": "ECOLE" }, { "uai": "0350006A", "kind": null }, { "uai": "0350008U", "kind": "ECOLE" },
        ])
    );
}

#[rstest]
#[tokio::test]
async fn an_establishment_is_imported_with_all_its_rows_or_not_at_all(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let file = directory_2023(&[
        Line::college(350_010, "Site principal"),
        Line::ecole(350_011, "A"),
        Line::college(350_010, ""),
    ]);
    let imported = house.import(file.path()).await;
    assert_eq!((imported.report.counted("added"), imported.report.refused), (1, 2));
    assert!(
        imported.lines[1].starts_with("2: refused: ")
            && imported.lines[1].ends_with("another row of this establishment was refused")
    );
}

#[rstest]
#[tokio::test]
async fn a_truncated_file_loses_its_last_row_alone(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let whole =
        std::fs::read(directory_2023(&[Line::ecole(350_001, "A"), Line::ecole(350_002, "B")]).path()).expect("read");
    let imported = house.import(bytes(&whole[..whole.len() - 60]).path()).await;
    assert_eq!((imported.report.refused, imported.report.counted("added")), (1, 1));
    assert!(imported.lines[0].starts_with("3: refused: "), "{:?}", imported.lines);
}

#[rstest]
#[tokio::test]
async fn a_file_that_is_none_is_refused_whole(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let refused = |file: tempfile::NamedTempFile| {
        let store = house.store.clone();
        async move {
            let outcome = establishments::import_annuaire(&store, file.path(), &ImportOptions::default(), |_| {}).await;
            match outcome.expect_err("refused") {
                error @ ImportError::Open(_) => error.to_string(),
                other => panic!("{other}"),
            }
        }
    };
    assert!(refused(file("")).await.ends_with("is empty"));
    assert!(
        refused(file("a;b\n1;2\n"))
            .await
            .contains("the header lacks the columns Identifiant_de_l_etablissement, Nom_etablissement")
    );
    assert!(refused(file(&format!("{HEADER_2023};etat\n"))).await.contains("names the column etat twice"));
    assert!(refused(bytes(b"\xff\xfe\x00")).await.contains("not UTF-8"));
    let missing =
        establishments::import_annuaire(&house.store, "/nowhere.csv".as_ref(), &ImportOptions::default(), |_| {}).await;
    assert!(missing.expect_err("refused").to_string().contains("/nowhere.csv"));
    let options = ImportOptions { complete: Some("ACA-98".parse().expect("well formed")), ..ImportOptions::default() };
    let nowhere = establishments::import_annuaire(&house.store, directory_2023(&[]).path(), &options, |_| {}).await;
    assert!(nowhere.expect_err("refused").to_string().contains("no territory ACA-98 is known"));
    assert_eq!(house.data("{ establishments { totalCount } }").await["establishments"]["totalCount"], 0);
}

#[rstest]
#[tokio::test]
async fn rows_of_one_uai_that_lie_far_apart_in_a_huge_file_are_refused_not_lost(
    #[values(Backend::Sqlite)] backend: Backend,
) {
    let house = House::new(backend).await;
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    writeln!(file, "{HEADER_2023}").expect("written");
    // Each of 21 000 numbers twice, the second time after all the first: more than may wait at once.
    for _ in 0..2 {
        for number in 1_000_000..1_021_000 {
            writeln!(file, "{}", Line::ecole(number, "Deux lignes").of_2023()).expect("written");
        }
    }
    let imported = house.import(file.path()).await;
    let (added, refused) = (imported.report.counted("added"), imported.report.refused);
    assert_eq!(imported.report.rows, 42_000);
    assert_eq!(added * 2 + refused, 42_000, "every row is accounted for");
    assert_eq!(added, 20_000);
    assert!(imported.lines[0].contains("sort it by UAI"), "{}", imported.lines[0]);
}
