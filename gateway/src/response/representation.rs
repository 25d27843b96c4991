//! Making the representation of an entity of what was fetched of it.

use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::SelectionSet;

use crate::json::{ByteString, Object, Value};
use crate::plan::EntityFetch;
use crate::supergraph::Types;

/// The representation that an entity's fetch asks for, or nothing where the object is of another type or lacks a part of it.
pub(crate) fn of(types: &Types, subgraph: &str, entity: &EntityFetch, object: &Object) -> Option<Value> {
    let mut out = Object::new();
    let typename = object.get("__typename");
    if let Some(typename) = typename {
        out.insert("__typename", typename.clone());
    }
    let mut matched = false;
    Maker { types, subgraph }.collect(&entity.requires, object, &mut out, &mut matched)?;
    matched.then_some(Value::Object(out))
}

struct Maker<'a> {
    types: &'a Types,
    /// Who gets the representation.
    subgraph: &'a str,
}

impl Maker<'_> {
    /// Copies the selected parts; none where a part is missing.
    fn collect(&self, set: &SelectionSet, object: &Object, out: &mut Object, matched: &mut bool) -> Option<()> {
        let typename = object.get("__typename").and_then(Value::as_str);
        for item in &set.items {
            match item {
                SelectionItem::Field(field) if field.name == "__typename" => {}
                SelectionItem::Field(field) => {
                    // A field that was fetched under an internal alias stands here as `asked: fetched`.
                    let value = object.get(field.name.as_str())?;
                    let copied = self.copy(&field.selections, value)?;
                    out.insert(ByteString::from(field.alias.as_deref().unwrap_or(&field.name)), copied);
                    *matched = true;
                }
                SelectionItem::InlineFragment(fragment) => {
                    let condition = fragment.type_condition.as_str();
                    // Without a type name in the tree the object has the one type that can stand here.
                    if !typename.is_none_or(|name| self.types.is_a(name, condition)) {
                        continue;
                    }
                    // Who knows the interface as an object knows none of its objects by name.
                    if typename.is_none() || self.types.is_interface_object(condition, self.subgraph) {
                        out.insert("__typename", Value::from(condition));
                    }
                    *matched = true;
                    self.collect(&fragment.selections, object, out, matched)?;
                }
                SelectionItem::FragmentSpread(_) => {}
            }
        }
        Some(())
    }

    fn copy(&self, set: &SelectionSet, value: &Value) -> Option<Value> {
        match value {
            Value::Array(items) => {
                items.iter().map(|item| self.copy(set, item)).collect::<Option<Vec<_>>>().map(Value::Array)
            }
            Value::Object(object) if !set.items.is_empty() => {
                let mut out = Object::new();
                if let Some(typename) = object.get("__typename") {
                    out.insert("__typename", typename.clone());
                }
                self.collect(set, object, &mut out, &mut true)?;
                Some(Value::Object(out))
            }
            other => Some(other.clone()),
        }
    }
}
