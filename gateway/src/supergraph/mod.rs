//! A composed supergraph, ready to answer: planner, public schema, and the operations prepared against it.

pub(crate) mod links;
mod load;
mod types;
mod views;
mod watch;

use std::collections::BTreeMap;

use apollo_compiler::collections::HashMap;
use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::schema::{ExtendedType, Implementers};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Schema};
use hive_router_query_planner::planner::Planner;

use crate::access::Rules;
use crate::cost::Weights;
use crate::pipeline::PreparedCache;
use crate::plan::Aliases;

pub use load::LoadError;
pub(crate) use types::Types;
pub use watch::watch;

/// A loaded supergraph. A swap replaces it whole, and what was prepared against it goes with it.
pub struct Supergraph {
    /// The text that it was loaded from: a watcher compares it.
    pub(crate) text: String,
    pub(crate) planner: Planner,
    /// What clients see.
    pub(crate) public: Valid<Schema>,
    pub(crate) public_sdl: String,
    /// What tells this public schema from any other.
    pub(crate) public_tag: String,
    pub(crate) implementers: HashMap<Name, Implementers>,
    /// All types, public or not.
    pub(crate) types: Types,
    /// What its fields ask of a caller.
    pub(crate) rules: Rules,
    /// What its fields cost.
    pub(crate) weights: Weights,
    /// Names and addresses of the subgraphs.
    pub(crate) subgraphs: BTreeMap<String, String>,
    /// Names of fields in what is fetched.
    pub(crate) aliases: Aliases,
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

    /// The name of the public schema's text among all texts: an entity tag without its quotes.
    pub(crate) fn public_tag(&self) -> &str {
        &self.public_tag
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

    /// The types of object that may stand where `ty` is; none for a type that has no fields.
    pub(crate) fn objects_of<'a>(&'a self, ty: &Name) -> Vec<&'a Name> {
        match self.public.types.get_key_value(ty) {
            Some((name, ExtendedType::Object(_))) => vec![name],
            Some((_, ExtendedType::Interface(_))) => {
                self.implementers.get(ty).map(|found| found.objects.iter().collect()).unwrap_or_default()
            }
            Some((_, ExtendedType::Union(union))) => union.members.iter().map(|member| &member.name).collect(),
            _ => Vec::new(),
        }
    }

    /// The type of what a fragment on `condition` selects from where objects of type `ty` stand; none where no object of
    /// that type is of the other.
    pub(crate) fn narrowed<'n>(&self, ty: &'n Name, condition: Option<&'n Name>) -> Option<&'n Name> {
        let Some(condition) = condition.filter(|condition| *condition != ty) else { return Some(ty) };
        match self.public.types.get(ty) {
            Some(ExtendedType::Object(_)) => self.is_a(ty, condition).then_some(ty),
            _ => Some(condition),
        }
    }

    /// Whether what `set` selects of objects of the abstract type `ty` depends on which objects they are.
    pub(crate) fn names_decide(&self, document: &ExecutableDocument, set: &SelectionSet, ty: &str) -> bool {
        let within = |on: Option<&Name>, set: &SelectionSet| {
            on.is_some_and(|on| on != ty) || self.names_decide(document, set, ty)
        };
        let is_union = matches!(self.public.types.get(ty), Some(ExtendedType::Union(_)));
        is_union
            || set.selections.iter().any(|selection| match selection {
                Selection::Field(field) => field.name == "__typename",
                Selection::InlineFragment(inline) => within(inline.type_condition.as_ref(), &inline.selection_set),
                Selection::FragmentSpread(spread) => document
                    .fragments
                    .get(&spread.fragment_name)
                    .is_some_and(|fragment| within(Some(fragment.type_condition()), &fragment.selection_set)),
            })
    }

    /// Names and addresses of the subgraphs.
    pub fn subgraphs(&self) -> &BTreeMap<String, String> {
        &self.subgraphs
    }
}
