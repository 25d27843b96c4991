//! Errors that a subgraph answered: placed in the client's tree, and masked unless they are the client's.

use std::collections::HashSet;

use kernel::ErrorCode;

use crate::error::GraphqlError;
use crate::json::{Step, Value};
use crate::pipeline::Caller;

/// Errors taken from one answer at most.
const MAX_ERRORS: usize = 100;

/// Places that one failure is told at, at most.
pub(crate) const MAX_PLACES: usize = 10;

/// What an answer says of its errors.
#[derive(Default)]
pub(crate) struct SubgraphErrors {
    pub(crate) errors: Vec<GraphqlError>,
    /// Places that these errors explain too and are not told at.
    pub(crate) gaps: Vec<Vec<Step>>,
}

/// Reads the `errors` of an answer. `locate` tells where in the fetched tree a path of the subgraph's lies: at several places
/// for an entity that stands at several, nowhere for a path that means nothing.
pub(crate) fn read(
    subgraph: &str,
    errors: Option<Value>,
    caller: &Caller,
    locate: &mut dyn FnMut(Option<Vec<Step>>) -> Vec<Vec<Step>>,
) -> SubgraphErrors {
    let mut read = SubgraphErrors::default();
    let Some(Value::Array(list)) = errors else { return read };
    let mut known = HashSet::new();
    for error in list.into_iter().take(MAX_ERRORS) {
        let message = error.get("message").and_then(Value::as_str).unwrap_or("no message");
        let code = error.get("extensions").and_then(|extensions| extensions.get("code")).and_then(Value::as_str);
        let told = told(subgraph, code.and_then(ErrorCode::parse), message, caller);
        let mut places = locate(error.get("path").and_then(path));
        read.gaps.extend(places.drain(MAX_PLACES.min(places.len())..));
        if places.is_empty() {
            read.errors.push(told);
            continue;
        }
        // One that names no entity may come once for each: it is told at a place once.
        places.retain(|place| known.insert((place.clone(), told.extensions.code, told.message.clone())));
        read.errors.extend(places.into_iter().map(|place| told.clone().at(place)));
    }
    read
}

/// What of an error the client may read: all of it where it is about what the client sent, else the code alone.
fn told(subgraph: &str, code: Option<ErrorCode>, message: &str, caller: &Caller) -> GraphqlError {
    let error = match code {
        Some(
            code @ (ErrorCode::NotFound
            | ErrorCode::Conflict
            | ErrorCode::BadUserInput
            | ErrorCode::Unauthenticated
            | ErrorCode::Forbidden
            | ErrorCode::RateLimited
            | ErrorCode::LimitExceeded),
        ) => GraphqlError::new(code, message),
        Some(code @ (ErrorCode::Timeout | ErrorCode::UpstreamUnavailable)) => {
            GraphqlError::new(code, format!("the service {subgraph} could not answer this part"))
        }
        Some(ErrorCode::Internal) => {
            GraphqlError::new(ErrorCode::Internal, format!("the service {subgraph} failed at this part"))
        }
        other => {
            tracing::warn!(
                request_id = &*caller.account.request_id,
                subgraph,
                code = other.map_or("none", |code| code.as_str()),
                told = message,
                "a subgraph answered an error"
            );
            GraphqlError::new(ErrorCode::Internal, format!("the service {subgraph} failed at this part"))
        }
    };
    error.of_service(subgraph)
}

fn path(value: &Value) -> Option<Vec<Step>> {
    let Value::Array(steps) = value else { return None };
    steps
        .iter()
        .map(|step| match step {
            Value::String(key) => Some(Step::Key(key.clone())),
            Value::Number(number) => number.as_u64().and_then(|index| usize::try_from(index).ok()).map(Step::Index),
            _ => None,
        })
        .collect()
}
