//! `passerelle projections`: what services keep of others' events.

use std::process::ExitCode;

use anyhow::{Context, bail};
use events::Worker;
use kernel::Clock;

use crate::cli::ProjectionsCommand;
use crate::config::{Config, Flags};
use crate::house::House;
use crate::say;

/// Rebuilds the projection of a service.
pub(super) async fn run(command: ProjectionsCommand) -> anyhow::Result<ExitCode> {
    let ProjectionsCommand::Rebuild { service, common } = command;
    let config = Config::load(&common, &Flags::default())?;
    service_kit::telemetry::init(&config.telemetry)?;
    let name = service.name();
    let house = House::open(&config).await?;
    let Some(projection) = house.projection(name) else {
        bail!("{name} has no projection: it follows nobody's events");
    };
    let worker = Worker::new(Clock::System);
    let applied = events::rebuild(&worker, &*projection, &house.databases()).await;
    let applied = applied.with_context(|| format!("cannot rebuild the projection of {name}"))?;
    house.analyze().await?;
    house.close().await;
    say::answer(&format!("{name}: {applied} events of {} applied again", projection.sources().join(", ")));
    Ok(ExitCode::SUCCESS)
}
