//! Calls for entities, and those of them that go as one: what is planned apart may ask one subgraph at several places of an operation.
//!
//! What goes as one fails as one: a call that is too long, or does not come back, leaves all its places empty.

use std::collections::{BTreeSet, VecDeque};
use std::fmt::Write;

use hive_router_query_planner::ast::document::Document;
use hive_router_query_planner::ast::selection_set::SelectionSet;

use super::aliases::REPRESENTATIONS;
use super::program::{EntityFetch, Fetch, Node, Target, parallel, sequence};

/// How a document declares its variables, but those of representations.
pub(super) fn declared(document: &Document) -> BTreeSet<String> {
    let definitions = document.operation.variable_definitions.iter().flatten();
    // No client has a variable of their type.
    let clients = definitions.filter(|definition| definition.variable_type.inner_type() != "_Any");
    clients.map(ToString::to_string).collect()
}

impl Fetch {
    /// One call for these entities, under keys and variables that it gives them.
    pub(super) fn of_entities(
        subgraph: String,
        variables: Vec<String>,
        declared: BTreeSet<String>,
        mut entities: Vec<EntityFetch>,
    ) -> Self {
        let alone = entities.len() == 1;
        let (mut definitions, mut fields) = (declared.clone(), String::new());
        for (number, entity) in entities.iter_mut().enumerate() {
            let (key, alias, variable) = if alone {
                ("_entities".to_owned(), String::new(), REPRESENTATIONS.to_owned())
            } else {
                (format!("e{number}"), format!("e{number}: "), format!("{REPRESENTATIONS}{number}"))
            };
            definitions.insert(format!("${variable}:[_Any!]!"));
            let selected = &entity.selected;
            write!(fields, "{alias}_entities(representations: ${variable}){selected} ").expect("a string takes all");
            (entity.key, entity.variable) = (key, variable);
        }
        let definitions = definitions.into_iter().collect::<Vec<_>>().join(", ");
        let query = format!("query({definitions}){{{}}}", fields.trim_end());
        Self { declared: Some(declared), ..Self::new(subgraph, &query, variables, Target::Entities(entities)) }
    }

    /// Whether it may go as one call with another.
    fn joins(&self, other: &Self) -> bool {
        self.subgraph == other.subgraph && self.declared.is_some() && other.declared.is_some()
    }

    /// One call for all of these, of which each joins the first.
    fn joined(calls: Vec<Self>) -> Self {
        let (mut variables, mut declared) = (BTreeSet::new(), BTreeSet::new());
        let (mut subgraph, mut entities) = (String::new(), Vec::new());
        for call in calls {
            subgraph = call.subgraph;
            variables.extend(call.variables);
            declared.extend(call.declared.into_iter().flatten());
            let Target::Entities(of_call) = call.target else { continue };
            for entity in of_call {
                add(&mut entities, entity);
            }
        }
        Self::of_entities(subgraph, variables.into_iter().collect(), declared, entities)
    }
}

/// Whether two selections are the same, aliases and arguments with them: the planner's own comparison passes over those.
pub(super) fn same(one: &SelectionSet, other: &SelectionSet) -> bool {
    one == other && one.to_string() == other.to_string()
}

/// Adds entities to others, to those of which the same is asked where there are any.
fn add(entities: &mut Vec<EntityFetch>, entity: EntityFetch) {
    let asked = |known: &&mut EntityFetch| {
        same(&known.requires, &entity.requires)
            && same(&known.selected, &entity.selected)
            && known.input_rewrites == entity.input_rewrites
            && known.output_rewrites == entity.output_rewrites
    };
    match entities.iter_mut().find(asked) {
        Some(known) => known.paths.extend(entity.paths),
        None => entities.push(entity),
    }
}

/// All of these at once: those that begin in one subgraph begin with one call.
pub(super) fn together(nodes: impl IntoIterator<Item = Node>) -> Option<Node> {
    let mut nodes: VecDeque<Node> = nodes.into_iter().collect();
    let mut groups: Vec<(Vec<Fetch>, Vec<Node>)> = Vec::new();
    while let Some(node) = nodes.pop_front() {
        let (head, tail) = match begun(node) {
            Ok(begun) => begun,
            Err(Node::Parallel(inner)) => {
                inner.into_iter().rev().for_each(|node| nodes.push_front(node));
                continue;
            }
            Err(other) => {
                groups.push((Vec::new(), vec![other]));
                continue;
            }
        };
        let joins = |(heads, _): &&mut (Vec<Fetch>, Vec<Node>)| heads.first().is_some_and(|known| known.joins(&head));
        match groups.iter_mut().find(joins) {
            Some((heads, tails)) => {
                heads.push(head);
                tails.extend(tail);
            }
            None => groups.push((vec![head], tail.into_iter().collect())),
        }
    }
    let nodes = groups.into_iter().filter_map(|(mut heads, tails)| match heads.len() {
        0 => parallel(tails),
        1 => sequence(heads.pop().map(|head| Node::Fetch(Box::new(head))).into_iter().chain(parallel(tails)).collect()),
        _ => {
            let call = Node::Fetch(Box::new(Fetch::joined(heads)));
            sequence(std::iter::once(call).chain(together(tails)).collect())
        }
    });
    parallel(nodes.collect())
}

/// The call that a node begins with and what comes after; the node itself where it does not begin with one call.
fn begun(node: Node) -> Result<(Fetch, Option<Node>), Node> {
    match node {
        Node::Fetch(fetch) => Ok((*fetch, None)),
        Node::Sequence(nodes) => {
            let mut nodes = VecDeque::from(nodes);
            match nodes.pop_front() {
                Some(Node::Fetch(first)) => Ok((*first, sequence(nodes.into()))),
                first => Err(Node::Sequence(first.into_iter().chain(nodes).collect())),
            }
        }
        other @ Node::Parallel(_) => Err(other),
    }
}
