//! The document that the planner gets: the client's operation with its fragments in place, its aliases replaced by internal
//! ones, and without what the gateway answers itself.
//!
//! What the caller may not see is left out.

use std::fmt::Write;

use apollo_compiler::ast::{DirectiveList, Value};
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name};

use crate::access::{Access, Seen};
use crate::supergraph::Supergraph;

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
    /// Writes what of `operation` must be fetched for who may see as much.
    pub(crate) fn of(
        access: Access<'_>,
        document: &ExecutableDocument,
        operation: &Operation,
        max_fields: usize,
    ) -> Self {
        let (supergraph, root) = (access.supergraph, &operation.selection_set.ty);
        let mut writer = Writer {
            supergraph,
            access,
            document,
            root,
            introspects: false,
            open: 1,
            nesting: 1,
            fields: 0,
            max_fields,
        };
        let mut roots: Vec<(String, String)> = Vec::new();
        writer.roots(&operation.selection_set, &[], &mut roots);
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

/// Whether a literal says that this is left out: the planner has no plan for an operation of which nothing is left.
fn never(directives: &DirectiveList) -> bool {
    let literal = |name: &str| directives.get(name)?.specified_argument_by_name("if")?.to_bool();
    literal("skip") == Some(true) || literal("include") == Some(false)
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

    /// Each root field by itself, within the conditions of the fragments around it.
    fn roots(&mut self, set: &SelectionSet, around: &[String], roots: &mut Vec<(String, String)>) {
        for selection in &set.selections {
            let directives = match selection {
                Selection::Field(field) => &field.directives,
                Selection::InlineFragment(inline) => &inline.directives,
                Selection::FragmentSpread(spread) => &spread.directives,
            };
            if never(directives) {
                continue;
            }
            match selection {
                Selection::Field(field) if field.name == "__typename" => {}
                Selection::Field(field) if field.name.starts_with("__") => self.introspects = true,
                Selection::Field(field) if self.access.is_refused(&set.ty, self.root, &field.name) => {}
                Selection::Field(field) => {
                    let mut text = String::new();
                    for conditions in around {
                        push(&mut text, format_args!("...{conditions} "));
                        self.open(&mut text);
                    }
                    self.field(field, &mut text);
                    for _ in around {
                        self.close(&mut text);
                    }
                    roots.push((field.response_key().to_string(), text));
                }
                Selection::InlineFragment(inline) => {
                    self.roots_within(&inline.selection_set, &inline.directives, around, roots);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        let set = fragment.selection_set.clone();
                        self.roots_within(&set, &spread.directives, around, roots);
                    }
                }
            }
        }
    }

    fn roots_within(
        &mut self,
        set: &SelectionSet,
        directives: &DirectiveList,
        around: &[String],
        roots: &mut Vec<(String, String)>,
    ) {
        let conditions = self.conditions(directives);
        if conditions.is_empty() {
            return self.roots(set, around, roots);
        }
        let mut around = around.to_vec();
        around.push(conditions);
        self.roots(set, &around, roots);
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
        text.push_str(&self.conditions(&field.directives));
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
        let public = |name: &str| self.supergraph.public.types.contains_key(name);
        !self.access.unmet.is_empty() || !self.supergraph.types.objects_of(&set.ty).all(public)
    }

    /// Writes `set` where objects of type `ty` are selected from.
    fn selections(&mut self, set: &SelectionSet, ty: &Name, text: &mut String) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => self.seen_field(field, &set.ty, ty, text),
                Selection::InlineFragment(inline) => {
                    let on = inline.type_condition.as_ref();
                    self.fragment(on, &inline.directives, &inline.selection_set, ty, text);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        let on = Some(fragment.type_condition());
                        self.fragment(on, &spread.directives, &fragment.selection_set, ty, text);
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

    /// Writes a fragment, or what it holds where the fragment itself says nothing.
    fn fragment(
        &mut self,
        on: Option<&Name>,
        directives: &DirectiveList,
        set: &SelectionSet,
        ty: &Name,
        text: &mut String,
    ) {
        let Some(narrowed) = self.supergraph.narrowed(ty, on) else { return };
        let conditions = self.conditions(directives);
        let narrows = (narrowed != ty).then_some(narrowed);
        if narrows.is_none() && conditions.is_empty() {
            return self.selections(set, ty, text);
        }
        let written = narrows.map(|on| format!(" on {on}")).unwrap_or_default();
        push(text, format_args!("...{written}{conditions} "));
        self.open(text);
        self.selections(set, narrows.unwrap_or(ty), text);
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

    /// `@skip` and `@include`: no other directive of a document changes what is fetched.
    fn conditions(&self, directives: &DirectiveList) -> String {
        let mut text = String::new();
        for directive in directives.iter().filter(|directive| directive.name == "skip" || directive.name == "include") {
            if let Some(condition) = directive.specified_argument_by_name("if") {
                push(&mut text, format_args!(" @{}(if: {})", directive.name, self.value(condition)));
            }
        }
        text
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
