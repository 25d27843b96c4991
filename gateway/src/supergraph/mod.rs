//! A composed supergraph, ready to answer: planner, public schema, and the operations prepared against it.

mod load;
mod watch;

use std::collections::BTreeMap;

use apollo_compiler::collections::HashMap;
use apollo_compiler::schema::{ExtendedType, Implementers};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema};
use hive_router_query_planner::planner::Planner;

use crate::pipeline::PreparedCache;

pub use load::LoadError;
pub use watch::watch;

/// A loaded supergraph. A swap replaces it whole, and what was prepared against it goes with it.
pub struct Supergraph {
    /// The text that it was loaded from: a watcher compares it.
    pub(crate) text: String,
    pub(crate) planner: Planner,
    /// What clients see.
    pub(crate) public: Valid<Schema>,
    pub(crate) public_sdl: String,
    pub(crate) implementers: HashMap<Name, Implementers>,
    /// Names and addresses of the subgraphs.
    pub(crate) subgraphs: BTreeMap<String, String>,
    /// What internal aliases begin with: no field of the schema does.
    pub(crate) alias_prefix: String,
    pub(crate) prepared: PreparedCache,
}

impl std::fmt::Debug for Supergraph {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Supergraph").field("subgraphs", &self.subgraphs).finish_non_exhaustive()
    }
}

impl Supergraph {
    /// The schema that clients see.
    pub fn public_sdl(&self) -> &str {
        &self.public_sdl
    }

    /// Whether an object of type `typename` is of `condition` too.
    pub(crate) fn is_a(&self, typename: &str, condition: &str) -> bool {
        if typename == condition {
            return true;
        }
        match self.public.types.get(condition) {
            Some(ExtendedType::Interface(_)) => {
                let implementers = self.implementers.get(condition);
                implementers.is_some_and(|found| found.objects.iter().any(|object| object == typename))
            }
            Some(ExtendedType::Union(union)) => union.members.iter().any(|member| member.name == typename),
            _ => false,
        }
    }

    /// Names and addresses of the subgraphs.
    pub fn subgraphs(&self) -> &BTreeMap<String, String> {
        &self.subgraphs
    }
}
