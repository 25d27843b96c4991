//! The tree of values that this engine works on: strings are shared with the bytes that they were received in.

pub(crate) use serde_json_bytes::{ByteString, Map, Value};

/// An object.
pub(crate) type Object = Map<ByteString, Value>;

/// A step into a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A field of an object.
    Key(ByteString),
    /// An item of a list.
    Index(usize),
}

/// The value at a path, if there is one.
pub(crate) fn at_mut<'a>(mut value: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    for step in path {
        value = match (step, value) {
            (Step::Key(key), Value::Object(object)) => object.get_mut(key.as_str())?,
            (Step::Index(index), Value::Array(items)) => items.get_mut(*index)?,
            _ => return None,
        };
    }
    Some(value)
}
