//! The parameters of a GraphQL request: from a POST body in JSON, or from the query string of a GET.

use kernel::ErrorCode;
use serde::Deserialize;

use crate::error::GraphqlError;
use crate::json::{self, Object, Value};

/// A request's parameters.
#[derive(Clone, Debug)]
pub(crate) struct Params {
    pub(crate) query: String,
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: Object,
    pub(crate) extensions: Extensions,
    /// Only queries may be run: it came by GET.
    pub(crate) read_only: bool,
}

/// What is read of `extensions`; what nobody here knows is left alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extensions {
    /// The answer is to tell what the operation costs.
    pub(crate) cost: bool,
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

impl Params {
    /// Reads a POST body.
    pub(crate) fn from_body(body: &bytes::Bytes) -> Result<Self, GraphqlError> {
        if std::str::from_utf8(body).is_err() {
            return Err(bad("the body is not UTF-8"));
        }
        let value = json::read(body).map_err(|error| bad(format!("the body is no JSON: {error}")))?;
        let Value::Object(mut object) = value else {
            return Err(bad("the body must be a JSON object with a member \"query\"; batches are not served"));
        };
        let query = match object.remove("query") {
            Some(Value::String(query)) => query.as_str().to_owned(),
            None | Some(Value::Null) => return Err(bad("the body has no member \"query\"")),
            Some(_) => return Err(bad("\"query\" must be a string")),
        };
        let operation_name = match object.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name.as_str().to_owned()),
            Some(_) => return Err(bad("\"operationName\" must be a string or null")),
        };
        let variables = object_or_nothing(object.remove("variables"), "variables")?;
        let extensions = Extensions::read(&object_or_nothing(object.remove("extensions"), "extensions")?)?;
        Ok(Self { query, operation_name, variables, extensions, read_only: false })
    }

    /// Reads the query string of a GET.
    pub(crate) fn from_query(query: &str) -> Result<Self, GraphqlError> {
        let query: Query = serde_urlencoded::from_str(query)
            .map_err(|error| bad(format!("the query string cannot be read: {error}")))?;
        let member = |text: Option<String>, name: &str| match text.filter(|text| !text.is_empty()) {
            None => Ok(Object::new()),
            Some(text) => {
                let value = json::read(&text.into()).map_err(|error| bad(format!("\"{name}\" is no JSON: {error}")))?;
                object_or_nothing(Some(value), name)
            }
        };
        let variables = member(query.variables, "variables")?;
        let extensions = Extensions::read(&member(query.extensions, "extensions")?)?;
        let operation_name = query.operation_name.filter(|name| !name.is_empty());
        match query.query.filter(|text| !text.is_empty()) {
            None => Err(bad("the query string has no \"query\"")),
            Some(query) => Ok(Self { query, operation_name, variables, extensions, read_only: true }),
        }
    }
}

impl Extensions {
    fn read(given: &Object) -> Result<Self, GraphqlError> {
        let cost = match given.get("cost") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(wanted)) => *wanted,
            Some(_) => return Err(bad("\"extensions.cost\" must be true or false")),
        };
        Ok(Self { cost })
    }
}

fn object_or_nothing(value: Option<Value>, name: &str) -> Result<Object, GraphqlError> {
    match value {
        None | Some(Value::Null) => Ok(Object::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(bad(format!("\"{name}\" must be an object or null"))),
    }
}
