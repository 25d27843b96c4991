//! A gateway in front of the three stubs.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use ::gateway::config::GatewayConfig;
use ::gateway::subgraph::SubgraphClient;
use ::gateway::{Gateway, GatewayParts, SharedStore, router};
use futures::FutureExt;
use kernel::Clock;
use reqwest::Client;
use serde_json::{Value, json};
use service_kit::access_token::{self, Grant, Issuer};
use service_kit::principal_token::{KeyFiles, Signer, Verifier};
use service_kit::server::{ServerConfig, serve};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::broadcast;

use super::{Answer, Reply, SUPERGRAPH, Stub, catalogue, people, reviews};

/// A gateway that serves, and its subgraphs.
pub(crate) struct TestGateway {
    pub(crate) url: String,
    pub(crate) client: Client,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) catalogue: Stub,
    pub(crate) people: Stub,
    pub(crate) reviews: Stub,
    keys: Option<(TempDir, KeyFiles)>,
    issuer: Option<(TempDir, KeyFiles)>,
}

/// How a gateway differs from the usual one.
pub(crate) struct Builder {
    supergraph: String,
    config: GatewayConfig,
    refusing: Option<&'static str>,
    in_process: HashMap<String, Arc<dyn SubgraphClient>>,
    signed: bool,
    issuer: bool,
    public: HashMap<String, axum::Router>,
    shared: Option<SharedStore>,
    sessions_ended: Option<broadcast::Receiver<String>>,
    ready: Result<(), String>,
}

impl TestGateway {
    /// A gateway over three subgraphs that work.
    pub(crate) async fn start() -> Self {
        Self::builder().start().await
    }

    pub(crate) fn builder() -> Builder {
        Builder {
            supergraph: SUPERGRAPH.to_owned(),
            config: GatewayConfig { own_subgraphs: Vec::new(), ..GatewayConfig::default() },
            refusing: None,
            in_process: HashMap::new(),
            signed: false,
            issuer: false,
            public: HashMap::new(),
            shared: None,
            sessions_ended: None,
            ready: Ok(()),
        }
    }

    /// Asks by POST; what comes back is JSON.
    pub(crate) async fn ask(&self, query: &str) -> Value {
        self.post(&json!({"query": query})).await.json()
    }

    /// Asks with variables.
    pub(crate) async fn ask_with(&self, query: &str, variables: Value) -> Value {
        self.post(&json!({"query": query, "variables": variables})).await.json()
    }

    pub(crate) async fn post(&self, body: &Value) -> Answer {
        let request = self.client.post(format!("{}/graphql", self.url)).json(body);
        Answer::of(request.send().await.expect("an answer")).await
    }

    /// Posts bytes that may be no request at all.
    pub(crate) async fn post_bytes(&self, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self.client.post(format!("{}/graphql", self.url)).header("content-type", kind).body(body.into());
        Answer::of(request.send().await.expect("an answer")).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.client.get(format!("{}{path}", self.url)).send().await.expect("an answer")).await
    }

    /// Asks with an access token.
    pub(crate) async fn ask_as(&self, token: &str, query: &str) -> Value {
        let request = self.client.post(format!("{}/graphql", self.url)).bearer_auth(token);
        Answer::of(request.json(&json!({"query": query})).send().await.expect("an answer")).await.json()
    }

    /// A token of the gateway's own issuer.
    pub(crate) fn token(&self, grant: &Grant) -> String {
        let (_, files) = self.issuer.as_ref().expect("a gateway with an issuer");
        let issuer = Issuer::from_file(&files.private, Clock::System).expect("a key");
        issuer.issue(grant, chrono::TimeDelta::hours(1))
    }

    /// A token of an application with these scopes.
    pub(crate) fn token_with(&self, scopes: &[&str]) -> String {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        self.token(&Grant { client: "portal".to_owned(), scopes, ..Grant::default() })
    }

    /// How often each subgraph was called: `catalogue`, `people`, `reviews`.
    pub(crate) fn calls(&self) -> [usize; 3] {
        [self.catalogue.calls(), self.people.calls(), self.reviews.calls()]
    }

    /// Checks tokens as a subgraph of the house does.
    pub(crate) fn verifier(&self) -> Verifier {
        let (_, files) = self.keys.as_ref().expect("a gateway that signs");
        Verifier::from_file(&files.public, Clock::System).expect("a public key")
    }
}

