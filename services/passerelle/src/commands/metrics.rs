//! The listener of metrics, beside that of clients.

use std::sync::Arc;

use anyhow::Context;
use gateway::Gateway;
use tokio::net::TcpListener;

use crate::config::Config;

/// Takes the address of `gateway.metrics.listen`, where there is one.
pub(super) async fn bind(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = &config.gateway.metrics.listen else { return Ok(None) };
    let listener = TcpListener::bind(address).await;
    let listener = listener
        .with_context(|| format!("cannot listen on {address}; gateway.metrics.listen takes another address or port"))?;
    tracing::info!("metrics are at http://{}/metrics", listener.local_addr()?);
    Ok(Some(listener))
}

/// Serves them as long as the process runs, also while it stops.
pub(super) fn serve(listener: Option<TcpListener>, gateway: &Arc<Gateway>, config: &Config) {
    let Some(listener) = listener else { return };
    let (router, server) = (gateway::metrics_router(Arc::clone(gateway)), config.server.clone());
    tokio::spawn(async move { service_kit::server::serve(listener, router, &server, std::future::pending()).await });
}
