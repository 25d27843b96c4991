//! What can be done before a request's variables: parse, validate, limit, once for a document; plan, once for a document and
//! what its callers may see of it. Both are cached.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use apollo_compiler::ast::Value;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::introspection;
use apollo_compiler::parser::Parser;
use apollo_compiler::request::RequestError;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Node};
use hive_router_query_planner::ast::normalization::normalize_operation;
use hive_router_query_planner::graph::PlannerOverrideContext;
use hive_router_query_planner::utils::cancellation::CancellationToken;
use hive_router_query_planner::utils::parsing::safe_parse_operation;
use kernel::{ErrorCode, Principal, PrincipalKind};

use super::Params;
use crate::Gateway;
use crate::access::{Access, Unmet};
use crate::config::{GatewayConfig, Introspection};
use crate::engine::Serving;
use crate::error::GraphqlError;
use crate::plan::{MAX_NESTING, PlannerDocument, Program};
use crate::supergraph::Supergraph;

/// Errors of one document that are told at most.
const MAX_ERRORS: usize = 20;
/// Nested selection sets that the parser follows.
const MAX_RECURSION: usize = 200;

/// A document that was read and is within its bounds, and the operation of it that is asked for.
pub(crate) struct Parsed {
    /// Of its own in its cache.
    pub(super) id: u64,
    document: Arc<Valid<ExecutableDocument>>,
    operation: Node<Operation>,
    /// The requirements on callers that it touches.
    touched: Vec<usize>,
}

/// An operation that is ready to run for every caller who may see as much.
pub(crate) struct Prepared {
    pub(crate) document: Arc<Valid<ExecutableDocument>>,
    pub(crate) operation: Node<Operation>,
    /// What to fetch, one after the other: one program for a query, one a root field for a mutation.
    pub(crate) programs: Vec<Program>,
    /// Whether anything of it asks for the schema.
    pub(crate) introspects: bool,
    /// The requirements that these callers do not meet.
    pub(crate) unmet: Unmet,
}

/// The prepared operation of these parameters for this caller, from the cache or made now.
pub(super) async fn prepare(
    gateway: &Gateway,
    serving: &Arc<Serving>,
    params: &Params,
    principal: &Principal,
) -> Result<Arc<Prepared>, Vec<GraphqlError>> {
    let cache = &serving.supergraph.prepared;
    let parsed = cache
        .document(params, |id, text, name| {
            let (serving, config) = (Arc::clone(serving), gateway.config.clone());
            aside(move || parse(&serving.supergraph, &config, id, &text, name.as_deref()))
        })
        .await?;
    let unmet = serving.supergraph.rules.unmet(&parsed.touched, principal);
    cache
        .plan(&parsed, unmet, params.query.len(), |unmet| {
            let (serving, config, parsed) = (Arc::clone(serving), gateway.config.clone(), Arc::clone(&parsed));
            aside(move || plan_all(&serving.supergraph, &config, &parsed, unmet))
        })
        .await
}

/// Runs what may take long where it holds up no other request of this thread.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Vec<GraphqlError>> + Send + 'static,
) -> Result<T, Vec<GraphqlError>> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(vec![internal()]))
}

fn internal() -> GraphqlError {
    GraphqlError::new(ErrorCode::Internal, "an internal error; the log has more under this request's id")
}

fn parse(
    supergraph: &Supergraph,
    config: &GatewayConfig,
    id: u64,
    query: &str,
    operation_name: Option<&str>,
) -> Result<Parsed, Vec<GraphqlError>> {
    let mut parser = Parser::new().token_limit(config.max_tokens).recursion_limit(MAX_RECURSION);
    let parsed = parser.parse_ast(query, "query.graphql");
    if parser.tokens_reached() > config.max_tokens {
        return Err(limit(format!("the document has more than {} tokens", config.max_tokens)));
    }
    if parser.recursion_reached() > MAX_RECURSION {
        return Err(limit(format!("the document nests deeper than {MAX_RECURSION}")));
    }
    let parsed = parsed.map_err(|failed| diagnostics(&failed.errors, ErrorCode::GraphqlParseFailed))?;
    let document = parsed.to_executable_validate(&supergraph.public).map_err(|failed| invalid(&failed.errors))?;
    let operation = document
        .operations
        .get(operation_name)
        .map_err(|error| vec![request_error(&document, &error, ErrorCode::BadUserInput)])?
        .clone();
    if operation.is_subscription() {
        return Err(vec![GraphqlError::new(ErrorCode::BadUserInput, "subscriptions are not served here")]);
    }
    let size = measure(&document, &operation.selection_set, &mut HashMap::new());
    if size.depth > config.max_depth {
        return Err(limit(format!("the operation is {} fields deep; {} at most", size.depth, config.max_depth)));
    }
    if size.values > config.max_values {
        let message = format!(
            "the answer would have some {} values, {} at most: ask for shorter pages, or for fewer lists within lists",
            size.values, config.max_values
        );
        return Err(limit(message));
    }
    if size.fields > config.max_fields {
        return Err(limit(format!("the operation has {} fields; {} at most", size.fields, config.max_fields)));
    }
    if size.bytes > config.max_body_bytes {
        let most = config.max_body_bytes;
        return Err(limit(format!(
            "the operation has {} bytes with its fragments in place; {most} at most",
            size.bytes
        )));
    }
    introspection::check_max_depth(&document, &operation)
        .map_err(|error| vec![request_error(&document, &error, ErrorCode::LimitExceeded)])?;
    let touched = supergraph.rules.touched(supergraph, &document, &operation);
    Ok(Parsed { id, document: Arc::new(document), operation, touched })
}

