//! The program: what the planner's plan becomes once, so that running it costs no more than it must.

use std::collections::HashMap;

use hive_router_query_planner::ast::operation::SubgraphFetchOperation;
use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::SelectionSet;
use hive_router_query_planner::planner::plan_nodes::{
    BatchFetchNode, FetchNode, FetchRewrite, FlattenNodePath, FlattenNodePathSegment, PlanNode, QueryPlan,
};

use super::possible::keep_possible;
use crate::json::ByteString;
use crate::supergraph::Supergraph;

/// What to fetch, in which order.
pub(crate) struct Program {
    /// Where a subscription's events come from; what else is fetched is fetched for each of them.
    pub(crate) source: Option<Box<Fetch>>,
    /// None: nothing at all.
    pub(crate) root: Option<Node>,
}

/// A step of a program.
pub(crate) enum Node {
    /// One after the other.
    Sequence(Vec<Node>),
    /// All at once.
    Parallel(Vec<Node>),
    /// One call to one subgraph.
    Fetch(Box<Fetch>),
}

/// A call to a subgraph.
pub(crate) struct Fetch {
    pub(crate) subgraph: String,
    /// The document, already written as a JSON string.
    pub(crate) query: String,
    /// Variables of the client that it takes.
    pub(crate) variables: Vec<String>,
    pub(crate) target: Target,
}

/// Where an answer goes.
pub(crate) enum Target {
    /// To the root of the tree; `fields` are the response keys that stay empty when the call fails.
    Root { fields: Vec<ByteString>, rewrites: Vec<FetchRewrite> },
    /// To entities that stand in the tree already.
    Entities(Vec<EntityFetch>),
}

/// One `_entities` field of a call.
pub(crate) struct EntityFetch {
    /// Its key in the answer.
    pub(crate) key: String,
    /// The variable that takes the representations.
    pub(crate) variable: String,
    /// Where the entities stand.
    pub(crate) paths: Vec<Vec<FlattenNodePathSegment>>,
    /// What a representation is made of.
    pub(crate) requires: SelectionSet,
    /// Keys of those types of which it names none: one that is known goes with it.
    pub(crate) keys: HashMap<String, Vec<SelectionSet>>,
    /// What is asked of the entities.
    pub(crate) selected: SelectionSet,
    pub(crate) input_rewrites: Vec<FetchRewrite>,
    pub(crate) output_rewrites: Vec<FetchRewrite>,
}

