//! The dashboards' queries and the portal's over the demonstration's data, in one process and over HTTP.

use std::path::Path;

use serde_json::{Value, json};

use super::load::{self, Seen};
use super::peer::{self, Recorder};
use super::process::Server;

/// Connections that ask at once.
const CONNECTIONS: usize = 8;
/// The subgraphs of this house.
pub(super) const SUBGRAPHS: [&str; 4] = ["establishments", "users", "productions", "activation"];

/// A query as it is asked.
pub(super) struct Asked {
    /// What it is called in the tables.
    pub(super) label: &'static str,
    body: String,
    headers: String,
}

impl Asked {
    /// A query of `tests/queries`, asked by nobody known.
    fn of_a_dashboard(name: &'static str) -> anyhow::Result<Self> {
        Ok(Self { label: name, body: body(name, &json!({}))?, headers: String::new() })
    }

    /// The portal's, with pages of this length, asked by the portal of Bordeaux.
    pub(super) fn of_the_portal(label: &'static str, first: u32, token: &str) -> anyhow::Result<Self> {
        let body = body("cycle3_portal", &json!({ "territory": "ACA-04", "first": first }))?;
        Ok(Self { label, body, headers: format!("authorization: Bearer {token}\r\n") })
    }

    pub(super) fn request(&self, address: &str) -> Vec<u8> {
        load::post(address, &self.headers, &self.body)
    }
}

fn body(name: &str, variables: &Value) -> anyhow::Result<String> {
    Ok(json!({ "query": super::query(name)?, "variables": variables }).to_string())
}

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
    let token = super::token(binary, &data)?;
    let queries = [
        Asked::of_a_dashboard("pix_orga")?,
        Asked::of_a_dashboard("montpellier_labels")?,
        Asked::of_a_dashboard("ent_deployment")?,
        Asked::of_the_portal("cycle3_portal, 10", 10, &token)?,
        Asked::of_the_portal("cycle3_portal, 50", 50, &token)?,
    ];
    for asked in &queries {
        let before = serve.cpu_seconds()?;
        let seen = ask(&serve.address, asked, seconds)?;
        line(asked.label, "one process", &seen, serve.cpu_seconds()? - before, serve.peak_mb()?);
    }
    drop(serve);

    let services = SUBGRAPHS.map(|name| start(&["subgraph", name]));
    let services = services.into_iter().collect::<anyhow::Result<Vec<Server>>>()?;
    let over = |addresses: Vec<&str>| {
        let ways = SUBGRAPHS.iter().zip(addresses).map(|(name, address)| format!("{name}=http://{address}"));
        let arguments: Vec<String> = ways.flat_map(|way| ["--subgraph".to_owned(), way]).collect();
        let arguments: Vec<&str> = std::iter::once("gateway").chain(arguments.iter().map(String::as_str)).collect();
        start(&arguments)
    };
    let gateway = over(services.iter().map(|service| service.address.as_str()).collect())?;
    let recorders =
        services.iter().map(|service| Recorder::before(&service.address)).collect::<anyhow::Result<Vec<_>>>()?;
    let recorded = over(recorders.iter().map(|recorder| recorder.address.as_str()).collect())?;
    for asked in &queries {
        let cpu = || -> anyhow::Result<f64> {
            let of_services = services.iter().map(Server::cpu_seconds).sum::<anyhow::Result<f64>>()?;
            Ok(gateway.cpu_seconds()? + of_services)
        };
        let before = cpu()?;
        let seen = ask(&gateway.address, asked, seconds)?;
        line(asked.label, "over HTTP", &seen, cpu()? - before, gateway.peak_mb()?);
        // The peer: the calls that this query costs, without a gateway.
        let per_query = one_round(&recorded.address, asked, &recorders)?;
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
fn one_round(gateway: &str, asked: &Asked, recorders: &[Recorder]) -> anyhow::Result<Vec<peer::Call>> {
    use std::io::{BufReader, Write};
    let mut stream = std::net::TcpStream::connect(gateway)?;
    stream.write_all(&asked.request(gateway))?;
    load::answer(&mut BufReader::new(stream), &mut Vec::new())?;
    Ok(recorders.iter().flat_map(Recorder::take).collect())
}

fn ask(address: &str, asked: &Asked, seconds: u64) -> anyhow::Result<Seen> {
    load::run(address, &asked.request(address), CONNECTIONS, seconds)
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests stay far below 2^53")]
fn line(name: &str, shape: &str, seen: &Seen, cpu: f64, mb: f64) {
    let cpu = cpu / (seen.requests as f64) * 1000.0;
    println!(
        "{name:<20} {shape:<11} {:>8.0} {:>9.1} {:>9.1} {cpu:>13.2} {mb:>8.0} {:>8}",
        seen.per_second, seen.p50_ms, seen.p99_ms, seen.bytes
    );
}
