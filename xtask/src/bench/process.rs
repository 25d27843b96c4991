//! A process that is measured: started, its address read, its memory at the end.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

/// A server under measurement.
pub(crate) struct Server {
    child: Child,
    /// `HOST:PORT`.
    pub(crate) address: String,
}

impl Server {
    /// Starts the binary and waits for the address that it prints first.
    pub(crate) fn start(binary: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        Self::start_with(binary, arguments, &[], None)
    }

    /// The same with an environment, and with what it logs in a file.
    pub(crate) fn start_with(
        binary: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
        log: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let log = log.map_or_else(|| Ok(Stdio::null()), |log| File::create(log).map(Stdio::from))?;
        let mut child = Command::new(binary)
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("the binary starts")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("its output is piped")?).read_line(&mut line)?;
        let address = line.trim().strip_prefix("http://").map(str::to_owned);
        ensure!(address.is_some(), "{} did not get ready", arguments.join(" "));
        Ok(Self { child, address: address.unwrap_or_default() })
    }

    /// Seconds of processor time that it has used.
    pub(crate) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        // utime and stime, in hundredths of a second on every Linux.
        Ok((ticks(11) + ticks(12)) / 100.0)
    }

    /// The most memory that it has held, in MB.
    pub(crate) fn peak_mb(&self) -> anyhow::Result<f64> {
        peak_mb(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The most memory that a running process has held, in MB.
pub(crate) fn peak_mb(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
    let kb: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kb / 1024.0)
}

/// Runs a command to its end, which must be a good one: its seconds, and the most memory that it has held, in MB.
pub(crate) fn measured(what: &str, command: &mut Command) -> anyhow::Result<(f64, f64)> {
    let begun = Instant::now();
    let mut child = command.spawn().with_context(|| format!("{what} starts"))?;
    let mut peak: f64 = 0.0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        peak = peak.max(peak_mb(child.id()).unwrap_or(0.0));
        sleep();
    };
    ensure!(status.success(), "{what} ended with {status}");
    Ok((begun.elapsed().as_secs_f64(), peak))
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing asynchronous runs here: the child's memory is looked at now and then"
)]
fn sleep() {
    std::thread::sleep(Duration::from_millis(20));
}
