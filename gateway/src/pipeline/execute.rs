//! Running a program: calls to subgraphs, entities, merging. What fails leaves a gap and an error, and the rest is answered.

use std::collections::HashSet;
use std::sync::Mutex;

use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use hive_router_query_planner::planner::plan_nodes::FetchRewrite;
use kernel::ErrorCode;

use super::wanted::Wanted;
use super::{Caller, Prepared};
use crate::Gateway;
use crate::engine::Serving;
use crate::error::GraphqlError;
use crate::json::{self, ByteString, Object, Step, Value};
use crate::plan::{EntityFetch, Fetch, Node, Target};
use crate::response::subgraph_errors::{self, MAX_PLACES, SubgraphErrors};
use crate::response::{merge, rewrite};
use crate::subgraph::{CallError, SubgraphRequest};

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

struct Run<'a> {
    gateway: &'a Gateway,
    serving: &'a Serving,
    variables: &'a Valid<JsonMap>,
    caller: &'a Caller,
    /// Held for a look or a merge, never across an await; no other request knows it.
    state: Mutex<Executed>,
}

/// Runs every program of an operation, one after the other.
pub(super) async fn execute(
    gateway: &Gateway,
    serving: &Serving,
    prepared: &Prepared,
    variables: &Valid<JsonMap>,
    caller: &Caller,
) -> Executed {
    let state = Mutex::new(Executed { data: Value::Object(Object::new()), ..Executed::default() });
    let run = Run { gateway, serving, variables, caller, state };
    for root in prepared.programs.iter().filter_map(|program| program.root.as_ref()) {
        run.node(root).await;
    }
    run.state.into_inner().expect("no panic happens under this lock")
}

impl Run<'_> {
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
        self.variables.get(self.serving.supergraph.aliases.client_variable(name))
    }

    fn with_state<T>(&self, look: impl FnOnce(&mut Executed) -> T) -> T {
        look(&mut self.state.lock().expect("no panic happens under this lock"))
    }

    /// Calls the subgraph of `fetch`; `representations` are variables already written as JSON.
    async fn call(&self, fetch: &Fetch, representations: &[(&str, String)]) -> Result<Object, CallError> {
        let client = self.serving.clients.get(&fetch.subgraph);
        let client = client.ok_or_else(|| CallError::Unreachable("it has no address that can be used".to_owned()))?;
        let request = SubgraphRequest {
            body: self.body(fetch, representations),
            principal: self.gateway.principal_token(&fetch.subgraph, &self.caller.principal),
            request_id: std::sync::Arc::clone(&self.caller.request_id),
        };
        let answer = tokio::time::timeout(self.gateway.config.subgraph_timeout, client.call(request)).await;
        let bytes = answer.unwrap_or(Err(CallError::TimedOut))?;
        match json::read(&bytes) {
            Ok(Value::Object(object)) if object.contains_key("data") || object.contains_key("errors") => Ok(object),
            Ok(_) => Err(CallError::BrokenOff("it is no GraphQL response".to_owned())),
            Err(error) => Err(CallError::BrokenOff(format!("it is no JSON: {error}"))),
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
        let places: Vec<Vec<Step>> = fields.iter().map(|key| vec![Step::Key(key.clone())]).collect();
        let mut answer = match self.call(fetch, &[]).await {
            Ok(answer) => answer,
            Err(error) => return self.failed(fetch, &error, places),
        };
        let mut data = answer.remove("data").unwrap_or(Value::Null);
        let read =
            subgraph_errors::read(&fetch.subgraph, answer.remove("errors"), self.caller, &mut |path| match path {
                Some(path) => vec![path],
                None if data.is_null() => places.clone(),
                None => Vec::new(),
            });
        match &data {
            Value::Object(_) => {}
            Value::Null if !read.errors.is_empty() => self.with_state(|state| state.gaps.extend(places)),
            _ => self.failed(fetch, &CallError::BrokenOff("its data is no object".to_owned()), places),
        }
        for rule in rewrites {
            rewrite::apply(&self.serving.supergraph.types, rule, &mut data);
        }
        self.with_state(|state| {
            state.tell(read);
            if data.is_object() {
                merge(&mut state.data, data);
            }
        });
    }

    async fn entities(&self, fetch: &Fetch, entities: &[EntityFetch]) {
        let types = &self.serving.supergraph.types;
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
        // An error's path begins with the key of an `_entities` field.
        let read = subgraph_errors::read(&fetch.subgraph, answer.remove("errors"), self.caller, &mut |path| {
            let Some([Step::Key(key), rest @ ..]) = path.as_deref() else {
                return if data.is_null() { all() } else { Vec::new() };
            };
            let of = entities.iter().position(|entity| entity.key == key.as_str());
            of.map(|of| wanted[of].located(data.get(key.as_str()), rest)).unwrap_or_default()
        });
        let explained = !read.errors.is_empty();
        self.with_state(|state| state.tell(read));
        for (entity, wanted) in entities.iter().zip(&wanted) {
            let found = data.as_object_mut().and_then(|data| data.remove(entity.key.as_str())).unwrap_or(Value::Null);
            if found.is_null() && explained {
                self.with_state(|state| state.gaps.extend(wanted.places().cloned()));
                continue;
            }
            let strays = self.with_state(|state| wanted.write(types, entity, found, &mut state.data));
            if !strays.is_empty() {
                self.failed(
                    fetch,
                    &CallError::BrokenOff("its entities are not those that were asked for".to_owned()),
                    strays,
                );
            }
        }
    }

    /// A call failed as a whole: an error at each place that stays empty, and one line in the log.
    fn failed(&self, fetch: &Fetch, error: &CallError, places: Vec<Vec<Step>>) {
        let request_id = &*self.caller.request_id;
        tracing::warn!(request_id, subgraph = fetch.subgraph, %error, "a call to a subgraph failed");
        let (code, message) = match error {
            CallError::TimedOut => {
                (ErrorCode::Timeout, format!("the service {} did not answer in time", fetch.subgraph))
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
