//! The program: what the planner's plan becomes once, so that running it costs no more than it must.

use std::collections::{BTreeSet, VecDeque};

use hive_router_query_planner::ast::document::Document;
use hive_router_query_planner::ast::fragment::FragmentDefinition;
use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::SelectionSet;
use hive_router_query_planner::planner::plan_nodes::{
    BatchFetchNode, FetchNode, FetchRewrite, FlattenNodePath, FlattenNodePathSegment, PlanNode, QueryPlan,
};

use super::aliases::REPRESENTATIONS;
use super::apart::Cut;
use super::together::{declared, together};
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
    /// How its variables are declared, but those of representations, where it asks for entities: it may go with others as one call.
    pub(super) declared: Option<BTreeSet<String>>,
}

/// Where an answer goes.
pub(crate) enum Target {
    /// To the root of the tree; `fields` are the response keys that stay empty when the call fails.
    Root { fields: Vec<ByteString>, rewrites: Vec<FetchRewrite> },
    /// To entities that stand in the tree already.
    Entities(Vec<EntityFetch>),
}

/// One `_entities` field of a call.
#[derive(Default)]
pub(crate) struct EntityFetch {
    /// Its key in the answer.
    pub(crate) key: String,
    /// The variable that takes the representations.
    pub(crate) variable: String,
    /// Where the entities stand.
    pub(crate) paths: Vec<Vec<FlattenNodePathSegment>>,
    /// What a representation is made of.
    pub(crate) requires: SelectionSet,
    /// What is asked of the entities, without fragments that have names: those are each document's own.
    pub(crate) selected: SelectionSet,
    pub(crate) input_rewrites: Vec<FetchRewrite>,
    pub(crate) output_rewrites: Vec<FetchRewrite>,
}

/// The plan holds something that has no place there.
#[derive(Debug, thiserror::Error)]
#[error("the plan holds a node that cannot be run: {0}")]
pub(crate) struct CompileError(&'static str);

impl Fetch {
    pub(super) fn new(subgraph: String, query: &str, variables: Vec<String>, target: Target) -> Self {
        let query = serde_json::to_string(query).expect("a string is JSON");
        Self { subgraph, query, variables, target, declared: None }
    }
}

/// A part that is planned.
pub(crate) struct Planned {
    /// Where a subscription's events come from.
    source: Option<Box<Fetch>>,
    root: Option<Node>,
}

impl Planned {
    /// Compiles a plan; of what the objects of `cut` are asked for, where there is one.
    pub(crate) fn compile(plan: QueryPlan, cut: Option<&Cut>) -> Result<Self, CompileError> {
        let compiler = Compiler { cut };
        let mut nodes = VecDeque::from(match plan.node {
            Some(PlanNode::Sequence(sequence)) => sequence.nodes,
            other => other.into_iter().collect(),
        });
        let (mut source, mut entry) = (None, None);
        match (nodes.pop_front(), cut) {
            (Some(PlanNode::Subscription(subscription)), None) => {
                source = Some(Box::new(compiler.fetch(subscription.primary, None)?));
            }
            (Some(PlanNode::Fetch(fetch)), Some(cut)) if fetch.requires.is_none() => {
                entry = Some(Node::Fetch(Box::new(cut.entered(fetch)?)));
            }
            (first, _) => first.into_iter().for_each(|first| nodes.push_front(first)),
        }
        let then = compiler.nodes(nodes)?;
        Ok(Self { source, root: sequence(entry.into_iter().chain(then).collect()) })
    }

    /// This, and then these, each level after the one before.
    pub(crate) fn then(self, levels: Vec<Vec<Planned>>) -> Self {
        let at_once = |level: Vec<Planned>| together(level.into_iter().filter_map(|part| part.root));
        let levels = levels.into_iter().filter_map(at_once);
        Self { root: sequence(self.root.into_iter().chain(levels).collect()), ..self }
    }

    pub(crate) fn program(self) -> Program {
        Program { source: self.source, root: self.root }
    }
}

/// Nodes one after the other, none of them a sequence.
pub(super) fn sequence(nodes: Vec<Node>) -> Option<Node> {
    let flat = |node| match node {
        Node::Sequence(nodes) => nodes,
        other => vec![other],
    };
    let mut nodes: Vec<Node> = nodes.into_iter().flat_map(flat).collect();
    if nodes.len() > 1 { Some(Node::Sequence(nodes)) } else { nodes.pop() }
}

/// Nodes all at once.
pub(super) fn parallel(mut nodes: Vec<Node>) -> Option<Node> {
    if nodes.len() > 1 { Some(Node::Parallel(nodes)) } else { nodes.pop() }
}

struct Compiler<'a> {
    /// The objects that the plan's root fields are asked of, where it is no whole operation.
    cut: Option<&'a Cut>,
}

