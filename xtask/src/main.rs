//! Development steps: `cargo xtask schema [--check]`, `cargo xtask deps`, `cargo xtask bench`.

mod deps;
mod schema;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(about = "Development steps of this workspace")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the subgraph schemas as the code has them and compose the supergraph
    Schema {
        /// Only tell what differs from the files
        #[arg(long)]
        check: bool,
    },
    /// Check that no crate depends on one that it may not know
    Deps,
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Schema { check } => schema::run(check),
        Command::Deps => deps::run(),
    }
}
