//! The binary: all services and the gateway in one process, each role alone, imports, schema tools.
//!
//! The only crate that knows both sides; what a service or the gateway does is theirs.

mod cli;
mod commands;
mod config;
mod delivery;
mod demo;
mod fill;
mod house;
mod say;

use std::process::ExitCode;

use clap::Parser;

/// Runs the command of this process; the exit code is the command's answer.
pub fn run() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to standard output and is no failure; a mistake goes to standard error, with status 1.
            let code = if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
            drop(error.print());
            return code;
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say::problem(&format!("cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(code) => code,
        Err(error) => {
            say::problem(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
