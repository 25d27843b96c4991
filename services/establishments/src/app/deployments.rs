//! `import deployments`: organisations, ENT projects and deployments, three files of our own that the header tells apart.
//! Their columns are documented in `docs/imports.md`.

use std::collections::HashSet;
use std::path::Path;

use db::StoreError;
use db::outbox::{self, NewEvent};
use import::{Column, Report, Row};
use kernel::events::DeploymentChanged;
use kernel::{Provenance, SchoolYear, TerritoryId, Uai};

use super::{ImportError, ImportOptions, finish};
use crate::Store;
use crate::domain::{DegreesError, DeploymentStatus, OrganisationKind};
use crate::store::{DeploymentWrite, OrganisationRow, ProjectRow, ProjectWrite};

/// Rows written in one transaction.
const BATCH: usize = 500;

const DEPLOYMENTS: &[Column] = &[
    Column::required(&["uai"]),
    Column::required(&["project"]),
    Column::required(&["school_year"]),
    Column::required(&["status"]),
    Column::optional(&["opened_on"]),
    Column::optional(&["closed_on"]),
    Column::optional(&["observed_on"]),
    Column::optional(&["provenance"]),
    Column::optional(&["source"]),
];
const PROJECTS: &[Column] = &[
    Column::required(&["project"]),
    Column::required(&["name"]),
    Column::required(&["degrees"]),
    Column::optional(&["owners"]),
    Column::optional(&["vendor"]),
    Column::optional(&["url"]),
    Column::optional(&["succeeded_by"]),
];
const ORGANISATIONS: &[Column] = &[
    Column::required(&["organisation"]),
    Column::required(&["kind"]),
    Column::required(&["name"]),
    Column::optional(&["territory"]),
];

/// Imports one file: organisations, ENT projects or deployments, as its header says.
///
/// # Errors
/// When the file cannot be read at all, or the database fails; single rows are refused in the report.
pub async fn import_deployments(
    store: &Store,
    file: &Path,
    options: &ImportOptions,
    tell: impl FnMut(&str) + Send + 'static,
) -> Result<Report, ImportError> {
    let mut report = Report::new(file, tell);
    let (shape, mut records, header) = import::open_one_of(file, &[DEPLOYMENTS, PROJECTS, ORGANISATIONS])?;
    loop {
        let batch = import::read_batch(&mut records, BATCH, &mut report)?;
        if batch.is_empty() {
            return Ok(report);
        }
        let rows: Vec<Row<'_>> = batch.iter().map(|record| Row { header: &header, record }).collect();
        match shape {
            0 => deployments(store, &rows, options, &mut report).await?,
            1 => projects(store, &rows, options, &mut report).await?,
            _ => organisations(store, &rows, options, &mut report).await?,
        }
    }
}

/// A slug: lower-case letters, digits and hyphens.
fn slug(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !text.is_empty() && text.len() <= 64 && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(format!("an id is lower-case letters, digits and hyphens; got {text:?}"))
    }
}

