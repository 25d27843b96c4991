//! Errors that a subgraph answered: placed in the client's tree, and masked unless they are the client's.

use kernel::ErrorCode;

use crate::error::GraphqlError;
use crate::json::{Step, Value};
use crate::pipeline::Caller;

/// Errors taken from one answer at most.
const MAX_ERRORS: usize = 100;

/// Reads the `errors` of an answer. `locate` tells where in the client's tree a path of the subgraph's lies: at several places
/// for an entity that stands at several, nowhere for a path that means nothing.
pub(crate) fn read(
    subgraph: &str,
    errors: Option<Value>,
    caller: &Caller,
    locate: &mut dyn FnMut(Vec<Step>) -> Vec<Vec<Step>>,
) -> Vec<GraphqlError> {
    let Some(Value::Array(list)) = errors else { return Vec::new() };
    let mut read = Vec::new();
    for error in list.into_iter().take(MAX_ERRORS) {
        let message = error.get("message").and_then(Value::as_str).unwrap_or("no message");
        let code = error.get("extensions").and_then(|extensions| extensions.get("code")).and_then(Value::as_str);
        let told = told(subgraph, code.and_then(ErrorCode::parse), message, caller);
        let places = error.get("path").and_then(path).map(&mut *locate).unwrap_or_default();
        if places.is_empty() {
            read.push(told);
        } else {
            read.extend(places.into_iter().map(|place| told.clone().at(place)));
        }
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
            tracing::warn!(request_id = &*caller.request_id, subgraph, code = ?other, message, "a subgraph answered an error");
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