/// Plans what of an operation may be seen by who does not meet `unmet`.
fn plan_all(
    supergraph: &Supergraph,
    config: &GatewayConfig,
    parsed: &Parsed,
    unmet: Unmet,
) -> Result<Prepared, Vec<GraphqlError>> {
    let (document, operation) = (Arc::clone(&parsed.document), parsed.operation.clone());
    let access = Access { supergraph, unmet: &unmet };
    let planned = PlannerDocument::of(access, &document, &operation, config.max_fields);
    if planned.fields > config.max_fields {
        let most = config.max_fields;
        return Err(limit(format!(
            "the operation has more than {most} fields where those of interfaces are told apart by what may be seen"
        )));
    }
    if planned.nesting > MAX_NESTING {
        return Err(limit(format!("the operation nests {} brackets; {MAX_NESTING} at most", planned.nesting)));
    }
    let mut programs = Vec::new();
    for text in &planned.texts {
        programs.push(plan(supergraph, config, text)?);
    }
    Ok(Prepared { introspects: planned.introspects, operation, document, programs, unmet })
}

fn plan(supergraph: &Supergraph, config: &GatewayConfig, text: &str) -> Result<Program, Vec<GraphqlError>> {
    let token = CancellationToken::with_timeout(config.planning_timeout);
    // The planner panics on what it does not expect; a request must not take the process with it.
    let planned = catch_unwind(AssertUnwindSafe(|| {
        let document = safe_parse_operation(text).map_err(|error| error.to_string())?;
        let normalized =
            normalize_operation(&supergraph.planner.supergraph, &document, None).map_err(|error| error.to_string())?;
        let context = PlannerOverrideContext::default();
        let plan =
            supergraph.planner.plan_from_normalized_operation(normalized.executable_operation(), context, &token);
        plan.map_err(|error| error.to_string())
    }));
    let failed = |reason: String| {
        if token.bail_if_cancelled().is_err() {
            return vec![GraphqlError::new(
                ErrorCode::Timeout,
                "the operation takes too long to plan; ask for less at once",
            )];
        }
        tracing::error!(reason, operation = text, "an operation cannot be planned");
        vec![internal()]
    };
    match planned {
        Ok(Ok(plan)) => Program::compile(plan).map_err(|error| failed(error.to_string())),
        Ok(Err(reason)) => Err(failed(reason)),
        Err(_) => Err(failed("the planner panicked".to_owned())),
    }
}

fn limit(message: String) -> Vec<GraphqlError> {
    vec![GraphqlError::new(ErrorCode::LimitExceeded, message)]
}

fn invalid(list: &DiagnosticList) -> Vec<GraphqlError> {
    if list.iter().any(|diagnostic| diagnostic.to_json().message == "too much recursion") {
        return limit("the document nests too deeply to be validated".to_owned());
    }
    diagnostics(list, ErrorCode::GraphqlValidationFailed)
}

fn diagnostics(list: &DiagnosticList, code: ErrorCode) -> Vec<GraphqlError> {
    let error =
        |json: apollo_compiler::response::GraphQLError| GraphqlError::new(code, json.message).located(json.locations);
    let mut errors: Vec<GraphqlError> =
        list.iter().take(MAX_ERRORS).map(|diagnostic| error(diagnostic.to_json())).collect();
    // The parser may tell of one place twice.
    errors.dedup_by(|one, other| (&one.message, &one.locations) == (&other.message, &other.locations));
    if errors.is_empty() {
        errors.push(GraphqlError::new(code, "the document is empty"));
    }
    errors
}

