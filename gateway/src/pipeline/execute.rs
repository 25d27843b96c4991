//! Running a program: calls to subgraphs, entities, merging. What fails leaves a gap and an error, and the rest is answered.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use hive_router_query_planner::planner::plan_nodes::FetchRewrite;
use kernel::{ErrorCode, Principal};

use super::wanted::Wanted;
use super::{Caller, Prepared};
use crate::Gateway;
use crate::engine::Serving;
use crate::error::GraphqlError;
use crate::json::{self, ByteString, Object, Step, Value};
use crate::plan::{EntityFetch, Fetch, Node, Target};
use crate::response::subgraph_errors::{self, MAX_PLACES, SubgraphErrors};
use crate::response::{merge, rewrite};
use crate::subgraph::{CallError, Events, Intent, SubgraphClient, SubgraphRequest};

/// What was fetched, by internal keys, and what went wrong.
#[derive(Default)]
pub(super) struct Executed {
    pub(super) data: Value,
    pub(super) errors: Vec<GraphqlError>,
    /// All places that failed calls left empty.
    pub(super) gaps: HashSet<Vec<Step>>,
}

impl Executed {
    fn tell(&mut self, read: SubgraphErrors) {
        self.errors.extend(read.errors);
        self.gaps.extend(read.gaps);
    }
}

/// What one execution needs to know.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) gateway: &'a Gateway,
    pub(super) serving: &'a Serving,
    pub(super) variables: &'a Valid<JsonMap>,
    pub(super) caller: &'a Caller,
}

struct Run<'a> {
    context: Context<'a>,
    /// Who asks, for every call.
    principal: Arc<Principal>,
    /// Whether the operation is a query.
    reads: bool,
    /// Held for a look or a merge, never across an await; no other request knows it.
    state: Mutex<Executed>,
}

/// Runs every program of an operation, one after the other.
pub(super) async fn execute(context: Context<'_>, prepared: &Prepared) -> Executed {
    let run = Run::new(context, prepared);
    run.programs(prepared).await;
    run.ended()
}

/// Joins to one event of a subscription what else was asked for.
pub(super) async fn join(
    context: Context<'_>,
    prepared: &Prepared,
    source: &Fetch,
    event: Result<Bytes, CallError>,
) -> Executed {
    let run = Run::new(context, prepared);
    if let Target::Root { fields, rewrites } = &source.target {
        run.rooted(source, fields, rewrites, event.and_then(|bytes| read(&bytes)));
    }
    run.programs(prepared).await;
    run.ended()
}

/// Opens the events of a subscription.
pub(super) async fn open(context: Context<'_>, prepared: &Prepared, source: &Fetch) -> Result<Events, CallError> {
    let run = Run::new(context, prepared);
    run.client(source)?.subscribe(run.request(source, &[])).await
}

/// A GraphQL response.
fn read(bytes: &Bytes) -> Result<Object, CallError> {
    match json::read(bytes) {
        Ok(Value::Object(object)) if object.contains_key("data") || object.contains_key("errors") => Ok(object),
        Ok(_) => Err(CallError::Unreadable("it is no GraphQL response".to_owned())),
        Err(error) => Err(CallError::Unreadable(format!("it is no JSON: {error}"))),
    }
}

impl<'c> Run<'c> {
    fn new(context: Context<'c>, prepared: &Prepared) -> Self {
        let (principal, reads) = (Arc::new(context.caller.principal.clone()), prepared.operation.is_query());
        let state = Mutex::new(Executed { data: Value::Object(Object::new()), ..Executed::default() });
        Self { context, principal, reads, state }
    }

    fn ended(self) -> Executed {
        self.state.into_inner().expect("no panic happens under this lock")
    }

    async fn programs(&self, prepared: &Prepared) {
        for root in prepared.programs.iter().filter_map(|program| program.root.as_ref()) {
            self.node(root).await;
        }
    }

