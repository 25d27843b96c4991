//! The tree of values that this engine works on: strings are shared with the bytes that they were received in.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeSeed;
use serde_json_bytes::value::BytesSeed;

pub(crate) use serde_json_bytes::{ByteString, Map, Value};

/// An object.
pub(crate) type Object = Map<ByteString, Value>;

/// A step into a tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub(crate) enum Step {
    /// A field of an object.
    Key(ByteString),
    /// An item of a list.
    Index(usize),
}

/// Reads one JSON value; anything behind it is an error.
pub(crate) fn read(bytes: &Bytes) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = BytesSeed::new(bytes).deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// The value at a path, if there is one.
pub(crate) fn at<'a>(mut value: &'a Value, path: &[Step]) -> Option<&'a Value> {
    for step in path {
        value = match (step, value) {
            (Step::Key(key), Value::Object(object)) => object.get(key.as_str())?,
            (Step::Index(index), Value::Array(items)) => items.get(*index)?,
            _ => return None,
        };
    }
    Some(value)
}

/// The value at a path, to be changed.
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