/// An error of a request, with its place in the document.
pub(super) fn request_error(document: &ExecutableDocument, error: &RequestError, code: ErrorCode) -> GraphqlError {
    let json = error.to_graphql_error(&document.sources);
    GraphqlError::new(code, json.message).located(json.locations)
}

#[derive(Clone, Copy, Default)]
struct Size {
    depth: usize,
    fields: usize,
    /// About as many as its text has.
    bytes: usize,
    /// Values that the answer is expected to have.
    values: usize,
}

/// How deep a selection goes and how many fields it has with its fragments in place; each fragment is measured once.
fn measure(document: &ExecutableDocument, set: &SelectionSet, fragments: &mut HashMap<String, Size>) -> Size {
    let mut size = Size::default();
    for selection in &set.selections {
        let inner = match selection {
            Selection::Field(field) => {
                let inner = measure(document, &field.selection_set, fragments);
                let bytes = inner.bytes.saturating_add(field_bytes(field));
                let values = inner.values.saturating_add(1).saturating_mul(length(set, field));
                Size { depth: inner.depth + 1, fields: inner.fields.saturating_add(1), bytes, values }
            }
            Selection::InlineFragment(inline) => measure(document, &inline.selection_set, fragments),
            Selection::FragmentSpread(spread) => {
                let known = fragments.get(spread.fragment_name.as_str()).copied();
                known.unwrap_or_else(|| {
                    let fragment = document.fragments.get(&spread.fragment_name);
                    let inner = fragment
                        .map_or_else(Size::default, |fragment| measure(document, &fragment.selection_set, fragments));
                    fragments.insert(spread.fragment_name.to_string(), inner);
                    inner
                })
            }
        };
        size.depth = size.depth.max(inner.depth);
        size.fields = size.fields.saturating_add(inner.fields);
        size.bytes = size.bytes.saturating_add(inner.bytes);
        size.values = size.values.saturating_add(inner.values);
    }
    size
}

/// Items of a page when a variable says how many, and when nothing does.
const PAGE_BY_VARIABLE: usize = 100;
const PAGE: usize = 20;
/// Items that a list without pages is taken to have.
const LIST: usize = 5;

/// How many items a field is expected to have: what `first` or `last` asks for; a page of a connection is counted once, at
/// the field that gives the connection.
fn length(parent: &SelectionSet, field: &Field) -> usize {
    let pages = ["first", "last"];
    if field.definition.arguments.iter().any(|argument| pages.contains(&argument.name.as_str())) {
        let asked =
            pages.iter().find_map(|name| field.specified_argument_by_name(name)).filter(|value| !value.is_null());
        let literal = |value: &Node<Value>| value.to_i32().map(|items| usize::try_from(items).unwrap_or(0));
        return asked.map_or(PAGE, |value| literal(value).unwrap_or(PAGE_BY_VARIABLE)).max(1);
    }
    if field.ty().is_list() && !parent.ty.ends_with("Connection") { LIST } else { 1 }
}

fn field_bytes(field: &Field) -> usize {
    let arguments = field.arguments.iter().map(|argument| argument.name.len() + argument.value.to_string().len());
    field.response_key().len() + field.name.len() + arguments.sum::<usize>()
}

/// Answers what the operation asks of the schema itself.
pub(super) fn introspect(
    gateway: &Gateway,
    serving: &Serving,
    prepared: &Prepared,
    variables: &Valid<JsonMap>,
    principal: &Principal,
) -> Result<Option<JsonMap>, Vec<GraphqlError>> {
    if !prepared.introspects {
        return Ok(None);
    }
    let refused = |code, message: &str| Err(vec![GraphqlError::new(code, message)]);
    match gateway.config.introspection() {
        Introspection::Nobody => {
            return refused(ErrorCode::Forbidden, "introspection is off here; /schema.graphql has the schema");
        }
        Introspection::Authenticated if principal.kind == PrincipalKind::Anonymous => {
            let message = "introspection is for callers who are known: send a token, or read /schema.graphql";
            return refused(ErrorCode::Unauthenticated, message);
        }
        Introspection::Authenticated | Introspection::Everyone => {}
    }
    let supergraph = &serving.supergraph;
    let answer = introspection::partial_execute(
        &supergraph.public,
        &supergraph.implementers,
        &prepared.document,
        &prepared.operation,
        variables,
    )
    .map_err(|error| vec![request_error(&prepared.document, &error, ErrorCode::BadUserInput)])?;
    Ok(answer.data)
}
