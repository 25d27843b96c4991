//! The gateway as one value: the supergraph that it now serves, the ways to its subgraphs, and who it is towards them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use kernel::Principal;
use service_kit::access_token;
use service_kit::principal_token::Signer;
use tokio::sync::broadcast;
use tokio::task::JoinSet;

use crate::budget::Budgets;
use crate::config::GatewayConfig;
use crate::documents::Documents;
use crate::http::Places;
use crate::issuers::Issuers;
use crate::people::{self, People};
use crate::pipeline::{self, Preparing};
use crate::public::PublicRoutes;
use crate::shared::SharedStore;
use crate::subgraph::{Forwarding, HttpSubgraph, Measured, SubgraphClient, WebSocketSubgraph, around};
use crate::supergraph::{LoadError, Supergraph};
use crate::telemetry::Metrics;

/// What a gateway is made of.
pub struct GatewayParts {
    /// Its section of the configuration.
    pub config: GatewayConfig,
    /// The composed supergraph.
    pub supergraph: String,
    /// Signs the principal for subgraphs of this house; without it none is sent.
    pub signer: Option<Signer>,
    /// Knows callers by access tokens of the installation's own issuer. Without it, and without issuers in the configuration,
    /// nobody is known, and no `Authorization` is read.
    pub tokens: Option<access_token::Verifier>,
    /// Subgraphs in this process, by name. All others are called at their address.
    pub in_process: HashMap<String, Arc<dyn SubgraphClient>>,
    /// Public routes of services in this process, by the subgraph's name.
    pub public: HashMap<String, Router>,
    /// A server that several gateways share: for what the configuration keeps there, and to hear of sessions that end elsewhere.
    pub shared: Option<SharedStore>,
    /// Hashes of sessions that end in this process, from the service of people.
    pub sessions_ended: Option<broadcast::Receiver<String>>,
}

/// A gateway.
pub struct Gateway {
    pub(crate) config: Arc<GatewayConfig>,
    pub(crate) issuers: Issuers,
    pub(crate) people: Arc<People>,
    pub(crate) budgets: Budgets,
    pub(crate) documents: Documents,
    /// Streams, and connections by WebSocket, that are open.
    pub(crate) streams: Places,
    pub(crate) forwarding: Forwarding,
    pub(crate) metrics: Arc<Metrics>,
    /// Places of documents that are read or planned at a time.
    pub(crate) preparing: Preparing,
    signer: Option<Signer>,
    in_process: HashMap<String, Arc<dyn SubgraphClient>>,
    public: HashMap<String, Router>,
    serving: ArcSwap<Serving>,
    /// Tasks that hear of sessions that end; they end with the gateway.
    _listening: JoinSet<()>,
}

/// What one request sees from its beginning to its end, whatever is swapped meanwhile.
pub(crate) struct Serving {
    pub(crate) supergraph: Supergraph,
    pub(crate) clients: BTreeMap<String, Arc<dyn SubgraphClient>>,
    pub(crate) public: PublicRoutes,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Gateway").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Gateway {
    /// Loads the supergraph, finds a way to each of its subgraphs, and begins to fetch the keys of the issuers in the configuration and
    /// to listen for sessions that end: where there is any of these, a runtime must be there.
    ///
    /// # Errors
    /// When the supergraph cannot be served, something is to be kept where nothing is, or the manifest of trusted documents
    /// cannot be read.
    pub fn new(parts: GatewayParts) -> Result<Self, LoadError> {
        let supergraph =
            Supergraph::load(&parts.supergraph, parts.config.prepared_cache_bytes, parts.config.prepared_cache_age)?;
        let metrics = Arc::new(Metrics::new());
        let ways =
            Ways { config: &parts.config, in_process: &parts.in_process, public: &parts.public, metrics: &metrics };
        let serving = ways.to(supergraph, parts.signer.is_some());
        let GatewayParts { config, signer, tokens, in_process, public, shared, sessions_ended, .. } = parts;
        if config.shares() && shared.is_none() {
            return Err(LoadError::Configuration("a store of the gateway is redis, and redis.url is empty".to_owned()));
        }
        let shared = shared.map(Arc::new);
        let issuers = Issuers::of(tokens, &config.issuers);
        issuers.prepare();
        let budgets = Budgets::of(&config, shared.as_ref());
        let documents = Documents::of(&config, shared.as_ref()).map_err(LoadError::Configuration)?;
        let (people, serving) = (Arc::new(People::default()), ArcSwap::from_pointee(serving));
        // Where no principal is signed for the service of people, nobody has a session.
        let has_sessions = signer.is_some() && config.own_subgraphs.contains(&config.person_service);
        let listening = people::listen(&people, sessions_ended, shared.filter(|_| has_sessions));
        let streams = Places::of(&config.subscriptions);
        let forwarding = Forwarding::of(&config.headers);
        let preparing = Preparing::default();
        Ok(Self {
            config: Arc::new(config),
            issuers,
            people,
            budgets,
            documents,
            streams,
            forwarding,
            metrics,
            preparing,
            signer,
            in_process,
            public,
            serving,
            _listening: listening,
        })
    }

