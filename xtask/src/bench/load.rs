//! A closed loop of connections that ask the same thing again, and what they waited.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

/// What a load has seen.
pub(crate) struct Seen {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Requests answered.
    pub(crate) requests: usize,
    /// Bytes of one answer.
    pub(crate) bytes: usize,
}

/// A request as bytes, and the header lines that go with it.
pub(crate) fn post(address: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\naccept: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Asks over `connections` for `seconds`, after one second of warming up.
pub(crate) fn run(address: &str, request: &[u8], connections: usize, seconds: u64) -> anyhow::Result<Seen> {
    let begun = Instant::now() + Duration::from_secs(1);
    let until = begun + Duration::from_secs(seconds);
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let (address, request) = (address.to_owned(), request.to_vec());
            std::thread::spawn(move || worker(&address, &request, begun, until))
        })
        .collect();
    let (mut waits, mut bytes) = (Vec::new(), 0);
    for worker in workers {
        let (own, length) = worker.join().map_err(|_| anyhow::anyhow!("a connection panicked"))??;
        waits.extend(own);
        bytes = length;
    }
    ensure!(!waits.is_empty(), "no request was answered in time");
    waits.sort_unstable();
    let at = |share: usize| waits[(waits.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    Ok(Seen { per_second: ratio(waits.len(), seconds), p50_ms: at(50), p99_ms: at(99), requests: waits.len(), bytes })
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests stay far below 2^53")]
fn ratio(count: usize, seconds: u64) -> f64 {
    count as f64 / seconds as f64
}

fn worker(address: &str, request: &[u8], begun: Instant, until: Instant) -> anyhow::Result<(Vec<Duration>, usize)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(256 << 10, stream.try_clone()?);
    let (mut waits, mut body) = (Vec::new(), Vec::new());
    while Instant::now() < until {
        let asked = Instant::now();
        stream.write_all(request)?;
        answer(&mut reader, &mut body)?;
        if asked >= begun {
            waits.push(asked.elapsed());
        }
    }
    // Whole answers, verified: an error would be fast.
    ensure!(
        !body.windows(9).any(|window| window == b"\"errors\":"),
        "an answer has errors: {}",
        String::from_utf8_lossy(&body)
    );
    Ok((waits, body.len()))
}

/// Reads one answer; its body replaces what `body` held.
pub(crate) fn answer(reader: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> anyhow::Result<()> {
    let (mut line, mut length, mut ok) = (String::new(), None, false);
    loop {
        line.clear();
        ensure!(reader.read_line(&mut line)? > 0, "the connection was closed");
        let text = line.trim_end().to_ascii_lowercase();
        if text.is_empty() {
            break;
        }
        ok |= text.starts_with("http/1.1 200");
        if let Some(value) = text.strip_prefix("content-length:") {
            length = Some(value.trim().parse::<usize>()?);
        }
    }
    ensure!(ok, "an answer is not 200");
    body.resize(length.context("an answer tells its length")?, 0);
    reader.read_exact(body)?;
    Ok(())
}
