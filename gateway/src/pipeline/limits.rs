//! What a document may cost, measured before anything is planned or asked.

use std::collections::HashMap;

use apollo_compiler::ast::Value;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Node};
use kernel::ErrorCode;

use crate::config::GatewayConfig;
use crate::error::GraphqlError;

/// A refusal of what is larger, deeper or dearer than allowed.
pub(super) fn exceeded(message: String) -> Vec<GraphqlError> {
    vec![GraphqlError::new(ErrorCode::LimitExceeded, message)]
}

/// Refuses an operation that is too deep, too large, or whose answer would be.
pub(super) fn check(
    document: &ExecutableDocument,
    operation: &Operation,
    config: &GatewayConfig,
) -> Result<(), Vec<GraphqlError>> {
    let size = measure(document, &operation.selection_set, &mut HashMap::new());
    if size.depth > config.max_depth {
        return Err(exceeded(format!("the operation is {} fields deep; {} at most", size.depth, config.max_depth)));
    }
    if size.values > config.max_values {
        let message = format!(
            "the answer would have some {} values, {} at most: ask for shorter pages, or for fewer lists within lists",
            size.values, config.max_values
        );
        return Err(exceeded(message));
    }
    if size.fields > config.max_fields {
        return Err(exceeded(format!("the operation has {} fields; {} at most", size.fields, config.max_fields)));
    }
    if size.bytes > config.max_body_bytes {
        let most = config.max_body_bytes;
        return Err(exceeded(format!(
            "the operation has {} bytes with its fragments in place; {most} at most",
            size.bytes
        )));
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Size {
    depth: usize,
    fields: usize,
    /// About as many as its text has.
    bytes: usize,
    /// Values that the answer is expected to have.
    values: usize,
}

/// How deep a selection goes and how many fields it has with its fragments in place; each fragment is measured once.
fn measure(document: &ExecutableDocument, set: &SelectionSet, fragments: &mut HashMap<String, Size>) -> Size {
    let mut size = Size::default();
    for selection in &set.selections {
        let inner = match selection {
            Selection::Field(field) => {
                let inner = measure(document, &field.selection_set, fragments);
                let bytes = inner.bytes.saturating_add(field_bytes(field));
                let values = inner.values.saturating_add(1).saturating_mul(length(set, field));
                Size { depth: inner.depth + 1, fields: inner.fields.saturating_add(1), bytes, values }
            }
            Selection::InlineFragment(inline) => measure(document, &inline.selection_set, fragments),
            Selection::FragmentSpread(spread) => {
                let known = fragments.get(spread.fragment_name.as_str()).copied();
                known.unwrap_or_else(|| {
                    let fragment = document.fragments.get(&spread.fragment_name);
                    let inner = fragment
                        .map_or_else(Size::default, |fragment| measure(document, &fragment.selection_set, fragments));
                    fragments.insert(spread.fragment_name.to_string(), inner);
                    inner
                })
            }
        };
        size.depth = size.depth.max(inner.depth);
        size.fields = size.fields.saturating_add(inner.fields);
        size.bytes = size.bytes.saturating_add(inner.bytes);
        size.values = size.values.saturating_add(inner.values);
    }
    size
}

/// Items of a page when a variable says how many, and when nothing does.
const PAGE_BY_VARIABLE: usize = 100;
const PAGE: usize = 20;
/// Items that a list without pages is taken to have.
const LIST: usize = 5;

/// How many items a field is expected to have: what `first` or `last` asks for; a page of a connection is counted once, at
/// the field that gives the connection.
fn length(parent: &SelectionSet, field: &Field) -> usize {
    let pages = ["first", "last"];
    if field.definition.arguments.iter().any(|argument| pages.contains(&argument.name.as_str())) {
        let asked =
            pages.iter().find_map(|name| field.specified_argument_by_name(name)).filter(|value| !value.is_null());
        let literal = |value: &Node<Value>| value.to_i32().map(|items| usize::try_from(items).unwrap_or(0));
        return asked.map_or(PAGE, |value| literal(value).unwrap_or(PAGE_BY_VARIABLE)).max(1);
    }
    if field.ty().is_list() && !parent.ty.ends_with("Connection") { LIST } else { 1 }
}

fn field_bytes(field: &Field) -> usize {
    let arguments = field.arguments.iter().map(|argument| argument.name.len() + argument.value.to_string().len());
    field.response_key().len() + field.name.len() + arguments.sum::<usize>()
}
