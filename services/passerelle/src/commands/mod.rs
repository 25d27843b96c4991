//! One command a file.

pub(crate) mod import;
mod projections;
mod roles;
mod schema;
mod serve;
mod token;

use std::process::ExitCode;

use events::Worker;
use kernel::Clock;

use crate::cli::{Cli, Command, ConfigCommand};
use crate::config::{Config, Flags};
use crate::house::House;
use crate::say;

/// Runs a command.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Serve(serve) => serve::run(serve).await,
        Command::Gateway(role) => roles::gateway(role).await,
        Command::Subgraph(role) => roles::subgraph(role).await,
        Command::Import(import) => import::run(import).await,
        Command::Projections { command } => projections::run(command).await,
        Command::Schema { command } => schema::run(&command),
        Command::Token { command } => token::run(command),
        Command::Config { command: ConfigCommand::Check(common) } => {
            let config = Config::load(&common, &Flags::default())?;
            say::answer(&serde_json::to_string_pretty(&config.redacted())?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Migrate(common) => {
            let config = Config::load(&common, &Flags::default())?;
            service_kit::telemetry::init(&config.telemetry)?;
            let house = House::open(&config).await?;
            house.deliver(&Worker::new(Clock::System)).await?;
            house.close().await;
            say::answer("the tables of every service are up to date");
            Ok(ExitCode::SUCCESS)
        }
    }
}
