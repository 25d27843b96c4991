//! The binary, started on free ports and stopped at the end.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A first start fills the demonstration; on two busy cores that takes its time.
const READY: Duration = Duration::from_mins(2);

/// Where the binary under test lies: beside the tests' own.
///
/// # Panics
/// When it was not built.
pub fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("a test has a path");
    let built = own.ancestors().map(|folder| folder.join("passerelle")).find(|path| path.is_file());
    built.expect("build the binary first: cargo build --package passerelle")
}

/// A command of the binary with an environment of its own.
pub fn command<I: Into<OsString>>(arguments: impl IntoIterator<Item = I>, environment: &[(String, String)]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments.into_iter().map(Into::into)).stdin(Stdio::null());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PASSERELLE__")) {
        command.env_remove(name);
    }
    command.envs(environment.iter().cloned());
    command
}

/// Runs a command of the binary to its end.
///
/// # Panics
/// When it cannot be started.
pub fn run<I: Into<OsString>>(arguments: impl IntoIterator<Item = I>, environment: &[(String, String)]) -> Output {
    command(arguments, environment).output().expect("the binary starts")
}

/// A running process and the URL that it printed first.
#[derive(Debug)]
pub struct Running {
    child: Child,
    log: PathBuf,
    /// `http://HOST:PORT`.
    pub url: String,
}

impl Running {
    /// Starts the binary and waits for its first line; what it logs goes to a file in `folder`.
    ///
    /// # Panics
    /// When it ends or says nothing in time; the log is printed.
    pub fn start<I: Into<OsString>>(
        arguments: impl IntoIterator<Item = I>,
        environment: &[(String, String)],
        folder: &Path,
    ) -> Self {
        let log = tempfile::Builder::new()
            .suffix(".log")
            .tempfile_in(folder)
            .and_then(|file| Ok(file.keep()?))
            .expect("a log file")
            .1;
        let mut child = command(arguments, environment)
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("a log file"))
            .spawn()
            .expect("the binary starts");
        let output = child.stdout.take().expect("its output is piped");
        let (told, first_line) = mpsc::channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(output).lines();
            drop(told.send(lines.next()));
            // What comes after is read too: a full pipe would stop the process.
            lines.for_each(drop);
        });
        let line = first_line.recv_timeout(READY).ok().flatten().and_then(Result::ok);
        let running = Self { child, log, url: line.clone().unwrap_or_default() };
        assert!(
            line.is_some_and(|line| line.starts_with("http://")),
            "the process did not get ready:\n{}",
            running.log()
        );
        running
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Asks it to stop, and waits until it has; true when it ended well.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn stop(&mut self) -> bool {
        let terminated =
            Command::new("kill").arg(self.child.id().to_string()).status().is_ok_and(|status| status.success());
        terminated && self.child.wait().expect("it ends").success()
    }

    /// Ends it at once, as a power cut would.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Running {
    #[expect(clippy::print_stderr, reason = "a test has failed, and this is what there is to see")]
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(30).collect();
            eprintln!("--- log of {}:\n{}", self.url, tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
    }
}
