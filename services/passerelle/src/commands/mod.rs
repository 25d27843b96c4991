//! One command a file.

pub(crate) mod import;
mod metrics;
mod people;
mod projections;
mod roles;
mod schema;
mod serve;
mod token;

use std::process::ExitCode;

use anyhow::bail;
use events::Worker;
use kernel::Clock;
use service_kit::server::stop_signal;

use crate::cli::{Cli, Command, Common, ConfigCommand};
use crate::config::{Config, Flags};
use crate::house::House;
use crate::say;

/// Runs a command.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Serve(serve) => serve::run(serve).await,
        Command::Gateway(role) => roles::gateway(role).await,
        Command::Subgraph(role) => roles::subgraph(role).await,
        Command::Import(import) => unless_stopped(Box::pin(import::run(import))).await,
        Command::Sync { command } => unless_stopped(Box::pin(people::sync(command))).await,
        Command::Transition(command) => unless_stopped(people::transition(command)).await,
        Command::Retention(command) => unless_stopped(people::retention(command)).await,
        Command::Administrator { command } => people::administrator(command).await,
        Command::Projections { command } => unless_stopped(projections::run(command)).await,
        Command::Schema { command } => schema::run(&command),
        Command::Token { command } => token::run(command),
        Command::Config { command: ConfigCommand::Check(common) } => {
            let config = Config::load(&common, &Flags::default())?;
            say::answer(&serde_json::to_string_pretty(&config.redacted())?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Migrate(common) => unless_stopped(migrate(common)).await,
    }
}

async fn migrate(common: Common) -> anyhow::Result<ExitCode> {
    let config = Config::load(&common, &Flags::default())?;
    service_kit::telemetry::init(&config.telemetry)?;
    let house = House::open(&config).await?;
    house.deliver(&Worker::new(Clock::System)).await?;
    house.close().await;
    say::answer("the tables of every service are up to date");
    Ok(ExitCode::SUCCESS)
}

/// Runs a command to its end, or until it is told to stop: a container's first process is ended by no signal that it does not hear.
async fn unless_stopped(command: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    tokio::select! {
        outcome = command => outcome,
        () = stop_signal() => bail!("stopped; what was committed stays, and the same command goes on"),
    }
}
