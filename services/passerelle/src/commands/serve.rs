//! `passerelle serve`: the gateway and every service in one process.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, ensure};
use events::Worker;
use kernel::Clock;
use service_kit::principal_token::{Signer, Verifier};
use tokio::net::TcpListener;
use tokio::sync::broadcast;

use super::metrics;
use crate::cli::Serve;
use crate::config::{Config, Flags};
use crate::fill;
use crate::house::{self, House};
use crate::say;

/// Sessions that may end before the gateway has heard of the first.
const SESSIONS_HEARD: usize = 1024;

/// Serves until told to stop.
pub(super) async fn run(serve: Serve) -> anyhow::Result<ExitCode> {
    let mut common = serve.common;
    if serve.demo && common.data.is_none() {
        common.data = Some(fill::FOLDER.into());
    }
    let mut config = Config::load(&common, &Flags { listen: serve.listen, ..Flags::default() })?;
    let telemetry = service_kit::telemetry::start(&config.telemetry, "passerelle")?;
    let foreign = config.gateway.supergraph.is_some() || !config.gateway.subgraphs.is_empty();
    ensure!(
        !foreign,
        "serve runs its own services; gateway.supergraph and gateway.subgraphs are for `passerelle gateway`"
    );
    let data = &config.storage.data;
    let marker = if serve.demo { Some(fill::Marker::claim(data)?) } else { None };
    std::fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
    // The port is taken first: a second start on it says so at once.
    let listener = bind(&config.gateway.listen).await?;
    let metrics_listener = metrics::bind(&config).await?;
    let address = listener.local_addr()?;
    // Who listens on every address is reached by another one: links then begin with a slash.
    if !address.ip().is_unspecified() {
        config.public_url.get_or_insert_with(|| format!("http://{address}"));
    }
    let mut stop = std::pin::pin!(service_kit::server::stop_signal());
    let house = House::open(&config).await?;
    let clock = Clock::System;
    let worker = Worker::new(clock);
    let prepared = async {
        if let Some(marker) = marker.filter(|marker| !marker.is_filled()) {
            marker.begin(&house).await?;
            fill::fill(&house, &config, &worker).await?;
            marker.filled()?;
        }
        house.deliver(&worker).await
    };
    tokio::select! {
        prepared = prepared => drop(prepared?),
        () = stop.as_mut() => {
            tracing::info!("stopped before anything was served; the next start goes on from here");
            house.close().await;
            return Ok(ExitCode::SUCCESS);
        }
    }
    let keys = house::keys(&config)?;
    let verifier = Arc::new(Verifier::from_file(&keys.public, clock)?);
    let (ended, _) = broadcast::channel(SESSIONS_HEARD);
    let subgraphs = house.subgraphs(&config, &verifier, clock, &ended)?;
    let gateway = house::gateway_in_process(&config, &subgraphs, Signer::from_file(&keys.private, clock)?, &ended)?;
    let gateway = Arc::new(gateway);
    tokio::spawn(gateway::watch_documents(Arc::clone(&gateway)));
    metrics::serve(metrics_listener, &gateway, &config);
    let router = gateway::router(gateway, house::all_ready(&subgraphs));
    say::answer(&format!("http://{address}"));
    let delivery = house.keep_delivering(&worker)?;
    service_kit::server::serve(listener, router, &config.server, stop).await;
    delivery.stop().await;
    house.close().await;
    telemetry.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Binds an address, or says which one is taken.
pub(super) async fn bind(address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; --listen takes another address or port"))
}
