//! What can be done before a request's variables: parse, validate, limit, once for a document; plan, once for a document and
//! what its callers may see of it. Both are cached.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use apollo_compiler::executable::Operation;
use apollo_compiler::introspection;
use apollo_compiler::parser::Parser;
use apollo_compiler::request::RequestError;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Node};
use kernel::{ErrorCode, Principal, PrincipalKind};
use tokio::time::Instant;
use tracing::Instrument;

use super::cache::Variant;
use super::limits::{self, exceeded};
use super::plan::plan_all;
use crate::Gateway;
use crate::access::Unmet;
use crate::budget::Client;
use crate::config::{GatewayConfig, Introspection};
use crate::cost::{self, Program};
use crate::engine::Serving;
use crate::error::GraphqlError;
use crate::plan::{self, Conditions};
use crate::supergraph::Supergraph;
use crate::telemetry;

/// Errors of one document that are told at most.
const MAX_ERRORS: usize = 20;
/// Nested selection sets that the parser follows.
const MAX_RECURSION: usize = 200;

/// A document that was read and is within its bounds, and the operation of it that is asked for.
pub(crate) struct Parsed {
    /// Of its own in its cache.
    pub(super) id: u64,
    /// Of its text, and of that text with its fragments in place: what is kept of it grows with both.
    pub(super) bytes: usize,
    pub(super) document: Arc<Valid<ExecutableDocument>>,
    pub(super) operation: Node<Operation>,
    /// The requirements on callers that it touches.
    pub(super) touched: Vec<usize>,
    /// The variables that decide what of it is asked for.
    pub(super) conditions: Conditions,
    /// What it costs.
    pub(super) cost: Program,
}

/// An operation that is ready to run for every caller who may see as much and whose variables leave as much of it.
pub(crate) struct Prepared {
    pub(crate) document: Arc<Valid<ExecutableDocument>>,
    pub(crate) operation: Node<Operation>,
    /// What to fetch, one after the other: one program for a query, one a root field for a mutation.
    pub(crate) programs: Vec<plan::Program>,
    /// Whether anything of it asks for the schema.
    pub(crate) introspects: bool,
    /// The requirements that these callers do not meet.
    pub(crate) unmet: Unmet,
    /// Of the texts that it was planned of: what is kept of it grows with them.
    pub(super) bytes: usize,
}

/// The document of this text, from the cache or read now for this client.
pub(super) async fn document(
    gateway: &Gateway,
    serving: &Arc<Serving>,
    text: Arc<str>,
    operation_name: Option<&str>,
    client: &Client,
) -> Result<Arc<Parsed>, Vec<GraphqlError>> {
    let missed = AtomicBool::new(false);
    let read = |id, text: Arc<str>, name: Option<Arc<str>>| {
        missed.store(true, Ordering::Relaxed);
        let (serving, config) = (Arc::clone(serving), Arc::clone(&gateway.config));
        gateway.preparing.aside(client, move || parse(&serving.supergraph, &config, id, &text, name.as_deref()))
    };
    let span = tracing::debug_span!("graphql.prepare", stage = "document");
    let document = serving.supergraph.prepared.document(text, operation_name, read).instrument(span).await;
    gateway.metrics.looked_up(telemetry::Prepared::Documents, !missed.load(Ordering::Relaxed));
    document
}

/// The plan of a document for this caller and what their variables leave of it, from the cache or made now.
pub(super) async fn planned(
    gateway: &Gateway,
    serving: &Arc<Serving>,
    parsed: &Arc<Parsed>,
    variables: &Valid<JsonMap>,
    principal: &Principal,
    client: &Client,
) -> Result<Arc<Prepared>, Vec<GraphqlError>> {
    let supergraph = &serving.supergraph;
    let unmet = supergraph.rules.unmet(&parsed.touched, principal, &gateway.config.policies);
    let (drawn, decided) = (supergraph.overrides.draw(), parsed.conditions.decided(variables));
    let variant = Variant { unmet, drawn, decided };
    let missed = AtomicBool::new(false);
    let make = |variant| {
        missed.store(true, Ordering::Relaxed);
        let (serving, config, parsed) = (Arc::clone(serving), Arc::clone(&gateway.config), Arc::clone(parsed));
        let metrics = Arc::clone(&gateway.metrics);
        gateway.preparing.aside(client, move || {
            let began = Instant::now();
            let planned = plan_all(&serving.supergraph, &config, &parsed, variant);
            metrics.planned(began.elapsed());
            planned
        })
    };
    let span = tracing::debug_span!("graphql.prepare", stage = "plan");
    let planned = supergraph.prepared.plan(parsed, variant, make).instrument(span).await;
    gateway.metrics.looked_up(telemetry::Prepared::Plans, !missed.load(Ordering::Relaxed));
    planned
}

/// Whether a plan is still the one for this caller.
pub(super) fn is_for(
    gateway: &Gateway,
    serving: &Serving,
    parsed: &Parsed,
    prepared: &Prepared,
    principal: &Principal,
) -> bool {
    serving.supergraph.rules.unmet(&parsed.touched, principal, &gateway.config.policies) == prepared.unmet
}

pub(super) fn internal() -> GraphqlError {
    GraphqlError::new(ErrorCode::Internal, "an internal error; the log has more under this request's id")
}

pub(super) fn parse(
    supergraph: &Supergraph,
    config: &GatewayConfig,
    id: u64,
    query: &str,
    operation_name: Option<&str>,
) -> Result<Parsed, Vec<GraphqlError>> {
    let mut parser = Parser::new().token_limit(config.max_tokens).recursion_limit(MAX_RECURSION);
    let parsed = parser.parse_ast(query, "query.graphql");
    if parser.tokens_reached() > config.max_tokens {
        return Err(exceeded(format!("the document has more than {} tokens", config.max_tokens)));
    }
    if parser.recursion_reached() > MAX_RECURSION {
        return Err(exceeded(format!("the document nests deeper than {MAX_RECURSION}")));
    }
    let parsed = parsed.map_err(|failed| diagnostics(&failed.errors, ErrorCode::GraphqlParseFailed))?;
    limits::check_document(&parsed, config)?;
    let document = parsed.to_executable_validate(&supergraph.public).map_err(|failed| invalid(&failed.errors))?;
    let operation = document
        .operations
        .get(operation_name)
        .map_err(|error| vec![request_error(&document, &error, ErrorCode::BadUserInput)])?
        .clone();
    let bytes = query.len().saturating_add(limits::check(&document, &operation, config)?);
    introspection::check_max_depth(&document, &operation)
        .map_err(|error| vec![request_error(&document, &error, ErrorCode::LimitExceeded)])?;
    let touched = supergraph.rules.touched(supergraph, &document, &operation);
    let cost = cost::compile(supergraph, &document, &operation, &config.cost).map_err(|error| vec![error])?;
    let conditions = Conditions::of(&document, &operation);
    Ok(Parsed { id, bytes, document: Arc::new(document), operation, touched, conditions, cost })
}

fn invalid(list: &DiagnosticList) -> Vec<GraphqlError> {
    if list.iter().any(|diagnostic| diagnostic.to_json().message == "too much recursion") {
        return exceeded("the document nests too deeply to be validated".to_owned());
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
