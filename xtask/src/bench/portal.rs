//! Where the time of the portal's query goes: one request at a time, in both shapes, with the shares of SQL, gateway, services and
//! transport.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::load::{self, Seen};
use super::process::Server;
use super::queries::{Asked, SUBGRAPHS};

/// What a log line of a statement begins with, and what is not the query's: delivery of events goes on beside.
const STATEMENT: &str = "sqlx::query: summary=\"SELECT";
const BESIDE: [&str; 3] = ["outbox", "inbox_offsets", "leases"];

/// Prints the shares for pages of 10 and of 50.
pub(crate) fn run(binary: &Path, seconds: u64) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data").display().to_string();
    let common = ["--data", &data, "--listen", "127.0.0.1:0"];
    let start = |arguments: &[&str]| Server::start(binary, &[arguments, &common].concat());
    drop(start(&["serve", "--demo"])?);
    let token = super::token(binary, &data)?;
    println!(
        "portal: one connection, {seconds} s each, SQLite, gateway, services and load on one machine; ms a request"
    );
    println!(
        "{:<20} {:>11} {:>9} {:>6} {:>9} {:>9} {:>10} {:>11}",
        "query", "one process", "over HTTP", "SQL", "gateway", "services", "transport", "statements"
    );
    for (label, first) in [("cycle3_portal, 10", 10), ("cycle3_portal, 50", 50)] {
        let asked = Asked::of_the_portal(label, first, &token)?;
        let serve = start(&["serve", "--demo"])?;
        let together = ms(&ask(&serve, &asked, seconds)?);
        drop(serve);

        let services = SUBGRAPHS.map(|name| start(&["subgraph", name]));
        let services = services.into_iter().collect::<anyhow::Result<Vec<Server>>>()?;
        let ways = SUBGRAPHS.iter().zip(&services).map(|(name, service)| format!("{name}=http://{}", service.address));
        let ways: Vec<String> = ways.flat_map(|way| ["--subgraph".to_owned(), way]).collect();
        let arguments: Vec<&str> = std::iter::once("gateway").chain(ways.iter().map(String::as_str)).collect();
        let gateway = start(&arguments)?;
        let cpu = || services.iter().map(Server::cpu_seconds).sum::<anyhow::Result<f64>>();
        // Loaded and planned before it is measured.
        ask(&gateway, &asked, 1)?;
        let (of_gateway, of_services) = (gateway.cpu_seconds()?, cpu()?);
        let seen = ask(&gateway, &asked, seconds)?;
        // The load asks for one second more than it counts.
        let share = 1000.0 / count(&seen) * counted(seconds);
        let (of_gateway, of_services) = ((gateway.cpu_seconds()? - of_gateway) * share, (cpu()? - of_services) * share);
        let apart = ms(&seen);
        drop((gateway, services));

        let (sql, statements) = statements(binary, &data, &asked, seconds, folder.path())?;
        println!(
            "{label:<20} {together:>11.1} {apart:>9.1} {sql:>6.1} {of_gateway:>9.1} {:>9.1} {:>10.1} {statements:>11.0}",
            of_services - sql,
            apart - together
        );
    }
    println!(
        "SQL: time within statements, added up. gateway: CPU of its process over HTTP. services: CPU of theirs, less SQL."
    );
    println!(
        "transport: what a request takes longer over HTTP. Services run side by side, so that the parts may exceed the whole."
    );
    Ok(())
}

fn ask(server: &Server, asked: &Asked, seconds: u64) -> anyhow::Result<Seen> {
    load::run(&server.address, &asked.request(&server.address), 1, seconds)
}

fn ms(seen: &Seen) -> f64 {
    1000.0 / seen.per_second
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests stay far below 2^53")]
fn count(seen: &Seen) -> f64 {
    seen.requests as f64
}

#[expect(clippy::cast_precision_loss, reason = "some seconds")]
fn counted(seconds: u64) -> f64 {
    seconds as f64 / (seconds as f64 + 1.0)
}

/// Milliseconds within statements and their number, a request: out of the log of a process of its own, which telling slows down.
fn statements(binary: &Path, data: &str, asked: &Asked, seconds: u64, folder: &Path) -> anyhow::Result<(f64, f64)> {
    let log: PathBuf = folder.join("statements.log");
    let arguments = ["serve", "--demo", "--data", data, "--listen", "127.0.0.1:0"];
    let filter = [("PASSERELLE__TELEMETRY__FILTER", "warn,sqlx::query=debug")];
    let serve = Server::start_with(binary, &arguments, &filter, Some(&log))?;
    ask(&serve, asked, 1)?;
    let before = std::fs::metadata(&log)?.len();
    let seen = ask(&serve, asked, seconds)?;
    drop(serve);
    let text = std::fs::read(&log)?;
    let text = String::from_utf8_lossy(&text[usize::try_from(before)?..]).into_owned();
    let of_query = |line: &&str| line.contains(STATEMENT) && !BESIDE.iter().any(|table| line.contains(table));
    let elapsed = |line: &str| -> anyhow::Result<f64> {
        let (_, rest) = line.rsplit_once("elapsed_secs=").context("a statement tells how long it took")?;
        Ok(rest
            .split(|c: char| c != '.' && c != 'e' && c != '-' && !c.is_ascii_digit())
            .next()
            .unwrap_or_default()
            .parse()?)
    };
    let all = text.lines().filter(of_query).map(elapsed).collect::<anyhow::Result<Vec<f64>>>()?;
    ensure!(!all.is_empty(), "the log tells of statements");
    let share = counted(seconds) / count(&seen);
    let number = u32::try_from(all.len()).context("a log of some minutes")?;
    Ok((all.iter().sum::<f64>() * 1000.0 * share, f64::from(number) * share))
}
