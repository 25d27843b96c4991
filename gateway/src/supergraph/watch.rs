//! Watching the supergraph's file: a good new one is swapped in between requests, a bad one is refused and the old one serves on.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::Gateway;

/// How often the file is looked at. Reading its date also works where files are mounted by a symbolic link that turns.
const EVERY: Duration = Duration::from_secs(1);

/// Watches `path` as long as the returned future is polled.
pub async fn watch(gateway: Arc<Gateway>, path: PathBuf) {
    // Nothing was seen yet: the file may have changed since it was loaded.
    let mut seen = None;
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tick.tick().await;
        let now = stamp(&path).await;
        if now == seen {
            continue;
        }
        match tokio::fs::read_to_string(&path).await {
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "the supergraph cannot be read; the old one serves on");
            }
            Ok(text) => {
                seen = now;
                replace(&gateway, text, &path).await;
            }
        }
    }
}

/// Loads a text aside, since loading takes its time, and serves it if it is good.
async fn replace(gateway: &Arc<Gateway>, text: String, path: &Path) {
    let loading = Arc::clone(gateway);
    match tokio::task::spawn_blocking(move || loading.replace_supergraph(&text)).await {
        Err(_) => {
            tracing::error!(path = %path.display(), "the new supergraph cannot be loaded; the old one serves on");
        }
        Ok(Ok(true)) => tracing::info!(path = %path.display(), "a new supergraph is served"),
        Ok(Ok(false)) => {}
        Ok(Err(error)) => {
            tracing::error!(path = %path.display(), %error, "the new supergraph is refused; the old one serves on");
        }
    }
}

async fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let data = tokio::fs::metadata(path).await.ok()?;
    Some((data.modified().ok()?, data.len()))
}
