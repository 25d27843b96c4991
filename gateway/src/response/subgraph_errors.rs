//! Errors that a subgraph answered: placed in the client's tree, and masked unless they are the client's.

use std::collections::{HashMap, HashSet};

use kernel::ErrorCode;

use crate::error::GraphqlError;
use crate::json::{Step, Value};
use crate::pipeline::Caller;
use crate::telemetry::shortened;

/// Errors taken at most from what an answer says of one field of its root.
const MAX_ERRORS: usize = 100;

/// Bytes of a subgraph's words in the log.
const LONGEST_LOGGED: usize = 500;

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
    let (mut known, mut taken) = (HashSet::new(), HashMap::new());
    for error in list {
        let path = error.get("path").and_then(path);
        let of_root = taken.entry(path.as_ref().and_then(|path| path.first().cloned())).or_insert(0);
        *of_root += 1;
        let mut places = locate(path);
        if *of_root > MAX_ERRORS {
            read.gaps.append(&mut places);
            continue;
        }
        let message = error.get("message").and_then(Value::as_str).unwrap_or("no message");
        let code = error.get("extensions").and_then(|extensions| extensions.get("code")).and_then(Value::as_str);
        let told = told(subgraph, code, message, caller);
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
fn told(subgraph: &str, code: Option<&str>, message: &str, caller: &Caller) -> GraphqlError {
    let error = match code.and_then(ErrorCode::parse) {
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
        _ => {
            tracing::warn!(
                request_id = &*caller.account.request_id,
                subgraph,
                code = shortened(code.unwrap_or("none"), LONGEST_LOGGED),
                told = shortened(message, LONGEST_LOGGED),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::http::HeaderMap;
    use bytes::Bytes;
    use kernel::Principal;
    use service_kit::telemetry::TraceContext;

    use super::*;
    use crate::telemetry::Account;

    /// One field of the root with many errors does not hide those of another, and what is not told is a gap.
    #[test]
    fn each_field_of_the_root_has_its_errors() {
        let error = |key: &str, index: usize| serde_json::json!({"message": "no", "path": [key, index], "extensions": {"code": "FORBIDDEN"}});
        let errors: Vec<_> = (0..MAX_ERRORS + 20).map(|index| error("e0", index)).chain([error("e1", 0)]).collect();
        let errors = Bytes::from(serde_json::json!(errors).to_string());
        let errors = crate::json::read(&errors).expect("JSON");
        let account = Arc::new(Account::new("r1", TraceContext::default()));
        let caller = Caller { principal: Principal::anonymous(), doubt: None, account, headers: HeaderMap::new() };
        let read = read("reviews", Some(errors), &caller, &mut |path| path.into_iter().collect());
        assert_eq!((read.errors.len(), read.gaps.len()), (MAX_ERRORS + 1, 20));
        let last = read.errors.last().and_then(|error| error.path.clone());
        assert_eq!(last, Some(vec![Step::Key("e1".into()), Step::Index(0)]));
    }
}