impl Builder {
    pub(crate) fn config(mut self, change: impl FnOnce(&mut GatewayConfig)) -> Self {
        change(&mut self.config);
        self
    }

    pub(crate) fn supergraph(mut self, text: &str) -> Self {
        text.clone_into(&mut self.supergraph);
        self
    }

    /// Nobody listens where this subgraph should be.
    pub(crate) fn refusing(mut self, name: &'static str) -> Self {
        self.refusing = Some(name);
        self
    }

    /// This subgraph is called within the process.
    pub(crate) fn in_process(mut self, name: &str, client: Arc<dyn SubgraphClient>) -> Self {
        self.in_process.insert(name.to_owned(), client);
        self
    }

    /// The principal is signed for these subgraphs.
    pub(crate) fn signed_for(mut self, names: &[&str]) -> Self {
        self.signed = true;
        self.config.own_subgraphs = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// Callers are known by tokens of an issuer of its own.
    pub(crate) fn with_issuer(mut self) -> Self {
        self.issuer = true;
        self
    }

    /// These public routes are in the process.
    pub(crate) fn public(mut self, name: &str, routes: axum::Router) -> Self {
        self.public.insert(name.to_owned(), routes);
        self
    }

    /// It keeps what it counts at this Redis.
    pub(crate) fn shared(mut self, url: &str, prefix: &str) -> Self {
        self.shared = Some(SharedStore::new(url, prefix).expect("an address"));
        self
    }

    /// It is told of sessions that end in its process.
    pub(crate) fn sessions_ended(mut self, ended: broadcast::Receiver<String>) -> Self {
        self.sessions_ended = Some(ended);
        self
    }

    /// What it needs is not there.
    pub(crate) fn not_ready(mut self, missing: &str) -> Self {
        self.ready = Err(missing.to_owned());
        self
    }

    pub(crate) async fn start(self) -> TestGateway {
        let Self {
            supergraph,
            mut config,
            refusing,
            in_process,
            signed,
            issuer,
            public,
            shared,
            sessions_ended,
            ready,
        } = self;
        let stub = async |name: &str, reply: Reply| match refusing {
            Some(refusing) if refusing == name => Stub::refusing(),
            _ => Stub::start(reply).await,
        };
        let catalogue = stub("catalogue", Reply::schema(catalogue::schema())).await;
        let people = stub("people", Reply::schema(people::schema())).await;
        let reviews = stub("reviews", Reply::schema(reviews::schema())).await;
        for (name, stub) in [("catalogue", &catalogue), ("people", &people), ("reviews", &reviews)] {
            config.subgraphs.entry(name.to_owned()).or_insert_with(|| stub.url.clone());
        }
        let pair = |place: fn(&Path) -> KeyFiles| {
            let folder = tempfile::tempdir().expect("a folder");
            let files = place(folder.path());
            files.ensure().expect("keys");
            (folder, files)
        };
        let keys = signed.then(|| pair(KeyFiles::under));
        let issuer = issuer.then(|| pair(KeyFiles::of_issuer));
        let signer = keys.as_ref().map(|(_, files)| Signer::from_file(&files.private, Clock::System).expect("a key"));
        let tokens = issuer
            .as_ref()
            .map(|(_, files)| access_token::Verifier::from_file(&files.public, Clock::System).expect("a public key"));
        let parts = GatewayParts { config, supergraph, signer, tokens, in_process, public, shared, sessions_ended };
        let gateway = Arc::new(Gateway::new(parts).expect("a supergraph that can be served"));
        let readiness = Arc::new(move || futures::future::ready(ready.clone()).boxed());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let served = router(Arc::clone(&gateway), readiness);
        tokio::spawn(async move { serve(listener, served, &ServerConfig::default(), std::future::pending()).await });
        TestGateway { url, client: Client::new(), gateway, catalogue, people, reviews, keys, issuer }
    }
}