    fn node<'a>(&'a self, node: &'a Node) -> BoxFuture<'a, ()> {
        async move {
            match node {
                Node::Sequence(nodes) => {
                    for node in nodes {
                        self.node(node).await;
                    }
                }
                Node::Parallel(nodes) => {
                    join_all(nodes.iter().map(|node| self.node(node))).await;
                }
                Node::Fetch(fetch) => match &fetch.target {
                    Target::Root { fields, rewrites } => self.root(fetch, fields, rewrites).await,
                    Target::Entities(entities) => self.entities(fetch, entities).await,
                },
            }
        }
        .boxed()
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        self.context.variables.get(self.context.serving.supergraph.aliases.client_variable(name))
    }

    fn with_state<T>(&self, look: impl FnOnce(&mut Executed) -> T) -> T {
        look(&mut self.state.lock().expect("no panic happens under this lock"))
    }

    /// Calls the subgraph of `fetch`; `representations` are variables already written as JSON.
    async fn call(&self, fetch: &Fetch, representations: &[(&str, String)]) -> Result<Object, CallError> {
        let client = self.client(fetch)?;
        read(&client.call(self.request(fetch, representations)).await?)
    }

    fn client(&self, fetch: &Fetch) -> Result<&Arc<dyn SubgraphClient>, CallError> {
        let client = self.context.serving.clients.get(&fetch.subgraph);
        client.ok_or_else(|| CallError::Unreachable("it has no address that can be used".to_owned()))
    }

    fn request(&self, fetch: &Fetch, representations: &[(&str, String)]) -> SubgraphRequest {
        let Context { gateway, caller, .. } = self.context;
        SubgraphRequest {
            body: self.body(fetch, representations),
            principal: gateway.principal_token(&fetch.subgraph, &caller.principal),
            caller: Arc::clone(&self.principal),
            headers: gateway.forwarding.to(&fetch.subgraph, &caller.headers),
            request_id: Arc::clone(&caller.account.request_id),
            account: Arc::clone(&caller.account),
            intent: match fetch.target {
                _ if self.reads => Intent::Query,
                Target::Entities(_) => Intent::FollowUp,
                Target::Root { .. } => Intent::Mutation,
            },
        }
    }

    fn body(&self, fetch: &Fetch, representations: &[(&str, String)]) -> Bytes {
        let mut body = format!("{{\"query\":{},\"variables\":{{", fetch.query);
        let mut comma = "";
        let mut push = |name: &str, value: &str| {
            for part in [comma, "\"", name, "\":", value] {
                body.push_str(part);
            }
            comma = ",";
        };
        for name in &fetch.variables {
            if let Some(value) = self.variable(name) {
                push(name, &serde_json::to_string(value).expect("a tree of values is JSON"));
            }
        }
        for (name, value) in representations {
            push(name, value);
        }
        body.push_str("}}");
        Bytes::from(body)
    }

    /// Calls for `fields`, and puts them at the root.
    async fn root(&self, fetch: &Fetch, fields: &[ByteString], rewrites: &[FetchRewrite]) {
        let answer = self.call(fetch, &[]).await;
        self.rooted(fetch, fields, rewrites, answer);
    }

    /// Puts what was answered of root fields at the root.
    fn rooted(
        &self,
        fetch: &Fetch,
        fields: &[ByteString],
        rewrites: &[FetchRewrite],
        answer: Result<Object, CallError>,
    ) {
        let places: Vec<Vec<Step>> = fields.iter().map(|key| vec![Step::Key(key.clone())]).collect();
        let mut answer = match answer {
            Ok(answer) => answer,
            Err(error) => return self.failed(fetch, &error, places),
        };
        let mut data = answer.remove("data").unwrap_or(Value::Null);
        let read =
            subgraph_errors::read(
                &fetch.subgraph,
                answer.remove("errors"),
                self.context.caller,
                &mut |path| match path {
                    Some(path) => vec![path],
                    None if data.is_null() => places.clone(),
                    None => Vec::new(),
                },
            );
        match &data {
            Value::Object(_) => {}
            Value::Null if !read.errors.is_empty() => self.with_state(|state| state.gaps.extend(places)),
            _ => self.failed(fetch, &CallError::Unreadable("its data is no object".to_owned()), places),
        }
        for rule in rewrites {
            rewrite::apply(&self.context.serving.supergraph.types, rule, &mut data);
        }
        self.with_state(|state| {
            state.tell(read);
            if data.is_object() {
                merge(&mut state.data, data);
            }
        });
    }

