//! The program: what the planner's plan becomes once, so that running it costs no more than it must.

use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::SelectionSet;
use hive_router_query_planner::planner::plan_nodes::{
    BatchFetchNode, FetchNode, FetchRewrite, FlattenNodePath, FlattenNodePathSegment, PlanNode, QueryPlan,
};

use super::apart::Cut;
use crate::json::ByteString;

/// What to fetch, in which order.
pub(crate) struct Program {
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
    /// What is asked of the entities.
    pub(crate) selected: SelectionSet,
    pub(crate) input_rewrites: Vec<FetchRewrite>,
    pub(crate) output_rewrites: Vec<FetchRewrite>,
}

/// The plan holds something that no query or mutation has.
#[derive(Debug, thiserror::Error)]
#[error("the plan holds a node that cannot be run: {0}")]
pub(crate) struct CompileError(&'static str);

impl Program {
    /// Compiles a plan.
    pub(crate) fn compile(plan: QueryPlan) -> Result<Self, CompileError> {
        Ok(Self { root: plan.node.map(|plan| Compiler { cut: None }.node(plan)).transpose()? })
    }

    /// Compiles the plan of a part that is reached from the objects of a cut.
    pub(crate) fn compile_cut(plan: QueryPlan, cut: &Cut) -> Result<Self, CompileError> {
        Ok(Self { root: plan.node.map(|plan| Compiler { cut: Some(cut) }.node(plan)).transpose()? })
    }

    /// This, and then these, each level after the one before.
    pub(crate) fn then(self, levels: Vec<Vec<Program>>) -> Self {
        let mut nodes: Vec<Node> = self.root.into_iter().collect();
        for level in levels {
            let mut level: Vec<Node> = level.into_iter().filter_map(|program| program.root).collect();
            match level.len() {
                0 => {}
                1 => nodes.append(&mut level),
                _ => nodes.push(Node::Parallel(level)),
            }
        }
        let root = if nodes.len() > 1 { Some(Node::Sequence(nodes)) } else { nodes.pop() };
        Self { root }
    }
}

struct Compiler<'a> {
    /// The objects that the plan's root fields are asked of, where it is no whole operation.
    cut: Option<&'a Cut>,
}

impl Compiler<'_> {
    fn node(&self, plan: PlanNode) -> Result<Node, CompileError> {
        Ok(match plan {
            PlanNode::Sequence(sequence) => Node::Sequence(self.nodes(sequence.nodes)?),
            PlanNode::Parallel(parallel) => Node::Parallel(self.nodes(parallel.nodes)?),
            PlanNode::Condition(_) => return Err(CompileError("a condition")),
            PlanNode::Fetch(fetch) => Node::Fetch(Box::new(self.fetch(fetch, None)?)),
            PlanNode::Flatten(flatten) => match *flatten.node {
                PlanNode::Fetch(fetch) => Node::Fetch(Box::new(self.fetch(fetch, Some(&flatten.path))?)),
                _ => return Err(CompileError("a path around something that is no fetch")),
            },
            PlanNode::BatchFetch(batch) => Node::Fetch(Box::new(self.batched(batch))),
            PlanNode::Subscription(_) => return Err(CompileError("a subscription")),
            PlanNode::Defer(_) => return Err(CompileError("a deferred part")),
        })
    }

    fn nodes(&self, plans: Vec<PlanNode>) -> Result<Vec<Node>, CompileError> {
        plans.into_iter().map(|plan| self.node(plan)).collect()
    }

    /// A path of the plan, from the root of the tree.
    fn place(&self, path: &[FlattenNodePathSegment]) -> Vec<FlattenNodePathSegment> {
        let before = self.cut.map(|cut| cut.place.as_slice()).unwrap_or_default();
        before.iter().chain(path).cloned().collect()
    }

    fn fetch(&self, fetch: FetchNode, path: Option<&FlattenNodePath>) -> Result<Fetch, CompileError> {
        let output_rewrites = fetch.output_rewrites.unwrap_or_default();
        let root = &fetch.operation.document.operation.selection_set;
        let entities = |selected, requires, paths, input_rewrites| EntityFetch {
            key: "_entities".to_owned(),
            variable: "representations".to_owned(),
            paths,
            requires,
            selected,
            input_rewrites,
            output_rewrites: output_rewrites.clone(),
        };
        let (query, target) = match (fetch.requires, path, self.cut) {
            (None, None, None) => {
                let mut fields = Vec::new();
                collect_roots(root, &mut fields);
                (fetch.operation.document_str, Target::Root { fields, rewrites: output_rewrites })
            }
            (None, None, Some(cut)) => {
                let (query, selected) = cut.entered(fetch.operation);
                let entities = entities(selected, cut.requires.clone(), vec![cut.place.clone()], Vec::new());
                (query, Target::Entities(vec![entities]))
            }
            (None, Some(_), _) => return Err(CompileError("a path around a fetch of root fields")),
            (Some(requires), path, _) => {
                let paths = vec![self.place(path.map(FlattenNodePath::as_slice).unwrap_or_default())];
                let rewrites = fetch.input_rewrites.unwrap_or_default();
                let entities = entities(selected(root, "_entities"), requires, paths, rewrites);
                (fetch.operation.document_str, Target::Entities(vec![entities]))
            }
        };
        let variables = fetch.variable_usages.into_iter().flatten().collect();
        Ok(Fetch { subgraph: fetch.service_name, query: json_string(&query), variables, target })
    }

    fn batched(&self, batch: BatchFetchNode) -> Fetch {
        let root = batch.operation.document.operation.selection_set;
        let entities = batch.entity_batch.aliases.into_iter().map(|alias| EntityFetch {
            selected: selected(&root, &alias.alias),
            key: alias.alias,
            variable: alias.representations_variable_name,
            paths: alias.merge_paths.iter().map(|path| self.place(path.as_slice())).collect(),
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
}

/// What is selected under a key of the operation's root.
fn selected(root: &SelectionSet, key: &str) -> SelectionSet {
    let mut sets = root.items.iter().filter_map(|item| match item {
        SelectionItem::Field(field) if field.selection_identifier() == key => Some(field.selections.clone()),
        _ => None,
    });
    sets.next().unwrap_or_default()
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
