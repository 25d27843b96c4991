//! `import indicators`: observations and targets, two files of our own that the header tells apart. Their columns are
//! documented in `docs/imports.md`.

use std::collections::HashSet;
use std::path::Path;

use db::StoreError;
use import::{Column, Report, Row};
use kernel::{Degree, EstablishmentKind, LegalStatus, Provenance, SchoolYear, TerritoryId, Uai};

use super::{ImportError, ImportOptions};
use crate::Store;
use crate::domain::{Counting, IndicatorCode, Perimeter, Target, TargetKind, Unit};
use crate::store::{ObservationWrite, TargetWrite};

/// Rows written in one transaction.
const BATCH: usize = 500;
/// Counts above this are no counts of a school.
const MAX_COUNT: f64 = 1e9;

const OBSERVATIONS: &[Column] = &[
    Column::required(&["indicator"]),
    Column::required(&["uai"]),
    Column::required(&["school_year"]),
    Column::optional(&["status"]),
    Column::optional(&["numerator"]),
    Column::optional(&["denominator"]),
    Column::optional(&["observed_on"]),
    Column::optional(&["provenance"]),
    Column::optional(&["source"]),
];
const TARGETS: &[Column] = &[
    Column::required(&["indicator"]),
    Column::required(&["territory"]),
    Column::required(&["kind"]),
    Column::optional(&["value"]),
    Column::optional(&["unit"]),
    Column::optional(&["applies_below"]),
    Column::optional(&["kinds"]),
    Column::optional(&["natures"]),
    Column::optional(&["degree"]),
    Column::optional(&["legal_status"]),
    Column::optional(&["ent_project"]),
    Column::optional(&["due_on"]),
    Column::optional(&["baseline"]),
    Column::optional(&["wording"]),
    Column::optional(&["source"]),
];

/// Imports one file: observations or targets, as its header says.
///
/// # Errors
/// When the file cannot be read at all, or the database fails; single rows are refused in the report.
pub async fn import_indicators(
    store: &Store,
    file: &Path,
    options: &ImportOptions,
    tell: impl FnMut(&str) + Send + 'static,
) -> Result<Report, ImportError> {
    let mut report = Report::new(file, tell);
    let (shape, mut records, header) = import::open_one_of(file, &[OBSERVATIONS, TARGETS])?;
    loop {
        let batch = import::read_batch(&mut records, BATCH, &mut report)?;
        if batch.is_empty() {
            return Ok(report);
        }
        let rows: Vec<Row<'_>> = batch.iter().map(|record| Row { header: &header, record }).collect();
        if shape == 0 {
            observations(store, &rows, options, &mut report).await?;
        } else {
            targets(store, &rows, options, &mut report).await?;
        }
    }
}

fn number(row: &Row<'_>, column: usize) -> Result<Option<f64>, String> {
    let read = |text: &str| {
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && (0.0..MAX_COUNT).contains(number));
        number.ok_or_else(|| format!("a number from 0 on, with a point for decimals; got {text:?}"))
    };
    row.some(column).map(read).transpose()
}

fn indicator(row: &Row<'_>) -> Result<IndicatorCode, String> {
    IndicatorCode::parse(row.text(0)).ok_or_else(|| format!("no indicator {:?} in the catalogue", row.text(0)))
}

fn word<T>(
    row: &Row<'_>,
    column: (usize, &str),
    parse: impl Fn(&str) -> Option<T>,
    known: &str,
) -> Result<Option<T>, String> {
    let (column, name) = column;
    row.some(column)
        .map(|text| parse(text).ok_or_else(|| format!("{name} is one of {known}; got {text:?}")))
        .transpose()
}

