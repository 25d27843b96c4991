//! `passerelle import`: files into services, and their events to the others before the command ends.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{bail, ensure};
use events::Worker;
use import::{Outcome, Report};
use kernel::Clock;

use super::people;
use crate::cli::{Import, ImportKind};
use crate::config::{Config, Flags};
use crate::house::House;
use crate::say;

/// Some rows or files were refused, the rest was imported.
pub(super) const SOME_REFUSED: u8 = 2;

/// Imports each file in turn.
pub(super) async fn run(command: Import) -> anyhow::Result<ExitCode> {
    let (aaf, annuaire) = (command.kind == ImportKind::Aaf, command.kind == ImportKind::Annuaire);
    ensure!(command.as_of.is_none() || annuaire || aaf, "--as-of is for annuaire and aaf alone");
    ensure!(
        command.complete.is_none() || annuaire,
        "--complete is for annuaire alone: files of AAF say it by their names"
    );
    let of_people = &command.people;
    let given = of_people.academy.is_some() || of_people.degree.is_some() || !of_people.accept_removals.is_empty();
    ensure!(!given || aaf, "--academy, --degree and --accept-removals are for aaf alone");
    let config = Config::load(&command.common, &Flags::default())?;
    service_kit::telemetry::init(&config.telemetry)?;
    let house = House::open(&config).await?;
    let worker = Worker::new(Clock::System);
    // What the indicators know of the directory must be whole before observations are checked against it.
    house.deliver(&worker).await?;
    if aaf {
        let code = people::import(&house, &config, &command).await?;
        return close(&house, &worker, command.dry_run, code).await;
    }
    let options = establishments::ImportOptions {
        as_of: command.as_of,
        complete: command.complete,
        dry_run: command.dry_run,
        clock: Clock::System,
    };
    let (mut whole, mut in_part, mut failed) = (0, 0, 0);
    for file in &command.files {
        match import_file(&house, command.kind, file, &options).await {
            Ok(report) => {
                say::answer(&report.to_string());
                *(if report.outcome() == Outcome::Complete { &mut whole } else { &mut in_part }) += 1;
            }
            // The other files are imported all the same, and their events delivered.
            Err(error) => {
                say::problem(&format!("{error:#}"));
                failed += 1;
            }
        }
    }
    let code = match (whole, in_part, failed) {
        (_, 0, 0) => ExitCode::SUCCESS,
        (0, 0, _) => ExitCode::FAILURE,
        _ => ExitCode::from(SOME_REFUSED),
    };
    close(&house, &worker, command.dry_run, code).await
}

/// Tells the other services what changed, and closes the house.
pub(super) async fn close(house: &House, worker: &Worker, dry_run: bool, code: ExitCode) -> anyhow::Result<ExitCode> {
    house.deliver(worker).await?;
    if !dry_run {
        house.analyze().await?;
    }
    house.close().await;
    if dry_run {
        say::answer("dry run: nothing was kept");
    }
    Ok(code)
}

/// Imports one file; refusals and warnings go to standard error as they happen.
pub(crate) async fn import_file(
    house: &House,
    kind: ImportKind,
    file: &Path,
    options: &establishments::ImportOptions,
) -> anyhow::Result<Report> {
    let tell = |line: &str| say::progress(line);
    Ok(match kind {
        ImportKind::Aaf => bail!("files of AAF are read together"),
        ImportKind::Annuaire => establishments::import_annuaire(&house.establishments, file, options, tell).await?,
        ImportKind::Sectors => establishments::import_sectors(&house.establishments, file, options, tell).await?,
        ImportKind::Intercommunalites => {
            establishments::import_intercommunalites(&house.establishments, file, options, tell).await?
        }
        ImportKind::Deployments => {
            establishments::import_deployments(&house.establishments, file, options, tell).await?
        }
        ImportKind::Indicators => {
            let options = activation::ImportOptions { dry_run: options.dry_run };
            activation::import_indicators(&house.activation, file, &options, tell).await?
        }
    })
}