impl Compiler<'_> {
    fn node(&self, plan: PlanNode) -> Result<Node, CompileError> {
        Ok(match plan {
            PlanNode::Sequence(nodes) => sequence(self.nodes(nodes.nodes)?).unwrap_or(Node::Sequence(Vec::new())),
            PlanNode::Parallel(parallel) => Node::Parallel(self.nodes(parallel.nodes)?),
            PlanNode::Condition(_) => return Err(CompileError("a condition")),
            PlanNode::Fetch(fetch) => Node::Fetch(Box::new(self.fetch(fetch, None)?)),
            PlanNode::Flatten(flatten) => match *flatten.node {
                PlanNode::Fetch(fetch) => Node::Fetch(Box::new(self.fetch(fetch, Some(&flatten.path))?)),
                _ => return Err(CompileError("a path around something that is no fetch")),
            },
            PlanNode::BatchFetch(batch) => Node::Fetch(Box::new(self.batched(batch)?)),
            PlanNode::Subscription(_) => return Err(CompileError("a subscription within something else")),
            PlanNode::Defer(_) => return Err(CompileError("a deferred part")),
        })
    }

    fn nodes(&self, plans: impl IntoIterator<Item = PlanNode>) -> Result<Vec<Node>, CompileError> {
        plans.into_iter().map(|plan| self.node(plan)).collect()
    }

    /// A path of the plan, from the root of the tree.
    fn place(&self, path: &[FlattenNodePathSegment]) -> Vec<FlattenNodePathSegment> {
        let before = self.cut.map(|cut| cut.place.as_slice()).unwrap_or_default();
        before.iter().chain(path).cloned().collect()
    }

    fn fetch(&self, fetch: FetchNode, path: Option<&FlattenNodePath>) -> Result<Fetch, CompileError> {
        let root = &fetch.operation.document.operation.selection_set;
        let declared = fetch.requires.is_some().then(|| declared(&fetch.operation.document));
        let target = match (fetch.requires, path, self.cut) {
            (None, None, None) => {
                let mut fields = Vec::new();
                collect_roots(root, &mut fields);
                Target::Root { fields, rewrites: fetch.output_rewrites.unwrap_or_default() }
            }
            (None, ..) => return Err(CompileError("root fields behind others")),
            (Some(requires), path, _) => Target::Entities(vec![EntityFetch {
                key: "_entities".to_owned(),
                variable: REPRESENTATIONS.to_owned(),
                paths: vec![self.place(path.map(FlattenNodePath::as_slice).unwrap_or_default())],
                selected: selected(&fetch.operation.document, "_entities")?,
                requires,
                input_rewrites: fetch.input_rewrites.unwrap_or_default(),
                output_rewrites: fetch.output_rewrites.unwrap_or_default(),
            }]),
        };
        let variables = fetch.variable_usages.into_iter().flatten().collect();
        Ok(Fetch { declared, ..Fetch::new(fetch.service_name, &fetch.operation.document_str, variables, target) })
    }

    fn batched(&self, batch: BatchFetchNode) -> Result<Fetch, CompileError> {
        let document = &batch.operation.document;
        let entities = batch.entity_batch.aliases.into_iter().map(|alias| {
            Ok(EntityFetch {
                selected: selected(document, &alias.alias)?,
                key: alias.alias,
                variable: alias.representations_variable_name,
                paths: alias.merge_paths.iter().map(|path| self.place(path.as_slice())).collect(),
                requires: alias.requires,
                input_rewrites: alias.input_rewrites.unwrap_or_default(),
                output_rewrites: alias.output_rewrites.unwrap_or_default(),
            })
        });
        let target = Target::Entities(entities.collect::<Result<_, _>>()?);
        let declared = Some(declared(document));
        let variables = batch.variable_usages.into_iter().flatten().collect();
        Ok(Fetch { declared, ..Fetch::new(batch.service_name, &batch.operation.document_str, variables, target) })
    }
}

/// What is selected under a key of the operation's root.
fn selected(document: &Document, key: &str) -> Result<SelectionSet, CompileError> {
    let mut sets = document.operation.selection_set.items.iter().filter_map(|item| match item {
        SelectionItem::Field(field) if field.selection_identifier() == key => Some(&field.selections),
        _ => None,
    });
    sets.next().map_or_else(|| Ok(SelectionSet::default()), |set| inlined(set, &document.fragments))
}

/// A selection with its fragments in place. The planner has had it like that before it shortened what it wrote.
pub(super) fn inlined(set: &SelectionSet, fragments: &[FragmentDefinition]) -> Result<SelectionSet, CompileError> {
    set.inline_fragment_spreads(fragments).map_err(|_| CompileError("a fragment that is not there"))
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
