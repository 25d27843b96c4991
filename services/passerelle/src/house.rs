//! The services of this house, opened from one configuration.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use gateway::subgraph::{InProcessSubgraph, SubgraphClient};
use gateway::{Gateway, GatewayParts, SharedStore};
use kernel::Clock;
use service_kit::access_token::{self, Issuer};
use service_kit::health::Readiness;
use service_kit::principal_token::{KeyFiles, Signer, Verifier};
use service_kit::secret::SecretKeys;
use service_kit::subgraph::Subgraph;
use tokio::sync::broadcast::Sender;
use users::login::{MemorySessions, Sessions};

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
        ended: &Sender<String>,
    ) -> anyhow::Result<[Subgraph; 4]> {
        let people = users_front(config, self.users.clone(), clock, Some(ended.clone()))?;
        let front = productions_front(config, self.productions.clone(), clock)?;
        Ok([
            establishments::subgraph(self.establishments.clone(), Arc::clone(verifier), &config.subgraph, clock),
            users::subgraph(people, Arc::clone(verifier), &config.subgraph),
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

/// The secrets of the service of people, made where they are missing.
pub(crate) fn secrets(config: &Config) -> anyhow::Result<users::Secrets> {
    let keys = config.storage.data.join("keys");
    let at = |given: &Option<PathBuf>, own: &str| SecretKeys::at(&given.clone().unwrap_or_else(|| keys.join(own)));
    Ok(users::Secrets {
        pseudonyms: users::Pseudonyms::new(at(&config.users.pairwise_key_file, "pairwise.key")?),
        vault: users::Vault::new(at(&config.users.vault_key_file, "vault.key")?),
    })
}

/// What the subgraph of people stands on. Sessions that end are told to whoever listens in this process, and over Redis where there
/// is one.
pub(crate) fn users_front(
    config: &Config,
    store: users::Store,
    clock: Clock,
    here: Option<Sender<String>>,
) -> anyhow::Result<users::Front> {
    let secrets = secrets(config)?;
    let sessions: Arc<dyn Sessions> = if config.users.shares_sessions() {
        Arc::new(config.redis.sessions(&config.users.sessions)?.context("redis.url is empty")?)
    } else {
        Arc::new(MemorySessions::new(&config.users.sessions))
    };
    let away = config.redis.announcements()?;
    let ended = move |hash: &str| {
        if let Some(here) = &here {
            // Nobody may listen yet, or any more.
            drop(here.send(hash.to_owned()));
        }
        if let Some(away) = &away {
            away.say(hash.to_owned());
        }
    };
    let sign_in = config.users.sign_in(config.public_url.as_deref().unwrap_or_default());
    let sign_in = users::login::sign_in(sign_in, store.clone(), secrets.clone(), sessions, Arc::new(ended), clock)?;
    let files = issuer_keys(config)?;
    let issuer = files.private.exists().then(|| Issuer::from_file(&files.private, clock)).transpose()?.map(Arc::new);
    Ok(users::Front { store, secrets, sign_in, issuer, clock })
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

/// The Redis of the gateways, where they keep anything there or are told of sessions.
pub(crate) fn shared(config: &Config) -> anyhow::Result<Option<SharedStore>> {
    Ok(config.redis.shared()?.filter(|_| config.gateway.shares() || config.users.shares_sessions()))
}

/// A gateway whose subgraphs all run in this process.
pub(crate) fn gateway_in_process(
    config: &Config,
    subgraphs: &[Subgraph],
    signer: Signer,
    ended: &Sender<String>,
) -> anyhow::Result<Gateway> {
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
        sessions_ended: Some(ended.subscribe()),
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
