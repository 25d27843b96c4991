//! A composed supergraph, ready to answer: planner, public schema, and the operations prepared against it.

mod apart;
mod coherence;
mod joins;
pub(crate) mod links;
mod load;
mod needs;
mod overrides;
mod types;
mod views;
mod watch;

use std::collections::BTreeMap;

use apollo_compiler::collections::{HashMap, IndexSet};
use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::{ExtendedType, Implementers};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Schema};
use hive_router_query_planner::planner::Planner;

use crate::access::Rules;
use crate::cost::Weights;
use crate::pipeline::PreparedCache;
use crate::plan::Aliases;
use crate::response::included;

pub(crate) use apart::{ApartField, ApartFields};
pub use load::LoadError;
pub(crate) use needs::{Need, Needs};
pub(crate) use overrides::{Drawn, Overrides};
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
    /// Fields that move between subgraphs by degrees.
    pub(crate) overrides: Overrides,
    /// All types, public or not.
    pub(crate) types: Types,
    /// What its fields ask of a caller.
    pub(crate) rules: Rules,
    /// What its fields cost.
    pub(crate) weights: Weights,
    /// Fields that are not left to the planner.
    pub(crate) apart: ApartFields,
    /// Names and addresses of the subgraphs.
    pub(crate) subgraphs: BTreeMap<String, String>,
    /// Names of fields in what is fetched.
    pub(crate) aliases: Aliases,
    pub(crate) prepared: PreparedCache,
}

/// Where a fragment applies.
pub(crate) enum Applies<'n> {
    /// To all objects of the type, whose own fields are those that it selects.
    Always,
    /// To those of this type, all of which are of the other too.
    To(&'n Name),
    /// To objects of these types.
    ToSome(Vec<&'n Name>),
    Never,
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

    /// Whether an object of type `typename` is of `condition` too; so are all objects of an interface that implements it.
    pub(crate) fn is_a(&self, typename: &str, condition: &str) -> bool {
        if typename == condition {
            return true;
        }
        match self.public.types.get(condition) {
            Some(ExtendedType::Interface(_)) => {
                let implementers = self.implementers.get(condition);
                let implements = |names: &IndexSet<Name>| names.iter().any(|name| name == typename);
                implementers.is_some_and(|found| implements(&found.objects) || implements(&found.interfaces))
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

    /// What a fragment on `condition` selects from where objects of type `ty` stand.
    pub(crate) fn applies<'n>(&'n self, ty: &'n Name, condition: Option<&'n Name>) -> Applies<'n> {
        let Some(condition) = condition.filter(|condition| *condition != ty) else { return Applies::Always };
        let own = self.public.types.get(ty);
        let is_one = match own {
            Some(ExtendedType::Object(object)) => {
                return if self.is_a(&object.name, condition) { Applies::Always } else { Applies::Never };
            }
            Some(ExtendedType::Interface(interface)) => interface.implements_interfaces.contains(condition),
            _ => false,
        };
        if is_one {
            return Applies::Always;
        }
        let (here, there) = (self.objects_of(ty), self.objects_of(condition));
        let both: Vec<&Name> = there.iter().copied().filter(|object| here.contains(object)).collect();
        match both.len() {
            0 => Applies::Never,
            all if all == there.len() => Applies::To(condition),
            _ => Applies::ToSome(both),
        }
    }

    /// Whether what `set` selects of objects of its abstract type depends on which objects they are.
    pub(crate) fn names_decide(&self, document: &ExecutableDocument, variables: &JsonMap, set: &SelectionSet) -> bool {
        let ty = &set.ty;
        matches!(self.public.types.get(ty), Some(ExtendedType::Union(_)))
            || self.names_decide_of(ty, document, variables, set)
    }

    fn names_decide_of(
        &self,
        ty: &Name,
        document: &ExecutableDocument,
        variables: &JsonMap,
        set: &SelectionSet,
    ) -> bool {
        let within = |on: Option<&Name>, set: &SelectionSet| match self.applies(ty, on) {
            Applies::Always => self.names_decide_of(ty, document, variables, set),
            Applies::To(_) | Applies::ToSome(_) => true,
            Applies::Never => false,
        };
        let asked = set.selections.iter().filter(|selection| included(selection.directives(), variables));
        asked.into_iter().any(|selection| match selection {
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
