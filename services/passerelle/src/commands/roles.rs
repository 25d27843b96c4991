//! `passerelle gateway` and `passerelle subgraph`: the same code as processes over HTTP.

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, ensure};
use events::Projection;
use gateway::subgraph::HttpSubgraph;
use gateway::{Gateway, GatewayParts};
use kernel::Clock;
use service_kit::access_token;
use service_kit::health::Readiness;
use service_kit::principal_token::{KeyFiles, Signer, Verifier};
use service_kit::server::{serve, stop_signal};

use super::metrics;
use super::serve::bind;
use crate::cli::{GatewayRole, Service, SubgraphRole};
use crate::config::{Config, Flags};
use crate::delivery;
use crate::house::{self, SUPERGRAPH};
use crate::say;

/// Runs the gateway alone.
pub(super) async fn gateway(role: GatewayRole) -> anyhow::Result<ExitCode> {
    let flags =
        Flags { listen: role.listen, supergraph: role.supergraph, subgraphs: role.subgraphs.into_iter().collect() };
    let config = Config::load(&role.common, &flags)?;
    let telemetry = service_kit::telemetry::start(&config.telemetry, "passerelle-gateway")?;
    let supergraph = match &config.gateway.supergraph {
        None => SUPERGRAPH.to_owned(),
        Some(path) => {
            std::fs::read_to_string(path).with_context(|| format!("cannot read the supergraph {}", path.display()))?
        }
    };
    let signer = signer(&config, role.common.data.is_some())?;
    let listener = bind(&config.gateway.listen).await?;
    let metrics_listener = metrics::bind(&config).await?;
    let parts = GatewayParts {
        config: config.gateway.clone(),
        supergraph,
        signer,
        tokens: tokens(&config)?,
        in_process: HashMap::new(),
        public: HashMap::new(),
        shared: house::shared(&config)?,
        // Services are other processes: what they end is heard over Redis.
        sessions_ended: None,
    };
    let gateway = Arc::new(Gateway::new(parts)?);
    check_addresses(&config, &gateway)?;
    if let Some(path) = config.gateway.supergraph.clone() {
        tokio::spawn(gateway::watch(Arc::clone(&gateway), path));
    }
    tokio::spawn(gateway::watch_documents(Arc::clone(&gateway)));
    metrics::serve(metrics_listener, &gateway, &config);
    // A gateway without its subgraphs still answers, with gaps that say so: it is ready when it serves.
    let ready: Readiness = Arc::new(|| Box::pin(async { Ok(()) }));
    let stop = stop_signal();
    say::answer(&format!("http://{}", listener.local_addr()?));
    serve(listener, gateway::router(gateway, ready), &config.server, stop).await;
    telemetry.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Refuses an address that cannot be used, or one for a subgraph that is not there; a watched supergraph may still get it.
fn check_addresses(config: &Config, gateway: &Gateway) -> anyhow::Result<()> {
    let known = gateway.subgraph_names();
    for (name, url) in &config.gateway.subgraphs {
        HttpSubgraph::new(url, config.gateway.max_subgraph_response_bytes)?;
        if known.contains(name) {
            continue;
        }
        let told =
            format!("an address is given for the subgraph {name:?}, and the supergraph has only {}", known.join(", "));
        ensure!(config.gateway.supergraph.is_some(), told);
        tracing::warn!("{told}");
    }
    Ok(())
}

/// The signer for subgraphs of this house. A bare gateway over somebody else's graph needs none and makes no key.
fn signer(config: &Config, data_given: bool) -> anyhow::Result<Option<Signer>> {
    let ours =
        config.gateway.supergraph.is_none() || data_given || KeyFiles::under(&config.storage.data).private.exists();
    if !ours {
        return Ok(None);
    }
    Ok(Some(Signer::from_file(&house::keys(config)?.private, Clock::System)?))
}

/// Knows callers where an issuer is configured: over our own graph there always is one. Over somebody else's, only a key that
/// is there already counts, and `Authorization` means nothing without.
fn tokens(config: &Config) -> anyhow::Result<Option<access_token::Verifier>> {
    let configured = config.gateway.supergraph.is_none()
        || config.gateway.issuer_key.is_some()
        || KeyFiles::of_issuer(&config.storage.data).public.exists();
    configured.then(|| house::tokens(config)).transpose()
}

/// Runs one service alone.
pub(super) async fn subgraph(role: SubgraphRole) -> anyhow::Result<ExitCode> {
    let config = Config::load(&role.common, &Flags::default())?;
    let name = role.name.name();
    let telemetry = service_kit::telemetry::start(&config.telemetry, &format!("passerelle-{name}"))?;
    let key = match role.gateway_key {
        Some(path) => path,
        None => house::keys(&config)?.public,
    };
    let clock = Clock::System;
    let verifier = Arc::new(Verifier::from_file(&key, clock)?);
    let listener = bind(&role.listen).await?;
    let (subgraph, database, projection): (_, _, Option<Arc<dyn Projection>>) = match role.name {
        Service::Establishments => {
            let store = establishments::open(&config.target(name)?).await?;
            let database = store.db().clone();
            (establishments::subgraph(store, verifier, &config.subgraph, clock), database, None)
        }
        Service::Users => {
            let store = users::open(&config.target(name)?).await?;
            let (database, projection) = (store.db().clone(), Arc::new(store.clone()));
            let front = house::users_front(&config, store, clock, None)?;
            let subgraph = users::subgraph(front, verifier, &config.subgraph);
            (subgraph, database, Some(projection))
        }
        Service::Productions => {
            let store = productions::open(&config.target(name)?).await?;
            let (database, projection) = (store.db().clone(), Arc::new(store.clone()));
            let front = house::productions_front(&config, store, clock)?;
            (productions::subgraph(front, verifier, &config.subgraph), database, Some(projection))
        }
        Service::Activation => {
            let store = activation::open(&config.target(name)?).await?;
            let (database, projection) = (store.db().clone(), Arc::new(store.clone()));
            (activation::subgraph(store, verifier, &config.subgraph, clock), database, Some(projection))
        }
    };
    let delivery = delivery::of_role(&config, name, &database, projection).await?;
    let stop = stop_signal();
    say::answer(&format!("http://{}", listener.local_addr()?));
    serve(listener, subgraph.server(), &config.server, stop).await;
    delivery.stop().await;
    database.close().await;
    telemetry.stop().await;
    Ok(ExitCode::SUCCESS)
}
