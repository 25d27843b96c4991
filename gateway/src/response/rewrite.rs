//! The planner's rewrites of representations and answers.

use hive_router_query_planner::planner::plan_nodes::{FetchNodePathSegment, FetchRewrite};

use crate::json::{ByteString, Object, Value};
use crate::supergraph::Types;

/// Applies one rewrite below `value`.
pub(crate) fn apply(types: &Types, rule: &FetchRewrite, value: &mut Value) {
    match rule {
        FetchRewrite::ValueSetter(setter) => {
            at_each(types, value, &setter.path, &mut |object, key| {
                if object.contains_key(key) {
                    object.insert(ByteString::from(key), Value::from(setter.set_value_to.as_str()));
                }
            });
        }
        FetchRewrite::KeyRenamer(renamer) => {
            at_each(types, value, &renamer.path, &mut |object, key| {
                if let Some(moved) = object.remove(key) {
                    object.insert(ByteString::from(renamer.rename_key_to.as_str()), moved);
                }
            });
        }
    }
}

/// Calls `change` with each object at the path's end but one, and the last key.
fn at_each(
    types: &Types,
    value: &mut Value,
    path: &[FetchNodePathSegment],
    change: &mut impl FnMut(&mut Object, &str),
) {
    match value {
        Value::Array(items) => {
            for item in items {
                at_each(types, item, path, change);
            }
        }
        Value::Object(object) => match path.split_first() {
            Some((FetchNodePathSegment::TypenameEquals(names), rest)) => {
                let name = object.get("__typename").and_then(Value::as_str);
                // An interface's name stands for each of its objects.
                if name.is_none_or(|name| names.iter().any(|of| types.is_a(name, of))) {
                    at_each(types, value, rest, change);
                }
            }
            Some((FetchNodePathSegment::Key(key), [])) => change(object, key),
            Some((FetchNodePathSegment::Key(key), rest)) => {
                if let Some(next) = object.get_mut(key.as_str()) {
                    at_each(types, next, rest, change);
                }
            }
            None => {}
        },
        _ => {}
    }
}
