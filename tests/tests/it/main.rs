//! End to end: the binary's own processes.

mod acceptance;
mod access;
mod commands;
mod delivery;
mod directories;
mod explorer;
mod imports;
mod issuers;
mod killed;
mod logins;
mod people;
mod portal;
mod quickstart;
mod resilience;
mod telemetry;
mod tokens;
