//! Finding the objects at a plan's path.

use hive_router_query_planner::planner::plan_nodes::FlattenNodePathSegment;

use crate::json::{ByteString, Object, Step, Value};

/// Calls `found` with the place and the object for every object at `path`. Lists are gone through wherever they stand.
pub(crate) fn visit(data: &Value, path: &[FlattenNodePathSegment], found: &mut impl FnMut(&[Step], &Object)) {
    walk(data, path, &mut Vec::new(), found);
}

fn walk(
    value: &Value,
    path: &[FlattenNodePathSegment],
    place: &mut Vec<Step>,
    found: &mut impl FnMut(&[Step], &Object),
) {
    match (value, path.split_first()) {
        (Value::Array(items), rest) => {
            // `@` names the list; one list within another has one `@` each.
            let path = match rest {
                Some((FlattenNodePathSegment::List, rest)) => rest,
                _ => path,
            };
            for (index, item) in items.iter().enumerate() {
                place.push(Step::Index(index));
                walk(item, path, place, found);
                place.pop();
            }
        }
        (Value::Object(object), None) => found(place, object),
        (Value::Object(object), Some((FlattenNodePathSegment::Field(name), rest))) => {
            if let Some(next) = object.get(name.as_str()) {
                place.push(Step::Key(ByteString::from(name.as_str())));
                walk(next, rest, place, found);
                place.pop();
            }
        }
        (Value::Object(object), Some((FlattenNodePathSegment::TypeCondition(types), rest))) => {
            let name = object.get("__typename").and_then(Value::as_str);
            if name.is_none_or(|name| types.contains(name)) {
                walk(value, rest, place, found);
            }
        }
        _ => {}
    }
}
