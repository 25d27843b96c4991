//! One operation, asked of the gateway and of the merged schema.

use apollo_compiler::ExecutableDocument;
use serde_json::Value as Json;
use serde_json_bytes::Value;

use super::generate::Ground;
use super::operation::Operation;
use crate::federation::Graph;

/// What came of an operation.
pub(crate) enum Outcome {
    Same,
    /// The gateway holds it for too large.
    PastLimit,
    Differs(Difference),
}

/// Two answers that are not the same.
pub(crate) struct Difference {
    pub(crate) why: &'static str,
    gateway: String,
    exact: String,
    requests: Vec<String>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(out, "  {}", self.why)?;
        writeln!(out, "  gateway: {}\n  merged:  {}", self.gateway, self.exact)?;
        self.requests.iter().try_for_each(|request| writeln!(out, "  -> {request}"))
    }
}

/// Whether the operation may be sent at all.
pub(crate) fn is_valid(ground: &Ground, operation: &Operation) -> bool {
    ExecutableDocument::parse_and_validate(ground.schema(), operation.text(), "query.graphql").is_ok()
}

/// Asks both; `body` is the request's.
pub(crate) async fn ask(graph: &Graph, body: &Json) -> Outcome {
    graph.take_requests();
    let gateway = graph.ask_plainly(body).await;
    let requests = graph.take_requests();
    let exact = graph.ask_exactly(body);
    let Some(why) = differ(&gateway, &exact) else { return Outcome::Same };
    if gateway.contains("LIMIT_EXCEEDED") {
        return Outcome::PastLimit;
    }
    Outcome::Differs(Difference { why, gateway, exact: exact.to_string(), requests })
}

/// How two answers differ, if they do.
pub(crate) fn differ(gateway: &str, exact: &Value) -> Option<&'static str> {
    let Ok(Value::Object(gateway)) = serde_json::from_str(gateway) else { return Some("the answer is no JSON object") };
    let exact = exact.as_object().expect("an answer");
    match (gateway.get("data"), exact.get("data")) {
        (None, None) => return None,
        (Some(_), None) => return Some("what must be refused is answered"),
        (None, Some(_)) => return Some("it is refused"),
        (Some(gateway), Some(exact)) if gateway != exact => return Some("the data differ"),
        // Objects are equal whatever the order of their keys; their texts are not.
        (Some(gateway), Some(exact)) if text(gateway) != text(exact) => return Some("the order differs"),
        _ => {}
    }
    match (gateway.contains_key("errors"), exact.contains_key("errors")) {
        (true, false) => Some("there are errors"),
        (false, true) => Some("there are no errors"),
        _ => None,
    }
}

fn text(value: &Value) -> String {
    value.to_string()
}
