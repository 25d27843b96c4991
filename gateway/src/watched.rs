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
    /// Whether it was told that it cannot be read, since it could last.
    told: bool,
    tick: Interval,
}

impl Watched {
    pub(crate) fn new(path: PathBuf, called: &'static str) -> Self {
        Self { path, called, seen: None, told: false, tick: tokio::time::interval(EVERY) }
    }

    /// Its text when its date or its size has changed, and once in the beginning: it may have changed since it was loaded. A file
    /// that cannot be read is told of once, and looked at again.
    pub(crate) async fn changed(&mut self) -> String {
        loop {
            self.tick.tick().await;
            let now = stamp(&self.path).await;
            if now == self.seen {
                self.told &= now.is_none();
                continue;
            }
            match tokio::fs::read_to_string(&self.path).await {
                Err(_) if self.told => {}
                Err(error) => {
                    self.told = true;
                    let path = self.path.display();
                    tracing::error!(%path, %error, "{} cannot be read; the old one serves on", self.called);
                }
                Ok(text) => {
                    (self.seen, self.told) = (now, false);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tracing::subscriber::set_default;

    use super::*;

    /// Counts what is told.
    #[derive(Clone, Default)]
    struct Told(Arc<AtomicUsize>);

    impl std::io::Write for Told {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_file_that_is_gone_is_told_of_once_until_it_is_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, "one").expect("it is written");
        let told = Told::default();
        let writer = told.clone();
        let _logs = set_default(tracing_subscriber::fmt().with_writer(move || writer.clone()).finish());
        let mut file = Watched::new(path.clone(), "the file");
        file.tick = tokio::time::interval(Duration::from_millis(1));
        assert_eq!(file.changed().await, "one");
        for (gone, text) in [(1, "three"), (2, "eleven")] {
            std::fs::remove_file(&path).expect("it is removed");
            let waited = tokio::time::timeout(Duration::from_millis(50), file.changed()).await;
            assert!(waited.is_err());
            assert_eq!(told.0.load(Ordering::Relaxed), gone);
            std::fs::write(&path, text).expect("it is written");
            assert_eq!(file.changed().await, text);
        }
    }
}
