//! The document that the planner gets: the client's operation with its fragments in place, its aliases replaced by internal
//! ones, and without what the gateway answers itself.
//!
//! What the caller may not see is left out, and so is what `@skip` and `@include` leave out: the planner gets no conditions.

use std::fmt::Write;

use apollo_compiler::ast::Value;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name};

use crate::access::{Access, Seen};
use crate::response::included;
use crate::supergraph::{Applies, Supergraph};

/// Documents for the planner.
pub(crate) struct PlannerDocument {
    /// One for a query; one a root field for a mutation, whose root fields run one after the other. None where nothing is fetched.
    pub(crate) texts: Vec<String>,
    /// Whether the operation asks for the schema (`__schema`, `__type`).
    pub(crate) introspects: bool,
    /// How deep brackets stand within each other in these texts.
    pub(crate) nesting: usize,
    /// Fields written. A field that may be seen in some of an interface's objects is written for each of those types, and so
    /// is all that it holds; writing ends soon after `max_fields`.
    pub(crate) fields: usize,
}

/// Brackets within each other that the planner's parser follows.
pub(crate) const MAX_NESTING: usize = 50;

struct Writer<'a> {
    supergraph: &'a Supergraph,
    access: Access<'a>,
    document: &'a ExecutableDocument,
    conditions: &'a JsonMap,
    /// The type of the operation's root.
    root: &'a Name,
    introspects: bool,
    /// Brackets that are open now, and the most that ever were.
    open: usize,
    nesting: usize,
    /// Fields written, and how many may be.
    fields: usize,
    max_fields: usize,
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
        };
        let mut roots: Vec<(String, String)> = Vec::new();
        writer.roots(&operation.selection_set, &mut roots);
        let mut texts = Vec::new();
        if operation.is_mutation() {
            // Fields of one response name are one field.
            let mut by_key: Vec<(String, String)> = Vec::new();
            for (key, text) in roots {
                match by_key.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, texts)) => texts.push_str(&text),
                    None => by_key.push((key, text)),
                }
            }
            texts.extend(by_key.into_iter().map(|(_, text)| writer.headed(operation, &text)));
        } else if !roots.is_empty() {
            let all: String = roots.into_iter().map(|(_, text)| text).collect();
            texts.push(writer.headed(operation, &all));
        }
        Self { texts, introspects: writer.introspects, nesting: writer.nesting, fields: writer.fields }
    }
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("writing to a string does not fail");
}

impl Writer<'_> {
    fn headed(&self, operation: &Operation, selections: &str) -> String {
        let mut text = operation.operation_type.name().to_owned();
        if !operation.variables.is_empty() {
            let variables: Vec<String> = operation
                .variables
                .iter()
                .map(|variable| {
                    let name = self.supergraph.aliases.variable(&variable.name);
                    let default = variable.default_value.as_ref().map(|value| format!(" = {}", self.value(value)));
                    format!("${name}: {}{}", variable.ty, default.unwrap_or_default())
                })
                .collect();
            push(&mut text, format_args!("({})", variables.join(", ")));
        }
        push(&mut text, format_args!(" {{ {selections}}}"));
        text
    }

    fn is_left_out(&self, selection: &Selection) -> bool {
        !included(selection.directives(), self.conditions)
    }

    /// Each root field by itself.
    fn roots(&mut self, set: &SelectionSet, roots: &mut Vec<(String, String)>) {
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
                    self.field(field, &mut text);
                    roots.push((field.response_key().to_string(), text));
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

    fn field(&mut self, field: &Field, text: &mut String) {
        self.fields += 1;
        if self.fields > self.max_fields {
            return;
        }
        let key = self.supergraph.aliases.key(field);
        if key == field.name.as_str() {
            text.push_str(&key);
        } else {
            push(text, format_args!("{key}: {}", field.name));
        }
        if !field.arguments.is_empty() {
            let arguments: Vec<String> = field
                .arguments
                .iter()
                .map(|argument| format!("{}: {}", argument.name, self.value(&argument.value)))
                .collect();
            let brackets = field.arguments.iter().map(|argument| brackets(&argument.value)).max().unwrap_or(0);
            self.nesting = self.nesting.max(self.open + 1 + brackets);
            push(text, format_args!("({})", arguments.join(", ")));
        }
        text.push(' ');
        if !field.selection_set.selections.is_empty() {
            self.open(text);
            // What an object is decides what is read of it.
            if self.needs_names(&field.selection_set) {
                text.push_str("__typename ");
            }
            self.selections(&field.selection_set, &field.selection_set.ty, text);
            self.close(text);
        }
    }

    /// Whether the names of an abstract type's objects must be fetched although the client asks neither for them nor for
    /// fields of some types only (for which the planner fetches them itself). Where nothing depends on them, nobody is asked:
    /// a subgraph may know an interface as an object only, and another be called for the name alone.
    fn needs_names(&self, set: &SelectionSet) -> bool {
        let Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) = self.supergraph.public.types.get(&set.ty)
        else {
            return false;
        };
        self.access.tells_objects_apart(&set.ty)
    }

    /// Writes `set` where objects of type `ty` are selected from.
    fn selections(&mut self, set: &SelectionSet, ty: &Name, text: &mut String) {
        for selection in &set.selections {
            if self.is_left_out(selection) {
                continue;
            }
            match selection {
                Selection::Field(field) => self.seen_field(field, &set.ty, ty, text),
                Selection::InlineFragment(inline) => {
                    self.fragment(inline.type_condition.as_ref(), &inline.selection_set, ty, text);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        self.fragment(Some(fragment.type_condition()), &fragment.selection_set, ty, text);
                    }
                }
            }
        }
    }

    /// Writes a field that is selected on the type `on`, where the caller may see it.
    fn seen_field(&mut self, field: &Field, on: &Name, ty: &Name, text: &mut String) {
        match self.access.seen(on, ty, &field.name) {
            Seen::Whole => self.field(field, text),
            Seen::Nowhere(_) => {}
            Seen::Of(objects, _) => {
                for object in objects {
                    push(text, format_args!("... on {object} "));
                    self.open(text);
                    self.field(field, text);
                    self.close(text);
                }
            }
        }
    }

    /// Writes a fragment, or what it holds where the fragment itself says nothing. Where only some of its type's objects can
    /// stand, it is written for each of these: what stands in it may be about the others.
    fn fragment(&mut self, on: Option<&Name>, set: &SelectionSet, ty: &Name, text: &mut String) {
        match self.supergraph.applies(ty, on) {
            Applies::Always => self.selections(set, ty, text),
            Applies::To(on) => self.fragment_on(on, set, text),
            Applies::ToSome(objects) => {
                for object in objects {
                    self.fragment_on(object, set, text);
                }
            }
            Applies::Never => {}
        }
    }

    fn fragment_on(&mut self, on: &Name, set: &SelectionSet, text: &mut String) {
        push(text, format_args!("... on {on} "));
        self.open(text);
        self.selections(set, on, text);
        self.close(text);
    }

    fn open(&mut self, text: &mut String) {
        text.push_str("{ ");
        self.open += 1;
        self.nesting = self.nesting.max(self.open);
    }

    fn close(&mut self, text: &mut String) {
        if text.ends_with("{ ") {
            // All that stood here was about other types.
            text.push_str("__typename ");
        }
        text.push_str("} ");
        self.open -= 1;
    }

    fn value(&self, value: &Value) -> String {
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
fn brackets(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(|item| brackets(item)).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.iter().map(|(_, field)| brackets(field)).max().unwrap_or(0),
        _ => 0,
    }
}
