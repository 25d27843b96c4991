//! What the planner is given of `@provides`.
//!
//! The planner makes a view of the provided types for each `@provides`, numbers views from one within each type, and takes two
//! views of one number that reach the same type for the same: a field provided in one place would then be fetched in another,
//! where the subgraph does not know it. So numbers are pushed apart by fields that nobody can ask for. Which number a field
//! gets depends on the order of a hash map, which stays as it is once the map is made.

use std::collections::{BTreeMap, BTreeSet};

use graphql_tools::parser::query::{Selection, SelectionSet, TypeCondition};
use graphql_tools::parser::schema as ast;
use hive_router_query_planner::federation_spec::FederationRules;
use hive_router_query_planner::state::supergraph_state::{
    SupergraphDefinition, SupergraphField, SupergraphState, TypeNode,
};

/// A type of no subgraph's, which the fields that push numbers apart give.
const PAD: &str = "join__Pad";
/// Fields that are added at most; what clashes still is not provided, which costs calls and is right.
const MOST: usize = 200;

/// The types that one `@provides` reaches, by the type and the field that it stands on and the subgraph that it is of.
type Views = BTreeMap<(String, String, String), BTreeSet<String>>;

/// A type, and the types that one of its fields provides something of.
type Reached<'v> = (&'v str, &'v BTreeSet<String>);

/// The planner's own reading of a supergraph, with views that it can tell apart.
pub(super) fn state(document: &ast::Document<'static, String>) -> SupergraphState {
    let state = SupergraphState::new(document);
    let views = views(&state);
    if views.is_empty() {
        return state;
    }
    let mut with_pad = document.clone();
    with_pad.definitions.push(pad_type(&state));
    let mut state = SupergraphState::new(&with_pad);
    for number in 0..MOST {
        let Some((ty, graph)) = clashing(&state, &views).into_iter().nth(number % 2) else { break };
        pad(&mut state, &ty, &graph, number);
    }
    for (ty, graph) in clashing(&state, &views).into_iter().skip(1) {
        tracing::warn!(ty, graph, "what this type's fields provide is not used in planning");
        forget(&mut state, &ty, &graph);
    }
    state
}

/// What each `@provides` reaches.
fn views(state: &SupergraphState) -> Views {
    let mut views = Views::new();
    for (ty, definition) in &state.definitions {
        for (name, field) in definition.fields() {
            for join in &field.join_field {
                let Some(graph) = &join.graph_id else { continue };
                let given = field.field_type.inner_type();
                if let Some(set) = FederationRules::parse_provides(state, join, graph, given) {
                    let mut reached = BTreeSet::new();
                    reach(state, given, &set, &mut reached);
                    views.insert((ty.clone(), name.clone(), graph.clone()), reached);
                }
            }
        }
    }
    views
}

fn reach(state: &SupergraphState, ty: &str, set: &SelectionSet<'static, String>, reached: &mut BTreeSet<String>) {
    reached.insert(ty.to_owned());
    for selection in &set.items {
        match selection {
            Selection::Field(field) if !field.selection_set.items.is_empty() => {
                let given = state.definitions.get(ty).and_then(|definition| definition.fields().get(&field.name));
                if let Some(given) = given {
                    reach(state, given.field_type.inner_type(), &field.selection_set, reached);
                }
            }
            Selection::InlineFragment(inline) => {
                let TypeCondition::On(on) = inline.type_condition.clone().unwrap_or(TypeCondition::On(ty.to_owned()));
                reach(state, &on, &inline.selection_set, reached);
            }
            Selection::Field(_) | Selection::FragmentSpread(_) => {}
        }
    }
}

/// Types whose views have the numbers of others', two by two.
fn clashing(state: &SupergraphState, views: &Views) -> Vec<(String, String)> {
    let mut numbered: BTreeMap<(&str, usize), Vec<Reached<'_>>> = BTreeMap::new();
    for (ty, definition) in &state.definitions {
        let graphs: BTreeSet<&String> = definition.join_types().iter().map(|join| &join.graph_id).collect();
        for graph in graphs {
            let provided = definition.fields().iter().flat_map(|(name, field)| {
                let joins = field.join_field.iter();
                joins.filter(|join| join.graph_id.as_ref() == Some(graph) && join.provides.is_some()).map(move |_| name)
            });
            for (number, name) in provided.enumerate() {
                if let Some(reached) = views.get(&(ty.clone(), name.clone(), graph.clone())) {
                    numbered.entry((graph, number)).or_default().push((ty, reached));
                }
            }
        }
    }
    for ((graph, _), same) in numbered {
        for (index, (ty, reached)) in same.iter().enumerate() {
            for (other, others) in &same[..index] {
                if other != ty && !reached.is_disjoint(others) {
                    return vec![((*other).to_owned(), graph.to_owned()), ((*ty).to_owned(), graph.to_owned())];
                }
            }
        }
    }
    Vec::new()
}

fn fields_mut<'s>(state: &'s mut SupergraphState, ty: &str) -> impl Iterator<Item = &'s mut SupergraphField> {
    let fields = match state.definitions.get_mut(ty) {
        Some(SupergraphDefinition::Object(object)) => Some(&mut object.fields),
        Some(SupergraphDefinition::Interface(interface)) => Some(&mut interface.fields),
        _ => None,
    };
    fields.into_iter().flat_map(|fields| fields.values_mut())
}

/// Adds a field that provides something to a type.
fn pad(state: &mut SupergraphState, ty: &str, graph: &str, number: usize) {
    let name = format!("{PAD}_{number}");
    // The planner has no public name for the directive's type.
    let known = fields_mut(state, ty).flat_map(|field| &field.join_field).find(|join| join.provides.is_some());
    let Some(mut join) = known.cloned() else { return };
    join.graph_id = Some(graph.to_owned());
    join.provides = Some("id".to_owned());
    join.requires = None;
    join.override_value = None;
    join.override_label = None;
    join.type_in_graph = None;
    let field = SupergraphField {
        name: name.clone(),
        field_type: TypeNode::Named(PAD.to_owned()),
        inaccessible: true,
        join_field: vec![join],
        requires_scopes: Vec::new(),
        authenticated: Vec::new(),
        cost: None,
        list_size: None,
        cost_by_arguments: std::collections::HashMap::new(),
        argument_types: std::collections::HashMap::new(),
    };
    match state.definitions.get_mut(ty) {
        Some(SupergraphDefinition::Object(object)) => drop(object.fields.insert(name, field)),
        Some(SupergraphDefinition::Interface(interface)) => drop(interface.fields.insert(name, field)),
        _ => {}
    }
}

/// Takes off what the fields of a type provide.
fn forget(state: &mut SupergraphState, ty: &str, graph: &str) {
    for field in fields_mut(state, ty) {
        for join in field.join_field.iter_mut().filter(|join| join.graph_id.as_deref() == Some(graph)) {
            join.provides = None;
        }
    }
}

/// The type that the added fields give, known to every subgraph.
fn pad_type(state: &SupergraphState) -> ast::Definition<'static, String> {
    let joins = state.known_subgraphs.keys().map(|graph| format!("@join__type(graph: {graph})"));
    let text = format!("type {PAD} {} {{ id: ID }}", joins.collect::<Vec<_>>().join(" "));
    let parsed = graphql_tools::parser::parse_schema::<String>(&text).expect("a plain type").into_static();
    parsed.definitions.into_iter().next().expect("one type")
}
