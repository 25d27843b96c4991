//! The dashboards' queries over the demonstration's data, in one process and over HTTP.

use std::path::Path;

use serde_json::json;

use super::load::{self, Seen};
use super::peer::{self, Recorder};
use super::process::Server;

const QUERIES: [&str; 3] = ["pix_orga", "montpellier_labels", "ent_deployment"];
/// Connections that ask at once.
const CONNECTIONS: usize = 8;

/// Prints a line for each query and shape.
pub(crate) fn run(binary: &Path, seconds: u64) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data").display().to_string();
    let common = ["--data", &data, "--listen", "127.0.0.1:0"];
    let start = |arguments: &[&str]| Server::start(binary, &[arguments, &common].concat());
    println!("queries: {CONNECTIONS} connections, {seconds} s each, SQLite, gateway, services and load on one machine");
    println!(
        "{:<20} {:<11} {:>8} {:>9} {:>9} {:>13} {:>8} {:>8}",
        "query", "shape", "req/s", "p50 ms", "p99 ms", "CPU s / 1000", "MB", "bytes"
    );

    let serve = start(&["serve", "--demo"])?;
    for name in QUERIES {
        let before = serve.cpu_seconds()?;
        let seen = ask(&serve.address, name, seconds)?;
        line(name, "one process", &seen, serve.cpu_seconds()? - before, serve.peak_mb()?);
    }
    drop(serve);

    let (establishments, activation) = (start(&["subgraph", "establishments"])?, start(&["subgraph", "activation"])?);
    let over = |one: &str, two: &str| {
        let (one, two) = (format!("establishments=http://{one}"), format!("activation=http://{two}"));
        start(&["gateway", "--subgraph", &one, "--subgraph", &two])
    };
    let gateway = over(&establishments.address, &activation.address)?;
    let (first, second) = (Recorder::before(&establishments.address)?, Recorder::before(&activation.address)?);
    let recorded = over(&first.address, &second.address)?;
    for name in QUERIES {
        let cpu = || -> anyhow::Result<f64> {
            Ok(gateway.cpu_seconds()? + establishments.cpu_seconds()? + activation.cpu_seconds()?)
        };
        let before = cpu()?;
        let seen = ask(&gateway.address, name, seconds)?;
        line(name, "over HTTP", &seen, cpu()? - before, gateway.peak_mb()?);
        // The peer: the calls that this query costs, without a gateway.
        let per_query = one_round(&recorded.address, name, [&first, &second])?;
        let floor = peer::replay(&per_query, CONNECTIONS, seconds)?;
        println!(
            "{:<20} {:<11} {floor:>8.0}   the same {} subgraph calls without a gateway; the gateway reaches {:.2} of it",
            "",
            "peer",
            per_query.len(),
            seen.per_second / floor
        );
    }
    Ok(())
}

/// The calls of exactly one run of a query.
fn one_round(gateway: &str, name: &str, recorders: [&Recorder; 2]) -> anyhow::Result<Vec<peer::Call>> {
    use std::io::{BufReader, Write};
    let mut stream = std::net::TcpStream::connect(gateway)?;
    stream.write_all(&load::post(gateway, "", &body(name)?))?;
    load::answer(&mut BufReader::new(stream), &mut Vec::new())?;
    Ok(recorders.iter().flat_map(|recorder| recorder.take()).collect())
}

fn body(name: &str) -> anyhow::Result<String> {
    Ok(json!({ "query": super::query(name)? }).to_string())
}

fn ask(address: &str, name: &str, seconds: u64) -> anyhow::Result<Seen> {
    load::run(address, &load::post(address, "", &body(name)?), CONNECTIONS, seconds)
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests stay far below 2^53")]
fn line(name: &str, shape: &str, seen: &Seen, cpu: f64, mb: f64) {
    let cpu = cpu / (seen.requests as f64) * 1000.0;
    println!(
        "{name:<20} {shape:<11} {:>8.0} {:>9.1} {:>9.1} {cpu:>13.2} {mb:>8.0} {:>8}",
        seen.per_second, seen.p50_ms, seen.p99_ms, seen.bytes
    );
}
