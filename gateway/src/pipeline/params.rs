//! The parameters of a GraphQL request: from a POST body in JSON, or from the query string of a GET.

use kernel::ErrorCode;
use serde::Deserialize;

use crate::error::GraphqlError;
use crate::json::{self, Object, Value};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A request's parameters.
#[derive(Clone, Debug)]
pub(crate) struct Params {
    pub(crate) query: String,
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: Object,
    /// Only queries may be run: it came by GET.
    pub(crate) read_only: bool,
}

/// The parameters in a query string.
#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are the protocol's")]
struct Query {
    query: Option<String>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

fn bad(message: impl Into<String>) -> GraphqlError {
    GraphqlError::new(ErrorCode::BadUserInput, message)
}

/// An empty text is as good as none.
fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

impl Params {
    /// Reads a POST body.
    pub(crate) fn from_body(body: &bytes::Bytes) -> Result<Self, GraphqlError> {
        // A byte order mark says nothing in UTF-8, and some clients write it nevertheless (RFC 8259, 8.1).
        let start = if body.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let body = body.slice(start..);
        if std::str::from_utf8(&body).is_err() {
            return Err(bad("the body is not UTF-8"));
        }
        if body.trim_ascii().is_empty() {
            return Err(bad("the body is empty; send a JSON object with a member \"query\""));
        }
        let mut object = match json::read(&body).map_err(|error| bad(format!("the body is no JSON: {error}")))? {
            Value::Object(object) => object,
            Value::Array(_) => return Err(bad("batches are not served; send each operation in a request of its own")),
            _ => return Err(bad("the body must be a JSON object with a member \"query\"")),
        };
        let query = match object.remove("query") {
            Some(Value::String(query)) => query.as_str().to_owned(),
            None | Some(Value::Null) => return Err(bad("the body has no member \"query\"")),
            Some(_) => return Err(bad("\"query\" must be a string")),
        };
        let operation_name = match object.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => given(name.as_str().to_owned()),
            Some(_) => return Err(bad("\"operationName\" must be a string or null")),
        };
        let variables = object_or_nothing(object.remove("variables"), "variables")?;
        object_or_nothing(object.remove("extensions"), "extensions")?;
        Ok(Self { query, operation_name, variables, read_only: false })
    }

    /// Reads the query string of a GET.
    pub(crate) fn from_query(query: &str) -> Result<Self, GraphqlError> {
        let query: Query = serde_urlencoded::from_str(query)
            .map_err(|error| bad(format!("the query string cannot be read: {error}")))?;
        let member = |text: Option<String>, name: &str| match text.and_then(given) {
            None => Ok(Object::new()),
            Some(text) => {
                let value = json::read(&text.into()).map_err(|error| bad(format!("\"{name}\" is no JSON: {error}")))?;
                object_or_nothing(Some(value), name)
            }
        };
        let variables = member(query.variables, "variables")?;
        member(query.extensions, "extensions")?;
        let operation_name = query.operation_name.and_then(given);
        match query.query.and_then(given) {
            None => Err(bad("the query string has no \"query\"")),
            Some(query) => Ok(Self { query, operation_name, variables, read_only: true }),
        }
    }
}

fn object_or_nothing(value: Option<Value>, name: &str) -> Result<Object, GraphqlError> {
    match value {
        None | Some(Value::Null) => Ok(Object::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(bad(format!("\"{name}\" must be an object or null"))),
    }
}
