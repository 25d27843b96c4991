//! The last stage: the client's answer of what was fetched.

use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use serde::Serialize;

use super::Prepared;
use super::execute::{Executed, client_key};
use crate::error::GraphqlError;
use crate::json::{Object, Step};
use crate::response::complete::Completion;
use crate::supergraph::Supergraph;

/// A GraphQL response with data, as it is written.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<GraphqlError>,
    pub(crate) data: Option<Object>,
}

/// Completes what was fetched.
pub(super) fn respond(
    supergraph: &Supergraph,
    prepared: &Prepared,
    variables: &Valid<JsonMap>,
    introspected: Option<JsonMap>,
    executed: Executed,
) -> Answer {
    let Executed { data, mut errors } = executed;
    for error in &mut errors {
        for step in error.path.iter_mut().flatten() {
            if let Step::Key(key) = step {
                *key = client_key(&supergraph.alias_prefix, key);
            }
        }
    }
    let introspected = introspected.as_ref();
    let mut completion = Completion { supergraph, document: &prepared.document, variables, introspected, errors };
    let data = completion.root(&prepared.operation.selection_set, &data);
    Answer { errors: completion.errors, data }
}
