//! The services of this house, opened from one configuration.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use gateway::subgraph::{InProcessSubgraph, SubgraphClient};
use gateway::{Gateway, GatewayParts, SharedStore};
use kernel::Clock;
use service_kit::access_token;
use service_kit::health::Readiness;
use service_kit::principal_token::{KeyFiles, Signer, Verifier};
use service_kit::secret::SecretKeys;
use service_kit::subgraph::Subgraph;

use crate::config::Config;

/// The supergraph that this binary was built with.
pub(crate) const SUPERGRAPH: &str = include_str!("../../../schema/supergraph.graphql");

/// Every service's store.
#[derive(Clone, Debug)]
pub(crate) struct House {
    pub(crate) establishments: establishments::Store,
    pub(crate) users: users::Store,
    pub(crate) productions: productions::Store,
    pub(crate) activation: activation::Store,
}

impl House {
    /// Opens every service's database and brings its tables up to date.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        Ok(Self {
            establishments: establishments::open(&config.target(establishments::NAME)?).await?,
            users: users::open(&config.target(users::NAME)?).await?,
            productions: productions::open(&config.target(productions::NAME)?).await?,
            activation: activation::open(&config.target(activation::NAME)?).await?,
        })
    }

    /// Brings the databases' statistics up to date, after an import.
    pub(crate) async fn analyze(&self) -> anyhow::Result<()> {
        for (_, database) in self.databases() {
            database.analyze().await?;
        }
        Ok(())
    }

    /// The subgraphs of all services.
    ///
    /// # Errors
    /// When a secret or the folder of content cannot be used.
    pub(crate) fn subgraphs(
        &self,
        config: &Config,
        verifier: &Arc<Verifier>,
        clock: Clock,
    ) -> anyhow::Result<[Subgraph; 4]> {
        let front = productions_front(config, self.productions.clone(), clock)?;
        Ok([
            establishments::subgraph(self.establishments.clone(), Arc::clone(verifier), &config.subgraph, clock),
            users::subgraph(self.users.clone(), pseudonyms(config)?, Arc::clone(verifier), &config.subgraph, clock),
            productions::subgraph(front, Arc::clone(verifier), &config.subgraph),
            activation::subgraph(self.activation.clone(), Arc::clone(verifier), &config.subgraph, clock),
        ])
    }

    /// Closes every database.
    pub(crate) async fn close(&self) {
        for (_, database) in self.databases() {
            database.close().await;
        }
    }
}

/// The gateway's key pair under the data directory, made where it is missing.
pub(crate) fn keys(config: &Config) -> anyhow::Result<KeyFiles> {
    let files = KeyFiles::under(&config.storage.data);
    files.ensure()?;
    Ok(files)
}

/// What makes pseudonyms, from the secret of this installation, made where it is missing.
pub(crate) fn pseudonyms(config: &Config) -> anyhow::Result<users::Pseudonyms> {
    let own = || config.storage.data.join("keys/pairwise.key");
    Ok(users::Pseudonyms::new(SecretKeys::at(&config.users.pairwise_key_file.clone().unwrap_or_else(own))?))
}

/// What the subgraph of productions stands on.
pub(crate) fn productions_front(
    config: &Config,
    store: productions::Store,
    clock: Clock,
) -> anyhow::Result<productions::Front> {
    let data = &config.storage.data;
    let key = config.productions.link_key_file.clone().unwrap_or_else(|| data.join("keys/link.key"));
    Ok(productions::Front {
        store,
        content: content(config)?,
        links: productions::Links::new(SecretKeys::at(&key)?),
        public_url: config.public_url.clone().unwrap_or_default(),
        clock,
    })
}

/// The content of productions, in the folder that the configuration names, else in the data directory.
pub(crate) fn content(config: &Config) -> anyhow::Result<productions::Content> {
    let folder = config.content.path.clone().unwrap_or_else(|| config.storage.data.join("content"));
    Ok(productions::Content::in_folder(&folder)?)
}

/// The pair of this installation's own issuer under the data directory, made where it is missing. Where only its public half
/// lies, it stays so: the private one is kept elsewhere.
pub(crate) fn issuer_keys(config: &Config) -> anyhow::Result<KeyFiles> {
    let files = KeyFiles::of_issuer(&config.storage.data);
    if !files.only_public() {
        files.ensure()?;
    }
    Ok(files)
}

/// Knows callers by their access tokens: by the key that the configuration names, else by that of the data directory.
pub(crate) fn tokens(config: &Config) -> anyhow::Result<access_token::Verifier> {
    let key = match &config.gateway.issuer_key {
        Some(path) => path.clone(),
        None => issuer_keys(config)?.public,
    };
    Ok(access_token::Verifier::from_file(&key, Clock::System)?)
}

/// The Redis of the gateways, where they keep anything there.
pub(crate) fn shared(config: &Config) -> anyhow::Result<Option<SharedStore>> {
    Ok(config.redis.shared()?.filter(|_| config.gateway.shares()))
}

/// A gateway whose subgraphs all run in this process.
pub(crate) fn gateway_in_process(config: &Config, subgraphs: &[Subgraph], signer: Signer) -> anyhow::Result<Gateway> {
    let limit = config.gateway.max_subgraph_response_bytes;
    let in_process: HashMap<String, Arc<dyn SubgraphClient>> = subgraphs
        .iter()
        .map(|subgraph| -> (String, Arc<dyn SubgraphClient>) {
            (subgraph.name.to_owned(), Arc::new(InProcessSubgraph::new(subgraph.router.clone(), limit)))
        })
        .collect();
    let public: HashMap<String, Router> =
        subgraphs.iter().map(|subgraph| (subgraph.name.to_owned(), subgraph.public_routes())).collect();
    let parts = GatewayParts {
        config: config.gateway.clone(),
        supergraph: SUPERGRAPH.to_owned(),
        signer: Some(signer),
        tokens: Some(tokens(config)?),
        in_process,
        public,
        shared: shared(config)?,
    };
    Ok(Gateway::new(parts)?)
}

/// Ready when all of these are.
pub(crate) fn all_ready(subgraphs: &[Subgraph]) -> Readiness {
    let each: Vec<Readiness> = subgraphs.iter().map(|subgraph| Arc::clone(&subgraph.ready)).collect();
    Arc::new(move || {
        let each = each.clone();
        Box::pin(async move {
            for ready in each {
                ready().await?;
            }
            Ok(())
        })
    })
}
