//! What is fetched already and is not asked for again: another subgraph, or the same, may have told it at the same place.

use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::SelectionSet;

use crate::json::{Object, Value};
use crate::supergraph::Types;

/// Whether `object` has all that `set` selects of it. One name at one place has one meaning: that of the client's document, or
/// of an internal name.
pub(crate) fn is_known(types: &Types, set: &SelectionSet, object: &Object) -> bool {
    let typename = object.get("__typename").and_then(Value::as_str);
    set.items.iter().all(|item| match item {
        // An interface's name says only that nobody has named the object yet.
        SelectionItem::Field(field) if field.name == "__typename" => {
            typename.is_some_and(|name| !types.is_abstract(name))
        }
        SelectionItem::Field(field) => {
            object.get(field.selection_identifier()).is_some_and(|value| holds(types, &field.selections, value))
        }
        SelectionItem::InlineFragment(fragment) => {
            let other =
                typename.is_some_and(|name| !types.is_abstract(name) && !types.is_a(name, &fragment.type_condition));
            other || is_known(types, &fragment.selections, object)
        }
        SelectionItem::FragmentSpread(_) => false,
    })
}

fn holds(types: &Types, set: &SelectionSet, value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(|item| holds(types, set, item)),
        Value::Object(object) => is_known(types, set, object),
        _ => true,
    }
}