    /// Serves `text` from now on; false where it is what is served already. Requests in flight end with what they began.
    ///
    /// # Errors
    /// When it cannot be served: the old one then stays.
    pub fn replace_supergraph(&self, text: &str) -> Result<bool, LoadError> {
        if self.serving.load().supergraph.text == text {
            return Ok(false);
        }
        let loaded = Supergraph::load(text, self.config.prepared_cache_bytes, self.config.prepared_cache_age);
        self.metrics.supergraph_came(loaded.is_ok());
        let supergraph = loaded?;
        self.documents.hold_against(&supergraph.public);
        let warmed = pipeline::warm(&self.config, &self.serving.load().supergraph, &supergraph);
        tracing::info!(warmed, "operations in use were prepared for the new supergraph");
        let (config, metrics) = (&self.config, &self.metrics);
        let ways = Ways { config, in_process: &self.in_process, public: &self.public, metrics };
        self.serving.store(Arc::new(ways.to(supergraph, self.signer.is_some())));
        Ok(true)
    }

    /// Names of the subgraphs of the supergraph that is served now.
    pub fn subgraph_names(&self) -> Vec<String> {
        self.serving.load().supergraph.subgraphs().keys().cloned().collect()
    }

    pub(crate) fn serving(&self) -> Arc<Serving> {
        self.serving.load_full()
    }

    /// The signed principal for `subgraph`, if it is one of this house.
    pub(crate) fn principal_token(&self, subgraph: &str, principal: &Principal) -> Option<String> {
        let ours = self.config.own_subgraphs.iter().any(|own| own == subgraph);
        self.signer.as_ref().filter(|_| ours).map(|signer| signer.token(principal))
    }
}

/// How subgraphs are reached, whatever the supergraph.
struct Ways<'a> {
    config: &'a GatewayConfig,
    in_process: &'a HashMap<String, Arc<dyn SubgraphClient>>,
    public: &'a HashMap<String, Router>,
    metrics: &'a Arc<Metrics>,
}

impl Ways<'_> {
    /// The ways to the subgraphs of `supergraph`; `signs` where some of them are of this house.
    fn to(&self, supergraph: Supergraph, signs: bool) -> Serving {
        let mut clients: BTreeMap<String, Arc<dyn SubgraphClient>> = BTreeMap::new();
        let mut addresses = BTreeMap::new();
        self.warn_of_strangers(&supergraph);
        let add = |clients: &mut BTreeMap<_, _>, name: &String, client| {
            let rules = self.config.traffic.of(name, self.config.subgraph_timeout);
            clients.insert(name.clone(), around(name, self.measured(name, client), &rules, self.metrics));
        };
        for (name, url) in supergraph.subgraphs() {
            if let Some(client) = self.in_process.get(name) {
                add(&mut clients, name, Arc::clone(client));
                continue;
            }
            let url = self.config.subgraphs.get(name).unwrap_or(url);
            addresses.insert(name.clone(), url.clone());
            match HttpSubgraph::new(url, self.config.max_subgraph_response_bytes) {
                Ok(client) => add(&mut clients, name, self.with_events(name, Arc::new(client))),
                // The others are served; a request that needs this one is told.
                Err(error) => tracing::error!(subgraph = name, %error, "this subgraph cannot be called"),
            }
        }
        let public = PublicRoutes::of(self.config, self.public, &addresses, signs);
        Serving { supergraph, clients, public }
    }

    /// A subgraph whose events come by WebSocket where that is said.
    fn with_events(&self, name: &str, calls: Arc<dyn SubgraphClient>) -> Arc<dyn SubgraphClient> {
        match self.config.subscriptions.websocket.get(name) {
            Some(address) => Arc::new(WebSocketSubgraph::new(calls, address, self.config.max_subgraph_response_bytes)),
            None => calls,
        }
    }

    /// What is configured for a subgraph that is not there is of no effect; its name may be misspelt.
    fn warn_of_strangers(&self, supergraph: &Supergraph) {
        let traffic = self.config.traffic.subgraph.keys().map(|name| ("traffic", name));
        let headers = self.config.headers.subgraph.keys().map(|name| ("headers", name));
        for (section, name) in traffic.chain(headers).filter(|(_, name)| !supergraph.subgraphs().contains_key(*name)) {
            tracing::warn!("gateway.{section}.subgraph.{name}: the supergraph has no such subgraph");
        }
    }

    /// A way whose tries are told of.
    fn measured(&self, name: &str, client: Arc<dyn SubgraphClient>) -> Arc<dyn SubgraphClient> {
        Arc::new(Measured { name: name.to_owned(), client, metrics: Arc::clone(self.metrics) })
    }
}
