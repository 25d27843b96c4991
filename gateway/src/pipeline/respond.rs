//! The last stage: the client's answer of what was fetched.

use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use serde::Serialize;

use super::execute::Executed;
use super::{Caller, Prepared};
use crate::access::{Access, refusals};
use crate::error::GraphqlError;
use crate::json::Object;
use crate::response::client_path;
use crate::response::complete::Completion;
use crate::supergraph::Supergraph;

/// A GraphQL response with data, as it is written.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Answer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<GraphqlError>,
    pub(crate) data: Option<Object>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Reported>,
}

/// What is told beside the data, where the request asks for it.
#[derive(Debug, Serialize)]
struct Reported {
    cost: Cost,
}

/// In points.
#[derive(Debug, Serialize)]
struct Cost {
    estimated: u64,
    max: u64,
}

impl Answer {
    /// One that has nothing but an error.
    pub(super) fn without_data(error: GraphqlError) -> Self {
        Self { errors: vec![error], ..Self::default() }
    }

    /// Tells what the operation was expected to cost, and what one may.
    pub(super) fn report(&mut self, estimated: u64, max: u64) {
        self.extensions = Some(Reported { cost: Cost { estimated, max } });
    }
}

/// Completes what was fetched.
pub(super) fn respond(
    supergraph: &Supergraph,
    prepared: &Prepared,
    variables: &Valid<JsonMap>,
    introspected: Option<&JsonMap>,
    caller: &Caller,
    executed: Executed,
) -> Answer {
    let Executed { data, mut errors, gaps } = executed;
    let document = &prepared.document;
    let root = &prepared.operation.selection_set;
    let place = |path: &[_]| client_path::of(&supergraph.aliases, document, root, path);
    for error in &mut errors {
        error.path = error.path.take().map(|path| place(&path)).filter(|path| !path.is_empty());
    }
    let access = Access { supergraph, unmet: &prepared.unmet };
    let mut told = refusals(access, document, root, variables, &caller.principal);
    told.extend(caller.doubt.clone());
    told.append(&mut errors);
    let gaps = gaps.iter().map(|path| place(path)).collect();
    let mut completion =
        Completion { supergraph, access, document, variables, introspected, gaps: &gaps, errors: told, complaints: 0 };
    let data = completion.root(root, &data);
    Answer { errors: completion.errors, data, extensions: None }
}