    async fn entities(&self, fetch: &Fetch, entities: &[EntityFetch]) {
        let types = &self.context.serving.supergraph.types;
        let wanted: Vec<Wanted> = self.with_state(|state| {
            let collect = |entity| Wanted::collect(types, &fetch.subgraph, entity, &state.data);
            entities.iter().map(collect).collect()
        });
        if wanted.iter().all(Wanted::is_empty) {
            return;
        }
        let written: Vec<(&str, String)> =
            entities.iter().zip(&wanted).map(|(entity, wanted)| (entity.variable.as_str(), wanted.json())).collect();
        let all = || wanted.iter().flat_map(Wanted::places).cloned().collect();
        let mut answer = match self.call(fetch, &written).await {
            Ok(answer) => answer,
            Err(error) => return self.failed(fetch, &error, all()),
        };
        let mut data = answer.remove("data").unwrap_or(Value::Null);
        // An error's path begins with the key of an `_entities` field: that one's lack is explained. One without a path is about all.
        let mut explained = HashSet::new();
        let read = subgraph_errors::read(&fetch.subgraph, answer.remove("errors"), self.context.caller, &mut |path| {
            let Some([Step::Key(key), rest @ ..]) = path.as_deref() else {
                explained.extend(0..entities.len());
                return if data.is_null() { all() } else { Vec::new() };
            };
            let of = entities.iter().position(|entity| entity.key == key.as_str());
            explained.extend(of);
            of.map(|of| wanted[of].located(data.get(key.as_str()), rest)).unwrap_or_default()
        });
        self.with_state(|state| state.tell(read));
        for (number, (entity, wanted)) in entities.iter().zip(&wanted).enumerate() {
            let found = data.as_object_mut().and_then(|data| data.remove(entity.key.as_str())).unwrap_or(Value::Null);
            if found.is_null() && explained.contains(&number) {
                self.with_state(|state| state.gaps.extend(wanted.places().cloned()));
                continue;
            }
            let strays = self.with_state(|state| wanted.write(types, entity, found, &mut state.data));
            if !strays.is_empty() {
                self.failed(
                    fetch,
                    &CallError::Unreadable("its entities are not those that were asked for".to_owned()),
                    strays,
                );
            }
        }
    }

    /// A call failed as a whole: an error at each place that stays empty, and one line in the log.
    fn failed(&self, fetch: &Fetch, error: &CallError, places: Vec<Vec<Step>>) {
        let request_id = &*self.context.caller.account.request_id;
        tracing::warn!(request_id, subgraph = fetch.subgraph, %error, "a call to a subgraph failed");
        if matches!(error, CallError::Unreadable(_)) {
            self.context.gateway.metrics.unusable(&fetch.subgraph);
        }
        let (code, message) = match error {
            CallError::TimedOut => {
                (ErrorCode::Timeout, format!("the service {} did not answer in time", fetch.subgraph))
            }
            CallError::QueueFull | CallError::QueuedTooLong => {
                let message = format!("the service {} has too much to do; ask again later", fetch.subgraph);
                (ErrorCode::UpstreamUnavailable, message)
            }
            _ => (ErrorCode::UpstreamUnavailable, format!("the service {} is not available", fetch.subgraph)),
        };
        let error = |place| GraphqlError::new(code, message.clone()).of_service(&fetch.subgraph).at(place);
        self.with_state(|state| {
            state.errors.extend(places.iter().take(MAX_PLACES).cloned().map(error));
            state.gaps.extend(places);
        });
    }
}