async fn observations(
    store: &Store,
    rows: &[Row<'_>],
    options: &ImportOptions,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut tx = store.db().begin().await?;
    let uais: Vec<String> = rows.iter().map(|row| row.text(1).to_owned()).collect();
    let known = store.known_uais(&mut tx, &uais).await?;
    for row in rows {
        match observation(row, &known) {
            Err(reason) => report.refuse(row.line(), &reason),
            Ok(write) => {
                let changed = store.write_observation(&mut tx, &write).await?;
                report.count(if changed { "written" } else { "unchanged" }, 1);
            }
        }
    }
    if options.dry_run { Ok(()) } else { tx.commit().await }
}

fn observation(row: &Row<'_>, known: &HashSet<String>) -> Result<ObservationWrite, String> {
    let indicator = indicator(row)?;
    let uai: Uai = row.text(1).parse().map_err(|error: kernel::BadUai| error.to_string())?;
    if !known.contains(uai.as_str()) {
        return Err(format!("the directory holds no establishment {uai}; import it first"));
    }
    let year: SchoolYear = row.text(2).parse().map_err(|error: kernel::BadSchoolYear| error.to_string())?;
    let definition = indicator.definition();
    let (status, numerator, denominator) = match (definition.accepted_statuses(), definition.counting) {
        (Some(accepted), _) => {
            let status = row.text(3);
            if !accepted.contains(&status) {
                return Err(format!(
                    "a status of {} is one of {}; got {status:?}",
                    indicator.as_str(),
                    accepted.join(", ")
                ));
            }
            (Some(status.to_owned()), None, None)
        }
        (None, Counting::Sums) => {
            let (numerator, denominator) = (number(row, 4)?, number(row, 5)?);
            let (Some(part), Some(whole)) = (numerator, denominator) else {
                return Err(format!("{} needs a numerator and a denominator", indicator.as_str()));
            };
            if part > whole {
                return Err(format!("the numerator {part} is greater than the denominator {whole}"));
            }
            (None, numerator, denominator)
        }
        (None, _) => return Err(format!("{} is computed and takes no observations", indicator.as_str())),
    };
    let provenance = word(row, (7, "provenance"), Provenance::parse, "OFFICIAL, DECLARED, DERIVED, SIMULATED")?
        .unwrap_or(Provenance::Declared);
    Ok(ObservationWrite {
        indicator,
        uai: uai.to_string(),
        year,
        status,
        numerator,
        denominator,
        observed_on: row.date(6)?,
        provenance: provenance.rank(),
        source: row.some(8).map(str::to_owned),
    })
}

async fn targets(
    store: &Store,
    rows: &[Row<'_>],
    options: &ImportOptions,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut tx = store.db().begin().await?;
    for row in rows {
        match target(row) {
            Err(reason) => report.refuse(row.line(), &reason),
            Ok(write) => {
                store.write_target(&mut tx, &write).await?;
                report.count("written", 1);
            }
        }
    }
    if options.dry_run { Ok(()) } else { tx.commit().await }
}

fn target(row: &Row<'_>) -> Result<TargetWrite, String> {
    let indicator = indicator(row)?;
    let territory: TerritoryId = row.text(1).parse().map_err(|error: kernel::BadTerritoryId| error.to_string())?;
    let kind =
        word(row, (2, "kind"), TargetKind::parse, "RATE, COUNT, MEAN, GROWTH")?.ok_or("a target needs a kind")?;
    let words =
        |column: usize| row.text(column).split(',').map(str::trim).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let kinds = words(6)
        .into_iter()
        .map(|word| EstablishmentKind::parse(word).ok_or_else(|| format!("{word:?} is no kind of establishment")))
        .collect::<Result<Vec<_>, _>>()?;
    let perimeter = Perimeter::new(
        kinds,
        words(7).into_iter().map(str::to_owned).collect(),
        word(row, (8, "degree"), Degree::parse, "FIRST, SECOND")?,
        word(row, (9, "legal_status"), LegalStatus::parse, "PUBLIC, PRIVATE")?,
        row.some(10).map(str::to_owned),
    );
    let applies_below = match row.text(5) {
        "true" => true,
        "" | "false" => false,
        other => return Err(format!("applies_below is true or false; got {other:?}")),
    };
    let value = number(row, 3)?;
    if kind == TargetKind::Rate && value.is_some_and(|value| value > 1.0) {
        return Err(format!("a rate lies between 0 and 1 (100 % is 1); got {}", row.text(3)));
    }
    let target = Target {
        kind,
        value,
        unit: word(row, (4, "unit"), Unit::parse, "ESTABLISHMENTS, DEPARTMENTS, ACCOUNTS, PEOPLE, PIX")?,
        due_on: row.date(11)?,
        baseline: number(row, 12)?,
        wording: row.some(13).map(str::to_owned),
        source: row.some(14).map(str::to_owned),
    };
    // The same aim on the same date, told again, replaces what was told before.
    let due = target.due_on.map(|date| date.to_string()).unwrap_or_default();
    let id = format!("{}|{territory}|{}|{}|{due}", indicator.as_str(), perimeter.spelling(), kind.as_str());
    Ok(TargetWrite { id, indicator, territory_id: territory.to_string(), applies_below, perimeter, target })
}
