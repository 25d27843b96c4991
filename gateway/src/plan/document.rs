//! The document that the planner gets: the client's operation with its fragments in place, its aliases replaced by internal
//! ones, and without what the gateway answers itself.
//!
//! What the caller may not see is left out, and so is what `@skip` and `@include` leave out: the planner gets no conditions.
//! Fields that are not left to the planner are parts of their own.

use std::collections::BTreeSet;
use std::fmt::Write;

use apollo_compiler::ast::Value;
use apollo_compiler::executable::{Operation, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::{ExecutableDocument, Name};
use hive_router_query_planner::planner::plan_nodes::FlattenNodePathSegment;

use super::apart::{Cut, Part};
use crate::access::Access;
use crate::response::included;
use crate::supergraph::Supergraph;

/// Documents for the planner.
pub(crate) struct PlannerDocument {
    /// What kind of operation it is: `query`, or another. What is planned apart is a query.
    pub(crate) kind: &'static str,
    /// The operation's variables in brackets, which stand before the text of each part; nothing where there are none.
    pub(crate) variables: String,
    /// One for a query; one a root field for a mutation, whose root fields run one after the other. None where nothing is fetched.
    pub(crate) parts: Vec<Part>,
    /// Whether the operation asks for the schema (`__schema`, `__type`).
    pub(crate) introspects: bool,
    /// How deep brackets stand within each other in these texts.
    pub(crate) nesting: usize,
    /// Fields written, with those that they need. A field that only some of an interface's objects have, or show, is written for
    /// each of those types, and so is all that it holds; writing ends soon after `max_fields`.
    pub(crate) fields: usize,
}

/// Brackets within each other that the planner's parser follows.
pub(crate) const MAX_NESTING: usize = 50;

pub(super) struct Writer<'a> {
    pub(super) supergraph: &'a Supergraph,
    pub(super) access: Access<'a>,
    pub(super) document: &'a ExecutableDocument,
    conditions: &'a JsonMap,
    /// The type of the operation's root.
    root: &'a Name,
    introspects: bool,
    /// Brackets that are open now, and the most that ever were.
    pub(super) open: usize,
    pub(super) nesting: usize,
    /// Fields written, and how many may be.
    pub(super) fields: usize,
    pub(super) max_fields: usize,
    /// Where what is written now stands in what is fetched.
    pub(super) path: Vec<FlattenNodePathSegment>,
    /// The subgraph that gives the objects there, where it can be no other.
    pub(super) here: Option<String>,
    /// Subgraphs that are called for fields of these objects which are planned apart.
    pub(super) called: BTreeSet<String>,
    /// What is planned apart of what was written.
    pub(super) cuts: Vec<Cut>,
    /// Fields whose needs are being written now.
    pub(super) needing: usize,
}

impl PlannerDocument {
    /// Writes what of `operation` must be fetched for who may see as much, where conditions are decided by these variables.
    pub(crate) fn of(
        access: Access<'_>,
        document: &ExecutableDocument,
        operation: &Operation,
        conditions: &JsonMap,
        max_fields: usize,
    ) -> Self {
        let (supergraph, root) = (access.supergraph, &operation.selection_set.ty);
        let mut writer = Writer {
            supergraph,
            access,
            document,
            conditions,
            root,
            introspects: false,
            open: 1,
            nesting: 1,
            fields: 0,
            max_fields,
            path: Vec::new(),
            here: None,
            called: BTreeSet::new(),
            cuts: Vec::new(),
            needing: 0,
        };
        let mut roots: Vec<(String, Part)> = Vec::new();
        writer.roots(&operation.selection_set, &mut roots);
        let mut parts: Vec<(String, Part)> = Vec::new();
        for (key, part) in roots {
            // Fields of one response name are one field, and those of a query are all fetched together.
            match parts.iter_mut().find(|(known, _)| operation.is_query() || *known == key) {
                Some((_, known)) => known.join(part),
                None => parts.push((key, part)),
            }
        }
        Self {
            kind: operation.operation_type.name(),
            variables: writer.variables(operation),
            parts: parts.into_iter().map(|(_, part)| part).collect(),
            introspects: writer.introspects,
            nesting: writer.nesting,
            fields: writer.fields,
        }
    }
}

pub(super) fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("writing to a string does not fail");
}

impl Writer<'_> {
    /// The variables of the operation, as they are declared.
    fn variables(&mut self, operation: &Operation) -> String {
        let mut variables = Vec::new();
        for variable in &operation.variables {
            let name = self.supergraph.aliases.variable(&variable.name);
            let default = variable.default_value.as_ref().map(|value| {
                self.nesting = self.nesting.max(1 + brackets(value));
                format!(" = {}", self.value(value))
            });
            variables.push(format!("${name}: {}{}", variable.ty, default.unwrap_or_default()));
        }
        if variables.is_empty() { String::new() } else { format!("({})", variables.join(", ")) }
    }

    pub(super) fn is_left_out(&self, selection: &Selection) -> bool {
        !included(selection.directives(), self.conditions)
    }

    /// Each root field by itself.
    fn roots(&mut self, set: &SelectionSet, roots: &mut Vec<(String, Part)>) {
        for selection in &set.selections {
            if self.is_left_out(selection) {
                continue;
            }
            match selection {
                Selection::Field(field) if field.name == "__typename" => {}
                Selection::Field(field) if field.name.starts_with("__") => self.introspects = true,
                Selection::Field(field) if self.access.is_refused(&set.ty, self.root, &field.name) => {}
                Selection::Field(field) => {
                    let mut text = String::new();
                    self.field(field, self.root, &mut text);
                    let cuts = std::mem::take(&mut self.cuts);
                    roots.push((field.response_key().to_string(), Part { text, cuts }));
                }
                Selection::InlineFragment(inline) => self.roots(&inline.selection_set, roots),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        self.roots(&fragment.selection_set, roots);
                    }
                }
            }
        }
    }

    pub(super) fn open(&mut self, text: &mut String) {
        text.push_str("{ ");
        self.open += 1;
        self.nesting = self.nesting.max(self.open);
    }

    pub(super) fn close(&mut self, text: &mut String) {
        if text.ends_with("{ ") {
            // All that stood here was about other types.
            text.push_str("__typename ");
        }
        text.push_str("} ");
        self.open -= 1;
    }

    pub(super) fn value(&self, value: &Value) -> String {
        match value {
            Value::Variable(name) => format!("${}", self.supergraph.aliases.variable(name)),
            Value::List(items) => {
                format!("[{}]", items.iter().map(|item| self.value(item)).collect::<Vec<_>>().join(", "))
            }
            Value::Object(fields) => {
                let fields = fields.iter().map(|(name, field)| format!("{name}: {}", self.value(field)));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
            }
            other => other.serialize().no_indent().to_string(),
        }
    }
}

/// How deep brackets stand within each other in a value.
pub(super) fn brackets(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(|item| brackets(item)).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.iter().map(|(_, field)| brackets(field)).max().unwrap_or(0),
        _ => 0,
    }
}
