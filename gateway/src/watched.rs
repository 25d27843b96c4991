//! Watching a file that is replaced while the gateway serves.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio::time::Interval;

/// How often the file is looked at. Reading its date also works where files are mounted by a symbolic link that turns.
const EVERY: Duration = Duration::from_secs(1);

/// A file that is looked at.
pub(crate) struct Watched {
    path: PathBuf,
    /// What it is, in a sentence.
    called: &'static str,
    seen: Option<(SystemTime, u64)>,
    /// That it is not there is told already.
    missing: bool,
    tick: Interval,
}

impl Watched {
    pub(crate) fn new(path: PathBuf, called: &'static str) -> Self {
        Self { path, called, seen: None, missing: false, tick: tokio::time::interval(EVERY) }
    }

    /// Its text when its date or its size has changed, and once in the beginning: it may have changed since it was loaded. A file
    /// that cannot be read is told of, and looked at again.
    pub(crate) async fn changed(&mut self) -> String {
        loop {
            self.tick.tick().await;
            let now = stamp(&self.path).await;
            if now == self.seen {
                self.missing = false;
                continue;
            }
            match tokio::fs::read_to_string(&self.path).await {
                Err(error) => {
                    // Once: it may stay away for long.
                    if !std::mem::replace(&mut self.missing, true) {
                        let path = self.path.display();
                        tracing::error!(%path, %error, "{} cannot be read; the old one serves on", self.called);
                    }
                }
                Ok(text) => {
                    (self.seen, self.missing) = (now, false);
                    return text;
                }
            }
        }
    }
}

async fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let data = tokio::fs::metadata(path).await.ok()?;
    Some((data.modified().ok()?, data.len()))
}
