//! A federated graph of a folder under `tests/federation`: its subgraphs run, each on a port of its own, behind a gateway.

mod exact;
mod nulls;
mod resolve;
mod schema;
mod selection;
mod view;
mod world;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::gateway::config::GatewayConfig;
use ::gateway::{Gateway, GatewayParts, router};
use async_graphql::dynamic::Schema;
use futures::FutureExt;
use kernel::Clock;
use reqwest::Client;
use serde_json::{Value, json};
use service_kit::principal_token::{KeyFiles, Signer};
use service_kit::server::{ServerConfig, serve};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, oneshot};
use tokio::task::JoinHandle;

use crate::harness::{Recorded, Reply, Stub};
pub(crate) use exact::Exact;
use view::View;
use world::World;

/// A graph that runs.
pub(crate) struct Graph {
    pub(crate) url: String,
    pub(crate) client: Client,
    subgraphs: BTreeMap<String, Stub>,
    /// The same data behind the public schema, in one piece.
    merged: Schema,
    /// The same to the letter of the specification.
    pub(crate) exact: Exact,
    world: Arc<World>,
    /// Tells the gateway of sessions that have ended.
    pub(crate) ended: broadcast::Sender<String>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/federation").join(name)
}

/// Signs with a key that nobody else has.
fn signer() -> Signer {
    let folder = tempfile::tempdir().expect("a folder");
    let files = KeyFiles::under(folder.path());
    files.ensure().expect("keys");
    Signer::from_file(&files.private, Clock::System).expect("a key")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Graph {
    pub(crate) async fn start(name: &str) -> Self {
        Self::start_with(name, |_| {}).await
    }

    pub(crate) async fn start_with(name: &str, change: impl FnOnce(&mut GatewayConfig)) -> Self {
        Self::start_on(name, str::to_owned, change, |view, world, _| {
            Reply::streaming(schema::build(view, world), |request| request.data(nulls::Absent::default()))
        })
        .await
    }

    /// With subgraphs that answer to the letter of the specification, and take no document that is not valid. `named` gives
    /// them other names, in another order.
    pub(crate) async fn start_exact(
        name: &str,
        named: impl Fn(&str) -> String,
        change: impl FnOnce(&mut GatewayConfig),
    ) -> Self {
        Self::start_on(name, named, change, |view, world, sdl| {
            let exact = Exact::new(view, world, sdl);
            Reply::Made(Arc::new(move |body| serde_json::to_vec(&exact.answer(body)).expect("JSON")))
        })
        .await
    }

    async fn start_on(
        name: &str,
        named: impl Fn(&str) -> String,
        change: impl FnOnce(&mut GatewayConfig),
        subgraph: impl Fn(&Arc<View>, &Arc<World>, &str) -> Reply,
    ) -> Self {
        let folder = folder(name);
        let world: Arc<World> = Arc::new(serde_json::from_str(&read(&folder.join("data.json"))).expect("a world"));
        let mut config = GatewayConfig { own_subgraphs: Vec::new(), ..GatewayConfig::default() };
        let mut supergraph = read(&folder.join("supergraph.graphql"));
        let mut subgraphs = BTreeMap::new();
        for file in std::fs::read_dir(folder.join("subgraphs")).expect("a folder of subgraphs") {
            let path = file.expect("a file").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let sdl = read(&path);
            let view = Arc::new(View::read(&name, &sdl));
            let stub = Stub::start(subgraph(&view, &world, &sdl)).await;
            for at in ["name", "override"] {
                supergraph = supergraph.replace(&format!("{at}: \"{name}\""), &format!("{at}: \"{}\"", named(&name)));
            }
            config.subgraphs.insert(named(&name), stub.url.clone());
            subgraphs.insert(name, stub);
        }
        change(&mut config);
        let (ended, sessions_ended) = broadcast::channel(16);
        let parts = GatewayParts {
            signer: (!config.own_subgraphs.is_empty()).then(signer),
            config,
            supergraph,
            shared: None,
            sessions_ended: Some(sessions_ended),
            tokens: None,
            in_process: HashMap::new(),
            public: HashMap::new(),
        };
        let gateway = Arc::new(Gateway::new(parts).expect("a supergraph"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let served = router(gateway, Arc::new(|| async { Ok(()) }.boxed()));
        let (stop, told) = oneshot::channel();
        let limits = ServerConfig { write_timeout: Duration::from_secs(1), ..ServerConfig::default() };
        let served = tokio::spawn(async move { serve(listener, served, &limits, async { drop(told.await) }).await });
        let client = Client::new();
        let public = client.get(format!("{url}/schema.graphql")).send().await.expect("a schema");
        let public = public.text().await.expect("a schema");
        let view = Arc::new(View::read("", &public));
        let merged = schema::build(&view, &world);
        let exact = Exact::new(&view, &world, &public);
        Self { url, client, subgraphs, merged, exact, world, ended, stop, served }
    }

    /// Tells the gateway to stop; back comes what ends when it has.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).expect("it runs");
        self.served
    }

    /// The bytes that the gateway answers.
    pub(crate) async fn ask_plainly(&self, body: &Value) -> String {
        self.world.forget();
        let sent = self.client.post(format!("{}/graphql", self.url)).json(body).send().await;
        sent.expect("an answer").text().await.expect("a text")
    }

    /// What the specification says that the answer is.
    pub(crate) fn ask_exactly(&self, body: &Value) -> serde_json_bytes::Value {
        self.world.forget();
        self.exact.answer(body)
    }

    /// All that subgraphs were asked since this was called before, a line each.
    pub(crate) fn take_requests(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, stub) in &self.subgraphs {
            lines.extend(stub.requests().into_iter().map(|request| format!("{name}: {}", request.body)));
            stub.forget();
        }
        lines
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// Asks the gateway.
    pub(crate) async fn ask(&self, query: &str, variables: &Value) -> Value {
        self.world.forget();
        let request = self.client.post(format!("{}/graphql", self.url));
        let sent = request.json(&json!({"query": query, "variables": variables})).send().await;
        sent.expect("an answer").json().await.expect("JSON")
    }

    /// Asks the merged schema.
    pub(crate) async fn ask_merged(&self, query: &str, variables: &Value) -> Value {
        self.world.forget();
        let request = async_graphql::Request::new(query)
            .variables(async_graphql::Variables::from_json(variables.clone()))
            .data(nulls::Absent::default());
        serde_json::to_value(self.merged.execute(request).await).expect("JSON")
    }

    /// What a subgraph was asked.
    pub(crate) fn requests(&self, subgraph: &str) -> Vec<Recorded> {
        self.subgraphs[subgraph].requests()
    }

    pub(crate) fn subgraph(&self, name: &str) -> &Stub {
        &self.subgraphs[name]
    }

    fn calls(&self) -> BTreeMap<&str, usize> {
        self.subgraphs.iter().map(|(name, stub)| (name.as_str(), stub.calls())).collect()
    }

    /// `query` is answered with `data`, as the merged schema answers it, by so many calls; subgraphs that are not named get none.
    pub(crate) async fn check(&self, query: &str, data: Value, calls: &[(&str, usize)]) {
        self.check_with(query, json!({}), data, calls).await;
    }

    pub(crate) async fn check_with(&self, query: &str, variables: Value, data: Value, calls: &[(&str, usize)]) {
        let before = self.calls();
        let answer = self.ask(query, &variables).await;
        let after = self.calls();
        let made: Vec<(&str, usize)> =
            after.iter().map(|(name, count)| (*name, count - before[name])).filter(|(_, count)| *count > 0).collect();
        let asked = || {
            self.subgraphs
                .iter()
                .map(|(name, stub)| {
                    let of =
                        stub.requests().into_iter().skip(before[name.as_str()]).map(|request| request.body.to_string());
                    format!("{name}: {}", of.collect::<Vec<_>>().join("\n   "))
                })
                .collect::<Vec<_>>()
                .join("\n")
        };
        assert_eq!(answer, json!({"data": data}), "{query}\n{}", asked());
        let merged = self.ask_merged(query, &variables).await;
        assert_eq!(without_empty(&merged["data"]), without_empty(&data), "the merged schema: {merged}");
        assert_eq!(made, calls, "{query}\n{}", asked());
    }
}

/// The value with null for objects of which nothing was selected: so async-graphql has it.
pub(crate) fn without_empty(value: &Value) -> Value {
    match value {
        Value::Object(object) if object.is_empty() => Value::Null,
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), without_empty(value))).collect(),
        Value::Array(items) => items.iter().map(without_empty).collect(),
        other => other.clone(),
    }
}
