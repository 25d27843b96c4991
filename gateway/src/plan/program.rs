//! The program: what the planner's plan becomes once, so that running it costs no more than it must.

use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::SelectionSet;
use hive_router_query_planner::planner::plan_nodes::{
    BatchFetchNode, FetchNode, FetchRewrite, FlattenNodePath, FlattenNodePathSegment, PlanNode, QueryPlan,
};

use crate::json::ByteString;

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
    /// Only if a variable says so.
    Condition(Condition),
    /// One call to one subgraph.
    Fetch(Box<Fetch>),
}

/// A branch on a variable.
pub(crate) struct Condition {
    pub(crate) variable: String,
    pub(crate) when_true: Option<Box<Node>>,
    pub(crate) when_false: Option<Box<Node>>,
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
    /// To the root of the tree; `fields` are what stays empty when the call fails.
    Root { fields: Vec<Root>, rewrites: Vec<FetchRewrite> },
    /// To entities that stand in the tree already.
    Entities(Vec<EntityFetch>),
}

/// A root field of a call.
pub(crate) struct Root {
    /// Its response key.
    pub(crate) key: ByteString,
    /// Variables, and what each must be for the field to be wanted.
    pub(crate) when: Vec<(String, bool)>,
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
    pub(crate) fn compile(plan: QueryPlan) -> Result<Self, CompileError> {
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
        let source = source.map(|subscription| fetch_at(subscription.primary, None)).transpose()?.map(Box::new);
        Ok(Self { source, root: rest.map(node).transpose()? })
    }
}

fn node(plan: PlanNode) -> Result<Node, CompileError> {
    Ok(match plan {
        PlanNode::Sequence(sequence) => Node::Sequence(nodes(sequence.nodes)?),
        PlanNode::Parallel(parallel) => Node::Parallel(nodes(parallel.nodes)?),
        PlanNode::Condition(condition) => Node::Condition(Condition {
            variable: condition.condition,
            when_true: condition.if_clause.map(|clause| node(*clause)).transpose()?.map(Box::new),
            when_false: condition.else_clause.map(|clause| node(*clause)).transpose()?.map(Box::new),
        }),
        PlanNode::Fetch(fetch) => Node::Fetch(Box::new(fetch_at(fetch, None)?)),
        PlanNode::Flatten(flatten) => match *flatten.node {
            PlanNode::Fetch(fetch) => Node::Fetch(Box::new(fetch_at(fetch, Some(&flatten.path))?)),
            _ => return Err(CompileError("a path around something that is no fetch")),
        },
        PlanNode::BatchFetch(batch) => Node::Fetch(Box::new(batched(batch))),
        PlanNode::Subscription(_) => return Err(CompileError("a subscription within something else")),
        PlanNode::Defer(_) => return Err(CompileError("a deferred part")),
    })
}

fn nodes(plans: Vec<PlanNode>) -> Result<Vec<Node>, CompileError> {
    plans.into_iter().map(node).collect()
}

fn fetch_at(fetch: FetchNode, path: Option<&FlattenNodePath>) -> Result<Fetch, CompileError> {
    let output_rewrites = fetch.output_rewrites.unwrap_or_default();
    let target = match (fetch.requires, path) {
        (None, None) => {
            let mut fields = Vec::new();
            collect_roots(&fetch.operation.document.operation.selection_set, &[], &mut fields);
            Target::Root { fields, rewrites: output_rewrites }
        }
        (None, Some(_)) => return Err(CompileError("a path around a fetch of root fields")),
        (Some(requires), path) => Target::Entities(vec![EntityFetch {
            selected: selected(&fetch.operation.document.operation.selection_set, "_entities"),
            key: "_entities".to_owned(),
            variable: "representations".to_owned(),
            paths: vec![path.map(|path| path.as_slice().to_vec()).unwrap_or_default()],
            requires,
            input_rewrites: fetch.input_rewrites.unwrap_or_default(),
            output_rewrites,
        }]),
    };
    Ok(Fetch {
        subgraph: fetch.service_name,
        query: json_string(&fetch.operation.document_str),
        variables: fetch.variable_usages.into_iter().flatten().collect(),
        target,
    })
}

/// What is selected under a key of the operation's root.
fn selected(root: &SelectionSet, key: &str) -> SelectionSet {
    let mut sets = root.items.iter().filter_map(|item| match item {
        SelectionItem::Field(field) if field.selection_identifier() == key => Some(field.selections.clone()),
        _ => None,
    });
    sets.next().unwrap_or_default()
}

fn batched(batch: BatchFetchNode) -> Fetch {
    let root = batch.operation.document.operation.selection_set;
    let entities = batch.entity_batch.aliases.into_iter().map(|alias| EntityFetch {
        selected: selected(&root, &alias.alias),
        key: alias.alias,
        variable: alias.representations_variable_name,
        paths: alias.merge_paths.iter().map(|path| path.as_slice().to_vec()).collect(),
        requires: alias.requires,
        input_rewrites: alias.input_rewrites.unwrap_or_default(),
        output_rewrites: alias.output_rewrites.unwrap_or_default(),
    });
    Fetch {
        subgraph: batch.service_name,
        query: json_string(&batch.operation.document_str),
        variables: batch.variable_usages.into_iter().flatten().collect(),
        target: Target::Entities(entities.collect()),
    }
}

/// The fields of a root selection, with the conditions on them and around them.
fn collect_roots(set: &SelectionSet, around: &[(String, bool)], roots: &mut Vec<Root>) {
    let within = |skip: &Option<String>, include: &Option<String>| {
        let skip = skip.iter().map(|variable| (variable.clone(), false));
        let include = include.iter().map(|variable| (variable.clone(), true));
        around.iter().cloned().chain(skip).chain(include).collect::<Vec<_>>()
    };
    for item in &set.items {
        match item {
            SelectionItem::Field(field) => {
                let when = within(&field.skip_if, &field.include_if);
                roots.push(Root { key: ByteString::from(field.selection_identifier()), when });
            }
            SelectionItem::InlineFragment(fragment) => {
                collect_roots(&fragment.selections, &within(&fragment.skip_if, &fragment.include_if), roots);
            }
            SelectionItem::FragmentSpread(_) => {}
        }
    }
}

fn json_string(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON")
}
