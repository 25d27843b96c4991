//! `passerelle import`: files into services, and their events to the others before the command ends.

use std::path::Path;
use std::process::ExitCode;

use anyhow::ensure;
use events::Worker;
use import::{Outcome, Report};
use kernel::Clock;

use crate::cli::{Import, ImportKind};
use crate::config::{Config, Flags};
use crate::house::House;
use crate::say;

/// Some rows or files were refused, the rest was imported.
const SOME_REFUSED: u8 = 2;

/// Imports each file in turn.
pub(super) async fn run(command: Import) -> anyhow::Result<ExitCode> {
    let only_annuaire = command.as_of.is_some() || command.complete.is_some();
    ensure!(!only_annuaire || command.kind == ImportKind::Annuaire, "--as-of and --complete are for annuaire alone");
    let config = Config::load(&command.common, &Flags::default())?;
    service_kit::telemetry::init(&config.telemetry)?;
    let house = House::open(&config).await?;
    let worker = Worker::new(Clock::System);
    // What the indicators know of the directory must be whole before observations are checked against it.
    house.deliver(&worker).await?;
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
    house.deliver(&worker).await?;
    if !command.dry_run {
        house.analyze().await?;
    }
    house.close().await;
    if command.dry_run {
        say::answer("dry run: nothing was kept");
    }
    Ok(match (whole, in_part, failed) {
        (_, 0, 0) => ExitCode::SUCCESS,
        (0, 0, _) => ExitCode::FAILURE,
        _ => ExitCode::from(SOME_REFUSED),
    })
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
