//! Telling a trouble when it begins and when it ends, and not at each try between.

use std::fmt::Display;

/// Whether something fails at the moment.
#[derive(Debug)]
pub(crate) struct Trouble {
    what: String,
    failing: bool,
}

impl Trouble {
    /// All is well with `what`, such as `delivery of the events of establishments to activation`.
    pub(crate) fn new(what: String) -> Self {
        Self { what, failing: false }
    }

    /// It failed.
    pub(crate) fn begins(&mut self, error: &dyn Display) {
        if self.failing {
            tracing::debug!(error = %error, "{} still fails", self.what);
        } else {
            tracing::warn!(error = %error, "{} fails and is tried again and again", self.what);
        }
        self.failing = true;
    }

    /// It worked.
    pub(crate) fn ends(&mut self) {
        if self.failing {
            tracing::info!("{} works again", self.what);
        }
        self.failing = false;
    }
}

/// An error with its causes, in one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |told, cause| {
        let cause = cause.to_string();
        // Some errors tell their cause themselves.
        if told.contains(&cause) { told } else { format!("{told}: {cause}") }
    })
}
