//! Running a program: calls to subgraphs, entities, merging. What fails leaves a gap and an error, and the rest is answered.

use std::collections::HashMap;
use std::sync::Mutex;

use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use kernel::ErrorCode;

use super::{Caller, Prepared};
use crate::Gateway;
use crate::engine::Serving;
use crate::error::GraphqlError;
use crate::json::{ByteString, Object, Step, Value};
use crate::plan::{Condition, EntityFetch, Fetch, Node, Target};
use crate::response::{merge, places, representation, rewrite, subgraph_errors};
use crate::subgraph::{CallError, SubgraphRequest};

/// Places named for one failed call at most.
const MAX_PLACES: usize = 10;

/// What was fetched, by internal keys, and what went wrong.
#[derive(Default)]
pub(super) struct Executed {
    pub(super) data: Value,
    pub(super) errors: Vec<GraphqlError>,
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
    let state = Mutex::new(Executed { data: Value::Object(Object::new()), errors: Vec::new() });
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
                Node::Condition(condition) => {
                    if let Some(node) = self.branch(condition) {
                        self.node(node).await;
                    }
                }
                Node::Fetch(fetch) => match &fetch.target {
                    Target::Root { rewrites } => {
                        let answer = self.call(fetch, &[]).await;
                        self.merge_root(fetch, rewrites, answer);
                    }
                    Target::Entities(entities) => self.entities(fetch, entities).await,
                },
            }
        }
        .boxed()
    }

    fn branch<'a>(&self, condition: &'a Condition) -> Option<&'a Node> {
        let holds = self.variables.get(condition.variable.as_str()).and_then(Value::as_bool).unwrap_or(false);
        if holds { condition.when_true.as_deref() } else { condition.when_false.as_deref() }
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
        match Value::from_bytes(bytes) {
            Ok(Value::Object(object)) if object.contains_key("data") || object.contains_key("errors") => Ok(object),
            Ok(_) => Err(CallError::BrokenOff("it is no GraphQL response".to_owned())),
            Err(error) => Err(CallError::BrokenOff(format!("it is no JSON: {error}"))),
        }
    }

    fn body(&self, fetch: &Fetch, representations: &[(&str, String)]) -> Bytes {
        let mut body = format!("{{\"query\":{},\"variables\":{{", fetch.query);
        let mut comma = "";
        for name in &fetch.variables {
            if let Some(value) = self.variables.get(name.as_str()) {
                let value = serde_json::to_string(value).expect("a tree of values is JSON");
                body.push_str(&format!("{comma}\"{name}\":{value}"));
                comma = ",";
            }
        }
        for (name, value) in representations {
            body.push_str(&format!("{comma}\"{name}\":{value}"));
            comma = ",";
        }
        body.push_str("}}");
        Bytes::from(body)
    }

    fn merge_root(
        &self,
        fetch: &Fetch,
        rewrites: &[hive_router_query_planner::planner::plan_nodes::FetchRewrite],
        answer: Result<Object, CallError>,
    ) {
        match answer {
            Err(error) => {
                let places = fetch.root_keys.iter().map(|key| vec![Step::Key(key.clone())]).collect();
                self.failed(fetch, &error, places);
            }
            Ok(mut answer) => {
                let errors =
                    subgraph_errors::read(&fetch.subgraph, answer.remove("errors"), self.caller, &mut |path| {
                        vec![path]
                    });
                let mut data = answer.remove("data").unwrap_or(Value::Null);
                for rule in rewrites {
                    rewrite::apply(rule, &mut data);
                }
                self.with_state(|state| {
                    state.errors.extend(errors);
                    if !data.is_null() {
                        merge(&mut state.data, data);
                    }
                });
            }
        }
    }

    async fn entities(&self, fetch: &Fetch, entities: &[EntityFetch]) {
        let wanted: Vec<Wanted> =
            self.with_state(|state| entities.iter().map(|entity| Wanted::collect(entity, &state.data)).collect());
        if wanted.iter().all(|wanted| wanted.places.is_empty()) {
            return;
        }
        let written: Vec<(&str, String)> =
            entities.iter().zip(&wanted).map(|(entity, wanted)| (entity.variable.as_str(), wanted.json())).collect();
        match self.call(fetch, &written).await {
            Err(error) => {
                let places = wanted.iter().flat_map(|wanted| wanted.places.iter().flatten().cloned()).collect();
                self.failed(fetch, &error, places);
            }
            Ok(mut answer) => {
                // An error's path begins with `_entities` and an index: it is told at every place of that entity.
                let mut locate = |path: Vec<Step>| -> Vec<Vec<Step>> {
                    let [Step::Key(key), Step::Index(index), rest @ ..] = path.as_slice() else { return Vec::new() };
                    let of = entities.iter().position(|entity| entity.key == key.as_str());
                    let places = of.and_then(|of| wanted[of].places.get(*index));
                    places.into_iter().flatten().map(|place| place.iter().chain(rest).cloned().collect()).collect()
                };
                let errors = subgraph_errors::read(&fetch.subgraph, answer.remove("errors"), self.caller, &mut locate);
                let mut data = answer.remove("data").unwrap_or(Value::Null);
                self.with_state(|state| {
                    state.errors.extend(errors);
                    for (entity, wanted) in entities.iter().zip(&wanted) {
                        let found = data.as_object_mut().and_then(|data| data.remove(entity.key.as_str()));
                        if let Some(Value::Array(found)) = found {
                            wanted.write(entity, found, &mut state.data);
                        }
                    }
                });
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
        self.with_state(|state| state.errors.extend(places.into_iter().take(MAX_PLACES).map(error)));
    }
}

/// The entities that one `_entities` field asks for: each once, with every place that wants it.
#[derive(Default)]
struct Wanted {
    representations: Vec<String>,
    places: Vec<Vec<Vec<Step>>>,
}

impl Wanted {
    fn collect(entity: &EntityFetch, data: &Value) -> Self {
        let mut wanted = Self::default();
        let mut known: HashMap<String, usize> = HashMap::new();
        for path in &entity.paths {
            places::visit(data, path, &mut |place, object| {
                let Some(mut representation) = representation::of(&entity.requires, object) else { return };
                for rule in &entity.input_rewrites {
                    rewrite::apply(rule, &mut representation);
                }
                let json = serde_json::to_string(&representation).expect("a tree of values is JSON");
                let index = *known.entry(json).or_insert_with_key(|json| {
                    wanted.representations.push(json.clone());
                    wanted.places.push(Vec::new());
                    wanted.places.len() - 1
                });
                wanted.places[index].push(place.to_vec());
            });
        }
        wanted
    }

    fn json(&self) -> String {
        format!("[{}]", self.representations.join(","))
    }

    fn write(&self, entity: &EntityFetch, found: Vec<Value>, data: &mut Value) {
        for (mut value, places) in found.into_iter().zip(&self.places) {
            if value.is_null() {
                continue;
            }
            for rule in &entity.output_rewrites {
                rewrite::apply(rule, &mut value);
            }
            for place in places {
                if let Some(at) = crate::json::at_mut(data, place) {
                    merge(at, value.clone());
                }
            }
        }
    }
}

/// The client's name of an internal key.
pub(super) fn client_key(prefix: &str, key: &ByteString) -> ByteString {
    key.as_str().strip_prefix(prefix).map_or_else(|| key.clone(), ByteString::from)
}