async fn deployments(
    store: &Store,
    rows: &[Row<'_>],
    options: &ImportOptions,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut tx = store.db().begin().await?;
    let uais: Vec<String> = rows.iter().map(|row| row.text(0).to_owned()).collect();
    let known = store.known_uais(&mut tx, &uais).await?;
    let projects: Vec<String> =
        rows.iter().map(|row| row.text(1).to_owned()).collect::<HashSet<_>>().into_iter().collect();
    let projects: HashSet<String> = store.projects_by_ids(&projects).await?.into_iter().map(|row| row.id).collect();
    let mut events = Vec::new();
    for row in rows {
        let write = match deployment(row, &known, &projects) {
            Ok(write) => write,
            Err(reason) => {
                report.refuse(row.line(), &reason);
                continue;
            }
        };
        if store.write_deployment(&mut tx, &write).await? {
            report.count("written", 1);
            events.push(event(&write));
        } else {
            report.count("unchanged", 1);
        }
    }
    outbox::append(&mut tx, &events, options.clock.now()).await?;
    finish(tx, options.dry_run).await
}

fn deployment(row: &Row<'_>, known: &HashSet<String>, projects: &HashSet<String>) -> Result<DeploymentWrite, String> {
    let uai: Uai = row.text(0).parse().map_err(|error: kernel::BadUai| error.to_string())?;
    if !known.contains(uai.as_str()) {
        return Err(format!("the directory holds no establishment {uai}; import it first"));
    }
    let project_id = slug(row.text(1))?;
    if !projects.contains(&project_id) {
        return Err(format!("no ENT project {project_id:?} is known; import the projects first"));
    }
    let school_year: SchoolYear = row.text(2).parse().map_err(|error: kernel::BadSchoolYear| error.to_string())?;
    let status = DeploymentStatus::parse(row.text(3))
        .ok_or_else(|| format!("a status is PLANNED, OPEN or CLOSED; got {:?}", row.text(3)))?;
    let provenance = match row.text(7) {
        "" => Provenance::Declared,
        text => Provenance::parse(text)
            .ok_or_else(|| format!("a provenance is OFFICIAL, DECLARED, DERIVED or SIMULATED; got {text:?}"))?,
    };
    let (opened_on, closed_on) = (row.date(4)?, row.date(5)?);
    if closed_on.is_some() && closed_on < opened_on {
        return Err("closed_on lies before opened_on".to_owned());
    }
    Ok(DeploymentWrite {
        uai: uai.to_string(),
        project_id,
        school_year,
        status,
        opened_on,
        closed_on,
        observed_on: row.date(6)?,
        provenance,
        source: row.some(8).map(str::to_owned),
    })
}

fn event(write: &DeploymentWrite) -> NewEvent {
    let payload = DeploymentChanged {
        uai: write.uai.clone(),
        project: write.project_id.clone(),
        school_year: write.school_year.to_string(),
        status: write.status.as_str().to_owned(),
        observed_on: write.observed_on,
        provenance: write.provenance,
        source: write.source.clone(),
    };
    NewEvent::new(DeploymentChanged::KIND, write.uai.clone(), &payload)
}

async fn projects(
    store: &Store,
    rows: &[Row<'_>],
    options: &ImportOptions,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut tx = store.db().begin().await?;
    let mut written: HashSet<String> = HashSet::new();
    for row in rows {
        let project = match project(row) {
            Ok(project) => project,
            Err(reason) => {
                report.refuse(row.line(), &reason);
                continue;
            }
        };
        let mut wanted: Vec<String> = project.owners.clone();
        wanted.extend(project.row.vendor_id.clone());
        let found: HashSet<String> = store.organisations_by_ids(&wanted).await?.into_iter().map(|row| row.id).collect();
        if let Some(missing) = wanted.iter().find(|id| !found.contains(*id)) {
            report.refuse(row.line(), &format!("no organisation {missing:?} is known; import the organisations first"));
            continue;
        }
        if let Some(next) = &project.row.succeeded_by
            && !written.contains(next)
            && store.projects_by_ids(std::slice::from_ref(next)).await?.is_empty()
        {
            report.refuse(row.line(), &format!("no ENT project {next:?} is known; its row must stand before"));
            continue;
        }
        store.write_project(&mut tx, &project).await?;
        written.insert(project.row.id);
        report.count("written", 1);
    }
    finish(tx, options.dry_run).await
}

fn project(row: &Row<'_>) -> Result<ProjectWrite, String> {
    let degrees = row.text(2);
    let (mut first_degree, mut second_degree) = (false, false);
    for degree in degrees.split(',') {
        match degree.trim() {
            "FIRST" => first_degree = true,
            "SECOND" => second_degree = true,
            _ => return Err(DegreesError(degrees.to_owned()).to_string()),
        }
    }
    let url = row.some(5).map(str::to_owned);
    if let Some(url) = url.as_deref().filter(|url| !url.starts_with("https://")) {
        return Err(format!("an address begins with https://; got {url:?}"));
    }
    let name = row.some(1).map(str::to_owned).ok_or("no name")?;
    let owners = row.text(3).split(',').map(str::trim).filter(|owner| !owner.is_empty()).map(str::to_owned).collect();
    let row = ProjectRow {
        id: slug(row.text(0))?,
        name,
        url,
        first_degree,
        second_degree,
        vendor_id: row.some(4).map(str::to_owned),
        succeeded_by: row.some(6).map(str::to_owned),
    };
    Ok(ProjectWrite { row, owners })
}

async fn organisations(
    store: &Store,
    rows: &[Row<'_>],
    options: &ImportOptions,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut tx = store.db().begin().await?;
    for row in rows {
        let organisation = match organisation(row) {
            Ok(organisation) => organisation,
            Err(reason) => {
                report.refuse(row.line(), &reason);
                continue;
            }
        };
        if let Some(territory) = &organisation.territory_id
            && store.territories_by_ids(std::slice::from_ref(territory)).await?.is_empty()
        {
            report.refuse(row.line(), &format!("no territory {territory} is known"));
            continue;
        }
        store.write_organisation(&mut tx, &organisation).await?;
        report.count("written", 1);
    }
    finish(tx, options.dry_run).await
}

fn organisation(row: &Row<'_>) -> Result<OrganisationRow, String> {
    let kind = OrganisationKind::parse(row.text(1)).ok_or_else(|| {
        let known: Vec<&str> = OrganisationKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("a kind of organisation is one of {}; got {:?}", known.join(", "), row.text(1))
    })?;
    let name = row.some(2).map(str::to_owned).ok_or("no name")?;
    let territory: Option<TerritoryId> = match row.text(3) {
        "" => None,
        text => Some(text.parse().map_err(|error: kernel::BadTerritoryId| error.to_string())?),
    };
    Ok(OrganisationRow {
        id: slug(row.text(0))?,
        kind: kind.as_str().to_owned(),
        name,
        territory_id: territory.map(|id| id.to_string()),
    })
}
