//! Watching the manifest: a good new one is trusted from the next request on, a bad one is refused and the old one stays.

use std::sync::Arc;

use crate::Gateway;
use crate::watched::Watched;

/// Watches the manifest that the configuration names, as long as the returned future is polled; ends at once where it names none.
pub async fn watch_documents(gateway: Arc<Gateway>) {
    let Some(path) = gateway.config.documents.manifest.clone() else { return };
    let mut file = Watched::new(path.clone(), "the manifest of trusted documents");
    loop {
        let text = file.changed().await;
        // Reading it takes its time: it is done aside.
        let trusting = Arc::clone(&gateway);
        let trust = move || {
            let trusted = trusting.documents.trust(&text)?;
            trusting.documents.hold_against(&trusting.serving().supergraph.public);
            Ok::<_, String>(trusted)
        };
        let trusted = tokio::task::spawn_blocking(trust).await;
        let path = path.display();
        match trusted {
            Ok(Ok(documents)) => tracing::info!(%path, documents, "the documents of this manifest are trusted"),
            Ok(Err(error)) => tracing::error!(%path, error, "the new manifest is refused; the old one stays"),
            Err(error) => tracing::error!(%path, %error, "the new manifest cannot be read; the old one stays"),
        }
    }
}
