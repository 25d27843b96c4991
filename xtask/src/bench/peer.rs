//! The peer of the queries: the subgraph requests of one query, recorded once and sent again without any gateway work.
//!
//! It is the floor of what a gateway can cost: the same calls to the same subgraphs, their answers thrown away.

use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::load::{self, answer};

/// A request that the gateway sent to a subgraph.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    address: String,
    bytes: Vec<u8>,
}

/// Stands between the gateway and one subgraph and remembers what it passes on.
pub(crate) struct Recorder {
    /// `HOST:PORT` for the gateway.
    pub(crate) address: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Recorder {
    /// Begins to stand before `subgraph`.
    pub(crate) fn before(subgraph: &str) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (subgraph, kept) = (subgraph.to_owned(), Arc::clone(&calls));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (subgraph, kept) = (subgraph.clone(), Arc::clone(&kept));
                std::thread::spawn(move || drop(pass(&stream, &subgraph, &kept)));
            }
        });
        Ok(Self { address, calls })
    }

    /// What was passed on since the last call, in order.
    pub(crate) fn take(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().expect("no panic under this lock"))
    }
}

fn pass(stream: &TcpStream, subgraph: &str, calls: &Mutex<Vec<Call>>) -> anyhow::Result<()> {
    let mut from = BufReader::new(stream.try_clone()?);
    let upstream = TcpStream::connect(subgraph)?;
    let mut to = BufReader::new(upstream.try_clone()?);
    let (mut upstream, mut back) = (upstream, stream.try_clone()?);
    loop {
        let Some((headers, body)) = request(&mut from)? else { return Ok(()) };
        let principal =
            headers.lines().find(|line| line.starts_with("passerelle-principal:")).map(|line| format!("{line}\r\n"));
        let bytes = load::post(subgraph, &principal.unwrap_or_default(), std::str::from_utf8(&body)?);
        upstream.write_all(&bytes)?;
        calls.lock().expect("no panic under this lock").push(Call { address: subgraph.to_owned(), bytes });
        let mut answered = Vec::new();
        answer(&mut to, &mut answered)?;
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", answered.len());
        back.write_all(&[head.as_bytes(), &answered].concat())?;
    }
}

fn request(reader: &mut BufReader<TcpStream>) -> anyhow::Result<Option<(String, Vec<u8>)>> {
    use std::io::{BufRead, Read};
    let (mut headers, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line.trim_end().is_empty() {
            break;
        }
        headers.push_str(&line.to_ascii_lowercase().replace("\r\n", "\n"));
        // A token is no word to be folded.
        if line.to_ascii_lowercase().starts_with("passerelle-principal:") {
            let folded = headers.rfind("passerelle-principal:").context("just written")?;
            headers.truncate(folded);
            headers.push_str("passerelle-principal:");
            headers.push_str(line.split_once(':').context("a header")?.1.trim_end());
            headers.push('\n');
        }
    }
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length:")).context("a body")?;
    let mut body = vec![0; length.trim().parse()?];
    reader.read_exact(&mut body)?;
    Ok(Some((headers, body)))
}

/// Sends the calls of one query again, one after the other on kept connections, from `connections` threads.
pub(crate) fn replay(calls: &[Call], connections: usize, seconds: u64) -> anyhow::Result<f64> {
    let until = Instant::now() + Duration::from_secs(seconds);
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let calls = calls.to_vec();
            std::thread::spawn(move || rounds(&calls, until))
        })
        .collect();
    let mut rounds = 0;
    for worker in workers {
        rounds += worker.join().map_err(|_| anyhow::anyhow!("a connection panicked"))??;
    }
    Ok(f64::from(rounds) / Duration::from_secs(seconds).as_secs_f64())
}

fn rounds(calls: &[Call], until: Instant) -> anyhow::Result<u32> {
    let connect = |call: &Call| -> anyhow::Result<(TcpStream, BufReader<TcpStream>)> {
        let stream = TcpStream::connect(&call.address)?;
        stream.set_nodelay(true)?;
        Ok((stream.try_clone()?, BufReader::with_capacity(256 << 10, stream)))
    };
    let mut connections = calls.iter().map(connect).collect::<anyhow::Result<Vec<_>>>()?;
    let (mut done, mut body) = (0, Vec::new());
    while Instant::now() < until {
        for (call, (stream, reader)) in calls.iter().zip(&mut connections) {
            stream.write_all(&call.bytes)?;
            answer(reader, &mut body)?;
        }
        done += 1;
    }
    Ok(done)
}
