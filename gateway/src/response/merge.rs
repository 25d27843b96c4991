//! Merging one answer into another: objects by key, lists by place.

use crate::json::Value;

/// Merges `from` into `into`. An object is never overwritten by anything else, nor a list by null: another subgraph knows it.
pub(crate) fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                match into.get_mut(key.as_str()) {
                    Some(known) => merge(known, value),
                    None => {
                        into.insert(key, value);
                    }
                }
            }
        }
        (Value::Array(into), Value::Array(from)) if into.len() == from.len() => {
            for (known, value) in into.iter_mut().zip(from) {
                merge(known, value);
            }
        }
        (Value::Object(_), _) | (Value::Array(_), Value::Null) => {}
        (into, from) => *into = from,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn objects_merge_by_key_and_lists_by_place() {
        let mut tree = value(r#"{"a":{"b":1},"l":[{"x":1},null]}"#);
        merge(&mut tree, value(r#"{"a":{"c":2},"l":[{"y":2},{"y":3}],"n":null}"#));
        assert_eq!(tree, value(r#"{"a":{"b":1,"c":2},"l":[{"x":1,"y":2},{"y":3}],"n":null}"#));
    }

    #[test]
    fn neither_null_nor_nonsense_erases_what_another_knows() {
        let mut tree = value(r#"{"a":{"b":1}}"#);
        merge(&mut tree, value(r#"{"a":null}"#));
        merge(&mut tree, value(r#"{"a":"nonsense"}"#));
        assert_eq!(tree, value(r#"{"a":{"b":1}}"#));
    }
}
