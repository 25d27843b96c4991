//! End to end: the binary's own processes.

mod acceptance;
mod commands;
mod explorer;
mod imports;
mod resilience;
mod tokens;