/// The plan holds something that has no place there.
#[derive(Debug, thiserror::Error)]
#[error("the plan holds a node that cannot be run: {0}")]
pub(crate) struct CompileError(&'static str);

impl Program {
    /// Compiles a plan.
    pub(crate) fn compile(plan: QueryPlan, supergraph: &Supergraph) -> Result<Self, CompileError> {
        let (source, rest) = match plan.node {
            Some(PlanNode::Subscription(subscription)) => (Some(subscription), None),
            Some(PlanNode::Sequence(mut sequence)) => match sequence.nodes.first() {
                Some(PlanNode::Subscription(subscription)) => {
                    let source = subscription.clone();
                    sequence.nodes.remove(0);
                    (Some(source), Some(PlanNode::Sequence(sequence)))
                }
                _ => (None, Some(PlanNode::Sequence(sequence))),
            },
            other => (None, other),
        };
        let source =
            source.map(|subscription| fetch_at(subscription.primary, None, supergraph)).transpose()?.map(Box::new);
        Ok(Self { source, root: rest.map(|plan| node(plan, supergraph)).transpose()? })
    }
}

fn node(plan: PlanNode, supergraph: &Supergraph) -> Result<Node, CompileError> {
    Ok(match plan {
        PlanNode::Sequence(sequence) => Node::Sequence(nodes(sequence.nodes, supergraph)?),
        PlanNode::Parallel(parallel) => Node::Parallel(nodes(parallel.nodes, supergraph)?),
        PlanNode::Condition(_) => return Err(CompileError("a condition")),
        PlanNode::Fetch(fetch) => Node::Fetch(Box::new(fetch_at(fetch, None, supergraph)?)),
        PlanNode::Flatten(flatten) => match *flatten.node {
            PlanNode::Fetch(fetch) => Node::Fetch(Box::new(fetch_at(fetch, Some(&flatten.path), supergraph)?)),
            _ => return Err(CompileError("a path around something that is no fetch")),
        },
        PlanNode::BatchFetch(batch) => Node::Fetch(Box::new(batched(batch, supergraph))),
        PlanNode::Subscription(_) => return Err(CompileError("a subscription within something else")),
        PlanNode::Defer(_) => return Err(CompileError("a deferred part")),
    })
}

fn nodes(plans: Vec<PlanNode>, supergraph: &Supergraph) -> Result<Vec<Node>, CompileError> {
    plans.into_iter().map(|plan| node(plan, supergraph)).collect()
}

fn fetch_at(fetch: FetchNode, path: Option<&FlattenNodePath>, supergraph: &Supergraph) -> Result<Fetch, CompileError> {
    let subgraph = supergraph.names.own(&fetch.service_name).to_owned();
    let (query, root) = written(fetch.operation, supergraph);
    let output_rewrites = fetch.output_rewrites.unwrap_or_default();
    let target = match (fetch.requires, path) {
        (None, None) => {
            let mut fields = Vec::new();
            collect_roots(&root, &mut fields);
            Target::Root { fields, rewrites: output_rewrites }
        }
        (None, Some(_)) => return Err(CompileError("a path around a fetch of root fields")),
        (Some(requires), path) => Target::Entities(vec![EntityFetch {
            selected: selected(&root, "_entities"),
            key: "_entities".to_owned(),
            variable: "representations".to_owned(),
            paths: vec![path.map(|path| path.as_slice().to_vec()).unwrap_or_default()],
            keys: supergraph.keys.lacking(&subgraph, &requires),
            requires,
            input_rewrites: fetch.input_rewrites.unwrap_or_default(),
            output_rewrites,
        }]),
    };
    Ok(Fetch { subgraph, query, variables: fetch.variable_usages.into_iter().flatten().collect(), target })
}

/// A call's document as a JSON string, and what it selects at its root.
fn written(mut operation: SubgraphFetchOperation, supergraph: &Supergraph) -> (String, SelectionSet) {
    if keep_possible(supergraph, &mut operation.document) {
        operation.document_str = operation.document.to_string();
    }
    (json_string(&operation.document_str), operation.document.operation.selection_set)
}

/// What is selected under a key of the operation's root.
fn selected(root: &SelectionSet, key: &str) -> SelectionSet {
    let mut sets = root.items.iter().filter_map(|item| match item {
        SelectionItem::Field(field) if field.selection_identifier() == key => Some(field.selections.clone()),
        _ => None,
    });
    sets.next().unwrap_or_default()
}

fn batched(batch: BatchFetchNode, supergraph: &Supergraph) -> Fetch {
    let subgraph = supergraph.names.own(&batch.service_name).to_owned();
    let (query, root) = written(batch.operation, supergraph);
    let entities = batch.entity_batch.aliases.into_iter().map(|alias| EntityFetch {
        selected: selected(&root, &alias.alias),
        key: alias.alias,
        variable: alias.representations_variable_name,
        paths: alias.merge_paths.iter().map(|path| path.as_slice().to_vec()).collect(),
        keys: supergraph.keys.lacking(&subgraph, &alias.requires),
        requires: alias.requires,
        input_rewrites: alias.input_rewrites.unwrap_or_default(),
        output_rewrites: alias.output_rewrites.unwrap_or_default(),
    });
    let target = Target::Entities(entities.collect());
    Fetch { subgraph, query, variables: batch.variable_usages.into_iter().flatten().collect(), target }
}

/// The response keys of a root selection.
fn collect_roots(set: &SelectionSet, roots: &mut Vec<ByteString>) {
    for item in &set.items {
        match item {
            SelectionItem::Field(field) => roots.push(ByteString::from(field.selection_identifier())),
            SelectionItem::InlineFragment(fragment) => collect_roots(&fragment.selections, roots),
            SelectionItem::FragmentSpread(_) => {}
        }
    }
}

fn json_string(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON")
}
