//! `import indicators`: what is refused, and why; a second import changes nothing.

use db::testing::Backend;
use kernel::EstablishmentKind;
use rstest::rstest;

use crate::house::{House, period, place, uai};

#[rstest]
#[tokio::test]
async fn bad_observations_are_refused_by_themselves(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::with(backend, &[place(1, period(EstablishmentKind::College, "340"))]).await;
    let known = uai(1);
    let rows = [
        (format!("DIGITAL_LABEL;{known};2020-2021;LEVEL_1;;;;;"), None),
        (format!("DIGITAL_LABELS;{known};2020-2021;LEVEL_1;;;;;"), Some("no indicator \"DIGITAL_LABELS\"")),
        (format!("DIGITAL_LABEL;{known};2020;LEVEL_1;;;;;"), Some("a school year is written like 2017-2018")),
        (
            format!("DIGITAL_LABEL;{known};2020-2021;LEVEL_4;;;;;"),
            Some("one of LEVEL_1, LEVEL_2, LEVEL_3; got \"LEVEL_4\""),
        ),
        (
            format!("DIGITAL_LABEL;{};2020-2021;LEVEL_1;;;;;", uai(2)),
            Some("the directory holds no establishment 0000002C"),
        ),
        ("DIGITAL_LABEL;2;2020-2021;LEVEL_1;;;;;".to_owned(), Some("a UAI is seven digits")),
        (format!("PIX_ORGA_ACTIVE;{known};2020-2021;ACTIVE;;;;;"), Some("is computed and takes no observations")),
        (format!("ENT_DEPLOYMENT;{known};2020-2021;OPEN;;;;;"), Some("is computed and takes no observations")),
        (format!("PIX_CERTIFICATION;{known};2020-2021;;5;;;;"), Some("needs a numerator and a denominator")),
        (
            format!("PIX_CERTIFICATION;{known};2020-2021;;9;5;;;"),
            Some("the numerator 9 is greater than the denominator 5"),
        ),
        (format!("PIX_CERTIFICATION;{known};2020-2021;;NaN;5;;;"), Some("a number from 0 on")),
        (format!("PIX_CERTIFICATION;{known};2020-2021;;-1;5;;;"), Some("a number from 0 on")),
        (format!("PIX_CERTIFICATION;{known};2020-2021;;1;5;31/01/2021;;"), Some("a date is written 2018-06-28")),
        (
            format!("PIX_CERTIFICATION;{known};2020-2021;;1;5;;SURE;"),
            Some("provenance is one of OFFICIAL, DECLARED, DERIVED, SIMULATED"),
        ),
        (format!("PIX_CERTIFICATION;{known};2020-2021"), Some("3 columns where the header has 9")),
    ];
    let header = "indicator;uai;school_year;status;numerator;denominator;observed_on;provenance;source";
    let content = rows.iter().fold(header.to_owned(), |content, (row, _)| format!("{content}\n{row}"));
    let (report, lines) = house.import(&format!("{content}\n")).await;
    let reasons: Vec<&str> = rows.iter().filter_map(|(_, reason)| *reason).collect();
    assert_eq!((report.rows, report.counted("written"), report.refused), (15, 1, reasons.len() as u64));
    // Widths are refused while reading, the others while writing: each names its line.
    for (at, (_, reason)) in rows.iter().enumerate() {
        if let Some(reason) = reason {
            let place = format!(":{}: refused: ", at + 2);
            assert!(
                lines.iter().any(|line| line.contains(&place) && line.contains(reason)),
                "{place}{reason}: {lines:#?}"
            );
        }
    }
    let (again, _) = house.import(&format!("{content}\n")).await;
    assert_eq!((again.counted("written"), again.counted("unchanged")), (0, 1));
}

#[rstest]
#[tokio::test]
async fn bad_targets_are_refused_by_themselves(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let (report, lines) = house
        .import(
            "indicator;territory;kind;value;kinds;applies_below\nDIGITAL_LABEL;REG-75;RATE;0.5;;\nDIGITAL_LABEL;Bordeaux;RATE;0.5;;\n\
             DIGITAL_LABEL;REG-75;GOAL;0.5;;\nDIGITAL_LABEL;REG-75;;0.5;;\nDIGITAL_LABEL;REG-75;RATE;50 %;;\nDIGITAL_LABEL;REG-75;RATE;0.5;LYCÉE;\n\
             DIGITAL_LABEL;REG-75;RATE;0.5;;oui\nDIGITAL_LABEL;REG-75;RATE;100;;\n",
        )
        .await;
    assert_eq!((report.counted("written"), report.refused), (1, 7), "{lines:#?}");
}

#[tokio::test]
async fn a_file_of_another_kind_is_refused_whole() {
    let house = House::new(Backend::Sqlite).await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "uai;project\n").expect("written");
    let refused =
        activation::import_indicators(&house.store, file.path(), &activation::ImportOptions::default(), |_| {}).await;
    assert!(
        refused
            .expect_err("refused")
            .to_string()
            .contains("the header is none of: indicator;uai;school_year | indicator;territory;kind")
    );
}
