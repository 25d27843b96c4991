//! The parameters of a GraphQL request: from a POST body in JSON, or from the query string of a GET.

use kernel::ErrorCode;
use serde::Deserialize;

use crate::documents::DocumentName;
use crate::error::GraphqlError;
use crate::json::{self, Object, Value};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A request's parameters.
#[derive(Clone, Debug)]
pub(crate) struct Params {
    /// The document, where it is sent. Where it is not, one is named.
    pub(crate) query: Option<String>,
    /// The document, by a name.
    pub(crate) document: Option<DocumentName>,
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
    /// The document by its SHA-256, in the protocol of automatic persisted queries.
    persisted: Option<DocumentName>,
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
    #[serde(rename = "documentId")]
    document_id: Option<String>,
    id: Option<String>,
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
        let query = text_or_nothing(object.remove("query"), "query")?;
        let operation_name = text_or_nothing(object.remove("operationName"), "operationName")?.and_then(given);
        let document_id = text_or_nothing(object.remove("documentId"), "documentId")?;
        // Others may mean something else by it.
        let id = text_or_nothing(object.remove("id"), "id").unwrap_or_default();
        let variables = object_or_nothing(object.remove("variables"), "variables")?;
        let extensions = Extensions::read(&object_or_nothing(object.remove("extensions"), "extensions")?)?;
        let document = document_name(document_id, id.as_deref(), &extensions)?;
        if query.is_none() && document.is_none() {
            return Err(bad("the body has no member \"query\", and names no document by \"documentId\""));
        }
        // Beside a name an empty one is none.
        let query = query.filter(|text| document.is_none() || !text.is_empty());
        Ok(Self { query, document, operation_name, variables, extensions, read_only: false })
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
        let extensions = Extensions::read(&member(query.extensions, "extensions")?)?;
        let document = document_name(query.document_id.and_then(given), query.id.as_deref(), &extensions)?;
        let (query, operation_name) = (query.query.and_then(given), query.operation_name.and_then(given));
        if query.is_none() && document.is_none() {
            return Err(bad("the query string has no \"query\", and names no document by \"documentId\""));
        }
        Ok(Self { query, document, operation_name, variables, extensions, read_only: true })
    }
}

/// The name of the document, wherever it is given.
fn document_name(
    document_id: Option<String>,
    id: Option<&str>,
    extensions: &Extensions,
) -> Result<Option<DocumentName>, GraphqlError> {
    let parse = |text: String| DocumentName::parse(&text).ok_or_else(|| bad("\"documentId\" is no name of a document"));
    let named = document_id.map(parse).transpose()?;
    match (named, &extensions.persisted) {
        (Some(named), Some(persisted)) if named != *persisted => {
            Err(bad("\"documentId\" and \"extensions.persistedQuery\" name two documents"))
        }
        (None, None) => Ok(id.and_then(DocumentName::parse)),
        (named, persisted) => Ok(named.or_else(|| persisted.clone())),
    }
}

impl Extensions {
    fn read(given: &Object) -> Result<Self, GraphqlError> {
        let cost = match given.get("cost") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(wanted)) => *wanted,
            Some(_) => return Err(bad("\"extensions.cost\" must be true or false")),
        };
        let persisted = match given.get("persistedQuery") {
            None | Some(Value::Null) => None,
            Some(Value::Object(persisted)) => Some(persisted_query(persisted)?),
            Some(_) => return Err(bad("\"extensions.persistedQuery\" must be an object")),
        };
        Ok(Self { cost, persisted })
    }
}

fn persisted_query(given: &Object) -> Result<DocumentName, GraphqlError> {
    if given.get("version").and_then(Value::as_i64) != Some(1) {
        return Err(bad("\"extensions.persistedQuery.version\" must be 1"));
    }
    let hash = given.get("sha256Hash").and_then(Value::as_str).and_then(DocumentName::parse);
    hash.ok_or_else(|| bad("\"extensions.persistedQuery.sha256Hash\" must be the SHA-256 of a document, as 64 digits"))
}

fn text_or_nothing(value: Option<Value>, name: &str) -> Result<Option<String>, GraphqlError> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str().to_owned())),
        Some(_) => Err(bad(format!("\"{name}\" must be a string or null"))),
    }
}

fn object_or_nothing(value: Option<Value>, name: &str) -> Result<Object, GraphqlError> {
    match value {
        None | Some(Value::Null) => Ok(Object::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(bad(format!("\"{name}\" must be an object or null"))),
    }
}
