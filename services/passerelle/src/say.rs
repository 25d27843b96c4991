//! What a command says: answers on standard output, everything else on standard error.

use std::io::Write;

/// A line of the answer. A reader that went away ends nothing.
pub(crate) fn answer(line: &str) {
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}

/// A line on how things go.
pub(crate) fn progress(line: &str) {
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}

/// Why a command failed.
pub(crate) fn problem(line: &str) {
    progress(&format!("passerelle: {line}"));
}
