//! `import sectors`: the carte scolaire. The official file says it of communes, a file of our own says it of écoles; the header
//! tells which one it is. How the two go together is documented in `docs/imports.md`.

mod gathered;

use std::collections::BTreeSet;
use std::path::Path;

use db::outbox::{self, NewEvent};
use db::{StoreError, Tx};
use import::{Record, Report, Row};
use kernel::Uai;
use kernel::events::SectorChanged;

use self::gathered::Gathered;
use super::{ImportError, ImportOptions, finish};
use crate::Store;
use crate::domain::Sector;
use crate::domain::sector::{Role, Step, step};
use crate::domain::sector_file::{BY_COMMUNE, BY_ECOLE, Known, Shape};

/// Communes, or écoles of a file of écoles, written in one transaction.
const BATCH: usize = 500;
/// Écoles read and written with one statement.
const ECOLES: usize = 500;

/// Imports one file of the carte scolaire. `tell` gets each refusal as it happens.
///
/// # Errors
/// When the file cannot be read at all, or the database fails; single rows are refused in the report.
pub async fn import_sectors(
    store: &Store,
    file: &Path,
    options: &ImportOptions,
    tell: impl FnMut(&str) + Send + 'static,
) -> Result<Report, ImportError> {
    let mut report = Report::new(file, tell);
    // Opened first: a file that is none costs no reading of the directory.
    drop(import::open_one_of(file, &[BY_COMMUNE, BY_ECOLE])?);
    let known = Known { roles: store.sector_roles().await?, territories: store.territory_names().await? };
    let (shape, gathered) = gather(file, &known, &mut report)?;
    for batch in gathered.whole().chunks(BATCH) {
        let mut tx = store.begin_writing().await?;
        let told = match shape {
            Shape::ByCommune => of_communes(store, &mut tx, batch, &mut report).await?,
            Shape::ByEcole => batch.iter().map(|(ecole, colleges)| (ecole.clone(), sector(colleges, true))).collect(),
        };
        for chunk in told.chunks(ECOLES) {
            write(store, &mut tx, chunk, options, &mut report).await?;
        }
        finish(tx, options.dry_run).await?;
    }
    Ok(report)
}

/// Reads the file, and once more where a row was refused: the others of its commune or école are refused with it.
fn gather(file: &Path, known: &Known, report: &mut Report) -> Result<(Shape, Gathered), ImportError> {
    let mut gathered = Gathered::default();
    let shape = each_row(file, |shape, row, outcome| {
        report.rows += 1;
        match outcome.and_then(|()| shape.read(row, known)) {
            Ok((about, college)) => gathered.add(about, college),
            Err(reason) => {
                report.refuse(row.line(), &reason);
                if let Ok(about) = shape.about(row, known) {
                    gathered.spoil(about);
                }
            }
        }
    })?;
    if gathered.is_spoiled() {
        each_row(file, |shape, row, outcome| {
            let refusal =
                outcome.and_then(|()| shape.read(row, known)).ok().and_then(|(about, _)| gathered.refusal(&about));
            if let Some(reason) = refusal {
                report.refuse(row.line(), &reason);
            }
        })?;
    }
    Ok((shape, gathered))
}

/// Streams the rows of a file, each with what is wrong with it as a record.
fn each_row(file: &Path, mut take: impl FnMut(Shape, Row<'_>, Result<(), String>)) -> Result<Shape, ImportError> {
    let (shape, mut records, header) = import::open_one_of(file, &[BY_COMMUNE, BY_ECOLE])?;
    let shape = if shape == 0 { Shape::ByCommune } else { Shape::ByEcole };
    let mut record = Record::default();
    while let Some(outcome) = records.read(&mut record)? {
        take(shape, Row { header: &header, record: &record }, outcome.map_err(|error| error.to_string()));
    }
    Ok(shape)
}

fn sector(colleges: &BTreeSet<Uai>, exact: bool) -> Sector {
    Sector { colleges: colleges.iter().map(Uai::to_string).collect(), exact }
}

/// The sectors that these communes give to their écoles, in the order of communes.
async fn of_communes(
    store: &Store,
    tx: &mut Tx,
    communes: &[(String, BTreeSet<Uai>)],
    report: &mut Report,
) -> Result<Vec<(String, Sector)>, StoreError> {
    let ids: Vec<String> = communes.iter().map(|(commune, _)| commune.clone()).collect();
    let mut ecoles = store.ecoles_of_communes(tx, &ids).await?;
    let mut told = Vec::new();
    for (commune, colleges) in communes {
        let ecoles = ecoles.remove(commune).unwrap_or_default();
        if !ecoles.iter().any(|(_, role)| *role == Role::SectorEcole) {
            report.count("communes without école", 1);
        }
        // One that has become private or a maternelle loses the sector that its commune once gave it.
        told.extend(ecoles.into_iter().map(|(uai, role)| match role {
            Role::SectorEcole => (uai, sector(colleges, false)),
            _ => (uai, Sector::default()),
        }));
    }
    Ok(told)
}

/// Writes the sectors that differ and tells them.
async fn write(
    store: &Store,
    tx: &mut Tx,
    told: &[(String, Sector)],
    options: &ImportOptions,
    report: &mut Report,
) -> Result<(), StoreError> {
    let uais: Vec<String> = told.iter().map(|(ecole, _)| ecole.clone()).collect();
    let known = store.sectors(tx, &uais).await?;
    let nothing = Sector::default();
    let (mut writes, mut events) = (Vec::new(), Vec::new());
    for (ecole, told) in told {
        let known = known.get(ecole).unwrap_or(&nothing);
        match step(known, told) {
            // It had no sector and gets none: nobody speaks of it.
            Step::Same if told.colleges.is_empty() => {}
            Step::Same => report.count("écoles unchanged", 1),
            Step::Kept => report.count("écoles known exactly", 1),
            Step::Confirm => {
                report.count("écoles changed", 1);
                writes.push((ecole, told));
            }
            Step::Change => {
                report.count("écoles changed", 1);
                writes.push((ecole, told));
                events.push(event(ecole, told));
            }
        }
    }
    store.write_sectors(tx, &writes).await?;
    outbox::append(tx, &events, options.clock.now()).await
}

fn event(ecole: &str, sector: &Sector) -> NewEvent {
    let payload = SectorChanged { ecole: ecole.to_owned(), colleges: sector.colleges.iter().cloned().collect() };
    NewEvent::new(SectorChanged::KIND, ecole, &payload)
}
