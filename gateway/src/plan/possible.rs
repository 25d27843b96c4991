//! Fragments of a plan's calls that no object can meet. The planner writes a requirement of an interface for each of its objects,
//! also where one of them alone can stand, and a subgraph refuses that.

use hive_router_query_planner::ast::document::Document;
use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::{FieldSelection, SelectionSet};
use hive_router_query_planner::state::supergraph_state::{OperationKind, SupergraphState};

use crate::supergraph::Supergraph;

/// Takes off what no object can meet; whether there was any.
pub(super) fn keep_possible(supergraph: &Supergraph, document: &mut Document) -> bool {
    let state = &supergraph.planner.supergraph;
    let root = match document.operation.operation_kind {
        Some(OperationKind::Mutation) => state.mutation_type.as_deref(),
        Some(OperationKind::Subscription) => state.subscription_type.as_deref(),
        _ => Some(state.query_type.as_str()),
    };
    let mut pruner = Pruner { supergraph, state, found: false };
    pruner.set(root, &mut document.operation.selection_set);
    for fragment in &mut document.fragments {
        let on = state.definitions.get_key_value(&fragment.type_condition).map(|(name, _)| name.as_str());
        pruner.set(on, &mut fragment.selection_set);
    }
    pruner.found
}

struct Pruner<'a> {
    supergraph: &'a Supergraph,
    state: &'a SupergraphState,
    found: bool,
}

impl<'a> Pruner<'a> {
    /// Goes through what is selected of objects of type `ty`; none where any object may stand.
    fn set(&mut self, ty: Option<&'a str>, set: &mut SelectionSet) {
        if set.items.is_empty() {
            return;
        }
        set.items.retain_mut(|item| match item {
            SelectionItem::Field(field) => {
                self.set(self.type_of(ty, field), &mut field.selections);
                true
            }
            SelectionItem::InlineFragment(fragment) => {
                let Some((on, _)) = self.state.definitions.get_key_value(&fragment.type_condition) else { return true };
                let possible = ty.is_none_or(|ty| self.possible(ty, on));
                self.found |= !possible;
                if possible {
                    self.set(
                        ty.filter(|ty| !self.supergraph.types.is_abstract(ty)).or(Some(on)),
                        &mut fragment.selections,
                    );
                }
                possible
            }
            SelectionItem::FragmentSpread(_) => true,
        });
        if set.items.is_empty() {
            set.items.push(SelectionItem::Field(FieldSelection::new_typename()));
        }
    }

    fn type_of(&self, ty: Option<&str>, field: &FieldSelection) -> Option<&'a str> {
        let definition = self.state.definitions.get(ty?)?;
        definition.fields().get(&field.name).map(|field| field.field_type.inner_type())
    }

    /// Whether objects of the type `ty` may be of the type `on`.
    fn possible(&self, ty: &str, on: &str) -> bool {
        let types = &self.supergraph.types;
        match (types.is_abstract(ty), types.is_abstract(on)) {
            (true, true) => true,
            (true, false) => types.is_a(on, ty),
            (false, _) => types.is_a(ty, on),
        }
    }
}
