//! What an import did: counted in memory, told line by line while it runs.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// How an import ended, as its exit status says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was imported; there may be warnings.
    Complete,
    /// Some rows were refused, the rest was imported.
    SomeRefused,
}

/// Where each refusal and warning is told, as it happens: file, line, reason.
type Sink = Box<dyn FnMut(&str) + Send>;

/// Counts of an import. Refusals and warnings are told at once and only counted here, so that a file of ten million bad rows
/// costs no more memory than a good one.
pub struct Report {
    file: PathBuf,
    sink: Sink,
    /// Rows read, the header not counted.
    pub rows: u64,
    /// Rows refused.
    pub refused: u64,
    /// Warnings told.
    pub warnings: u64,
    /// What was done, by name: added, changed, unchanged and so on.
    pub counts: BTreeMap<&'static str, u64>,
}

impl fmt::Debug for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Report({self})")
    }
}

impl Report {
    /// A report on `file` that tells each refusal and warning to `sink`.
    pub fn new(file: &Path, sink: impl FnMut(&str) + Send + 'static) -> Self {
        Self { file: file.to_owned(), sink: Box::new(sink), rows: 0, refused: 0, warnings: 0, counts: BTreeMap::new() }
    }

    /// Tells that the row at `line` is refused, and why.
    pub fn refuse(&mut self, line: u64, reason: &impl fmt::Display) {
        self.refused += 1;
        (self.sink)(&format!("{}:{line}: refused: {reason}", self.file.display()));
    }

    /// Tells a warning about the row at `line`, which is imported all the same.
    pub fn warn(&mut self, line: u64, reason: &impl fmt::Display) {
        self.warnings += 1;
        (self.sink)(&format!("{}:{line}: warning: {reason}", self.file.display()));
    }

    /// Tells a warning about the file as a whole.
    pub fn note(&mut self, reason: &impl fmt::Display) {
        self.warnings += 1;
        (self.sink)(&format!("{}: warning: {reason}", self.file.display()));
    }

    /// Counts one more of `what`.
    pub fn count(&mut self, what: &'static str, how_many: u64) {
        *self.counts.entry(what).or_default() += how_many;
    }

    /// How many of `what` were counted.
    pub fn counted(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or(0)
    }

    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        if self.refused == 0 { Outcome::Complete } else { Outcome::SomeRefused }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {} rows read", self.file.display(), self.rows)?;
        for (what, count) in &self.counts {
            write!(out, ", {count} {what}")?;
        }
        write!(out, ", {} rows refused, {} warnings", self.refused, self.warnings)
    }
}
