//! Development steps: `cargo xtask schema [--check]`, `cargo xtask deps`, `cargo xtask bench`.
#![expect(clippy::print_stdout, reason = "benchmarks print their figures")]

mod bench;
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
    /// Measure: the dashboards' and the portal's queries in both shapes, and the imports of the directory and of people
    Bench {
        /// Only this
        which: Option<bench::Bench>,
        /// Rows of the import of the directory
        #[arg(long, default_value_t = 200_000)]
        rows: u32,
        #[command(flatten)]
        academy: bench::Size,
        /// Seconds for each query and shape
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Schema { check } => schema::run(check),
        Command::Deps => deps::run(),
        Command::Bench { which, rows, academy, seconds } => bench::run(which, rows, &academy, seconds),
    }
}
