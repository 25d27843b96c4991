//! By what each subgraph knows its entities.

use std::collections::HashMap;

use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::SelectionSet;
use hive_router_query_planner::federation_spec::FederationRules;
use hive_router_query_planner::state::supergraph_state::SupergraphState;

use super::Names;

/// The keys that can be resolved, by subgraph and type.
#[derive(Debug, Default)]
pub(crate) struct Keys(HashMap<String, HashMap<String, Vec<SelectionSet>>>);

impl Keys {
    pub(super) fn of(state: &SupergraphState, names: &Names) -> Self {
        let mut keys = Self::default();
        for (ty, definition) in &state.definitions {
            for join in definition.join_types().iter().filter(|join| join.resolvable) {
                let (Some(key), Some(graph)) = (&join.key, state.known_subgraphs.get(&join.graph_id)) else { continue };
                let set = FederationRules::parse_key(state, &join.graph_id, ty, key).selection_set;
                let of_graph = keys.0.entry(names.own(graph).to_owned()).or_default();
                of_graph.entry(ty.clone()).or_default().push(set);
            }
        }
        keys
    }

    /// The keys of those types that a representation for `subgraph` names and gives none of: the planner takes a key of
    /// another subgraph for one of this at times.
    pub(crate) fn lacking(&self, subgraph: &str, representation: &SelectionSet) -> HashMap<String, Vec<SelectionSet>> {
        let Some(keys) = self.0.get(subgraph) else { return HashMap::new() };
        let mut lacking = HashMap::new();
        for item in &representation.items {
            let SelectionItem::InlineFragment(fragment) = item else { continue };
            let Some(keys) = keys.get(&fragment.type_condition) else { continue };
            if !keys.iter().any(|key| fragment.selections.contains(key)) {
                lacking.insert(fragment.type_condition.clone(), keys.clone());
            }
        }
        lacking
    }
}
