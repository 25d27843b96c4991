//! Watching the supergraph's file: a good new one is swapped in between requests, a bad one is refused and the old one serves on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::Gateway;
use crate::watched::Watched;

/// Watches `path` as long as the returned future is polled.
pub async fn watch(gateway: Arc<Gateway>, path: PathBuf) {
    let mut file = Watched::new(path.clone(), "the supergraph");
    loop {
        let text = file.changed().await;
        replace(&gateway, text, &path).await;
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
