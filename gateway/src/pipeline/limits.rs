//! What a document, its variables and its answer may be, measured before anything is planned or asked.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast::{self, DirectiveList};
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use kernel::ErrorCode;

use crate::config::GatewayConfig;
use crate::cost::Estimate;
use crate::error::GraphqlError;
use crate::json::{Object, Value};

/// A refusal of what is larger, deeper or dearer than allowed.
pub(super) fn exceeded(message: String) -> Vec<GraphqlError> {
    vec![GraphqlError::new(ErrorCode::LimitExceeded, message)]
}

/// Refuses what `counted` is more of than `most`; `told` has the figure's place as `{}`.
fn at_most(counted: usize, most: usize, told: impl FnOnce(usize) -> String) -> Result<(), Vec<GraphqlError>> {
    if counted > most { Err(exceeded(format!("{}; {most} at most", told(counted)))) } else { Ok(()) }
}

/// Refuses a document of too many operations, before it is validated.
pub(super) fn check_document(document: &ast::Document, config: &GatewayConfig) -> Result<(), Vec<GraphqlError>> {
    let operation = |definition: &&ast::Definition| matches!(definition, ast::Definition::OperationDefinition(_));
    let operations = document.definitions.iter().filter(operation).count();
    at_most(operations, config.limits.max_operations, |counted| format!("the document has {counted} operations"))
}

/// Refuses an operation that is too deep or too large; back come its bytes with its fragments in place.
pub(super) fn check(
    document: &ExecutableDocument,
    operation: &Operation,
    config: &GatewayConfig,
) -> Result<usize, Vec<GraphqlError>> {
    let mut size = measure(document, &operation.selection_set, &mut HashMap::new());
    size.add_directives(&operation.directives);
    for variable in &operation.variables {
        size.add_directives(&variable.directives);
    }
    at_most(size.depth, config.max_depth, |depth| format!("the operation is {depth} fields deep"))?;
    let limits = &config.limits;
    at_most(size.fields, config.max_fields, |fields| format!("the operation has {fields} fields"))?;
    at_most(size.aliases, limits.max_aliases, |aliases| format!("the operation has {aliases} aliases"))?;
    at_most(size.directives, limits.max_directives, |found| format!("the operation has {found} directives"))?;
    let defaults = operation.variables.iter().filter_map(|variable| variable.default_value.as_ref());
    let defaults = defaults.map(|value| value.serialize().no_indent().to_string().len()).sum();
    at_most(defaults, limits.max_default_bytes, |bytes| {
        format!("the default values of the operation's variables have {bytes} bytes; give long values as variables")
    })?;
    let mut roots = Roots { document, names: HashSet::new(), fragments: HashSet::new() };
    roots.collect(&operation.selection_set);
    at_most(roots.names.len(), limits.max_root_fields, |fields| format!("the operation has {fields} root fields"))?;
    at_most(size.bytes, config.max_body_bytes, |bytes| {
        format!("the operation has {bytes} bytes with its fragments in place")
    })?;
    Ok(size.bytes)
}

/// Refuses what is expected to cost too much, or to give too large an answer.
pub(super) fn check_estimate(estimate: Estimate, config: &GatewayConfig) -> Result<(), Vec<GraphqlError>> {
    let advice = "ask for shorter pages, or for fewer lists within lists";
    let Estimate { cost, values } = estimate;
    if values > u64::try_from(config.max_values).unwrap_or(u64::MAX) {
        let most = config.max_values;
        return Err(exceeded(format!("the answer would have some {values} values, {most} at most: {advice}")));
    }
    if config.cost.enabled && cost > config.cost.max {
        return Err(exceeded(format!("the operation would cost {cost} points, {} at most: {advice}", config.cost.max)));
    }
    Ok(())
}

/// The response names at the root; each fragment is gone through once.
struct Roots<'a> {
    document: &'a ExecutableDocument,
    names: HashSet<&'a str>,
    fragments: HashSet<&'a str>,
}

impl<'a> Roots<'a> {
    fn collect(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.names.insert(field.response_key());
                }
                Selection::InlineFragment(inline) => self.collect(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment.filter(|_| self.fragments.insert(&spread.fragment_name)) {
                        self.collect(&fragment.selection_set);
                    }
                }
            }
        }
    }
}

/// Refuses variables that nest too deeply or hold too long a list.
pub(super) fn check_variables(variables: &Object, config: &GatewayConfig) -> Result<(), Vec<GraphqlError>> {
    let limits = &config.limits;
    for (name, value) in variables {
        let (mut depth, mut items) = (0, 0);
        measure_value(value, 0, &mut depth, &mut items);
        let name = name.as_str();
        at_most(depth, limits.max_variable_depth, |depth| {
            format!("the variable ${name} has {depth} lists and objects within each other")
        })?;
        at_most(items, limits.max_list_items, |items| format!("a list in the variable ${name} has {items} items"))?;
    }
    Ok(())
}

/// The parser of JSON bounds how deep this goes.
fn measure_value(value: &Value, within: usize, depth: &mut usize, items: &mut usize) {
    match value {
        Value::Array(list) => {
            *depth = (within + 1).max(*depth);
            *items = list.len().max(*items);
            for item in list {
                measure_value(item, within + 1, depth, items);
            }
        }
        Value::Object(object) => {
            *depth = (within + 1).max(*depth);
            for field in object.values() {
                measure_value(field, within + 1, depth, items);
            }
        }
        _ => {}
    }
}

#[derive(Clone, Copy, Default)]
struct Size {
    depth: usize,
    fields: usize,
    /// About as many as its text has.
    bytes: usize,
    aliases: usize,
    directives: usize,
}

impl Size {
    fn add_directives(&mut self, directives: &DirectiveList) {
        self.directives = self.directives.saturating_add(directives.len());
    }
}

/// How deep a selection goes and how many fields it has with its fragments in place; each fragment is measured once.
fn measure(document: &ExecutableDocument, set: &SelectionSet, fragments: &mut HashMap<String, Size>) -> Size {
    let mut size = Size::default();
    for selection in &set.selections {
        let inner = match selection {
            Selection::Field(field) => {
                let inner = measure(document, &field.selection_set, fragments);
                let bytes = inner.bytes.saturating_add(field_bytes(field));
                let aliases = inner.aliases.saturating_add(usize::from(field.alias.is_some()));
                Size { depth: inner.depth + 1, fields: inner.fields.saturating_add(1), bytes, aliases, ..inner }
            }
            Selection::InlineFragment(inline) => measure(document, &inline.selection_set, fragments),
            Selection::FragmentSpread(spread) => {
                let known = fragments.get(spread.fragment_name.as_str()).copied();
                known.unwrap_or_else(|| {
                    let fragment = document.fragments.get(&spread.fragment_name);
                    let inner = fragment.map_or_else(Size::default, |fragment| {
                        let mut inner = measure(document, &fragment.selection_set, fragments);
                        inner.add_directives(&fragment.directives);
                        inner
                    });
                    fragments.insert(spread.fragment_name.to_string(), inner);
                    inner
                })
            }
        };
        size.depth = size.depth.max(inner.depth);
        size.fields = size.fields.saturating_add(inner.fields);
        size.bytes = size.bytes.saturating_add(inner.bytes);
        size.aliases = size.aliases.saturating_add(inner.aliases);
        size.directives = size.directives.saturating_add(inner.directives);
        size.add_directives(selection.directives());
    }
    size
}

fn field_bytes(field: &Field) -> usize {
    let arguments = field.arguments.iter().map(|argument| argument.name.len() + argument.value.to_string().len());
    field.response_key().len() + field.name.len() + arguments.sum::<usize>()
}
