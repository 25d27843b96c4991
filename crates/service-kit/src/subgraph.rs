//! A service as one value, and the front of its subgraph: principal, limits, execution, errors.
//!
//! The gateway reaches a subgraph through this router in both shapes, over HTTP and in process, so that authorisation,
//! limits and error masking are the same code.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_graphql::{Executor, PathSegment, Response, ServerError};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response as HttpResponse};
use axum::routing::post;
use kernel::{ErrorCode, Fault, Principal};
use serde::{Deserialize, Serialize};

use crate::batches::Batches;
use crate::health::{self, Readiness};
use crate::principal_token::Verifier;
use crate::problem::nothing_here;
use crate::telemetry;

/// A service, ready to be mounted by the all-in-one or served alone.
#[derive(Clone)]
pub struct Subgraph {
    /// Its name in the supergraph.
    pub name: &'static str,
    /// Its completed SDL.
    pub sdl: Arc<str>,
    /// `/graphql`, for the gateway alone.
    pub router: Router,
    /// Routes that the gateway mounts for everybody, under the same paths: whole ones, such as `/files/{id}`. Empty where
    /// there are none. They read who asks with [`Verifier::caller`]; a body's size is theirs to bound.
    pub public: Router,
    /// Whether it can answer.
    pub ready: Readiness,
}

impl std::fmt::Debug for Subgraph {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Subgraph").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Subgraph {
    /// What a process of this service alone serves: its GraphQL, its public routes and its health.
    pub fn server(self) -> Router {
        let served = self.router.merge(self.public).layer(from_fn(telemetry::around));
        served.merge(health::routes(self.ready)).fallback(nothing_here)
    }

    /// Its public routes by themselves, for a gateway in the same process.
    pub fn public_routes(&self) -> Router {
        self.public.clone().fallback(nothing_here)
    }
}

/// The section `[subgraph]`: what one request to a subgraph may cost.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubgraphLimits {
    /// Bytes of a request's body.
    pub max_body_bytes: usize,
    /// How long one request may take.
    #[serde(with = "humantime_serde")]
    pub timeout: Duration,
    /// Nested fields of a query.
    pub max_depth: usize,
}

impl Default for SubgraphLimits {
    fn default() -> Self {
        Self { max_body_bytes: 8 << 20, timeout: Duration::from_secs(10), max_depth: 24 }
    }
}

impl SubgraphLimits {
    /// Refuses bounds under which nothing would be answered.
    ///
    /// # Errors
    /// The first of them, in a sentence.
    pub fn check(&self) -> Result<(), String> {
        let nothing = [
            ("max_body_bytes", self.max_body_bytes == 0),
            ("timeout", self.timeout.is_zero()),
            ("max_depth", self.max_depth == 0),
        ];
        match nothing.iter().find(|(_, nothing)| *nothing) {
            Some((key, _)) => Err(format!("subgraph.{key}: with 0 nothing would be answered; write more")),
            None => Ok(()),
        }
    }
}

/// Adds to a request of a caller what lives as long as it does: loaders, above all.
pub type PerRequest = Arc<dyn Fn(async_graphql::Request, &Principal, &Batches) -> async_graphql::Request + Send + Sync>;

struct Front<E> {
    executor: E,
    verifier: Arc<Verifier>,
    per_request: PerRequest,
    timeout: Duration,
    refused: AtomicBool,
}

/// The router of a subgraph: `POST /graphql` with a principal token of our gateway, and nothing else.
pub fn router<E: Executor>(
    executor: E,
    verifier: Arc<Verifier>,
    limits: &SubgraphLimits,
    per_request: PerRequest,
) -> Router {
    let front = Front { executor, verifier, per_request, timeout: limits.timeout, refused: AtomicBool::new(false) };
    Router::new()
        .route("/graphql", post(handle::<E>))
        .layer(DefaultBodyLimit::max(limits.max_body_bytes))
        .with_state(Arc::new(front))
}

async fn handle<E: Executor>(State(front): State<Arc<Front<E>>>, headers: HeaderMap, body: Bytes) -> HttpResponse {
    let Some(principal) = front.verifier.caller(&headers) else {
        // Told once: whoever knocks without a key must not fill the log.
        if !front.refused.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a caller without a token of our gateway's key was refused; if it is the gateway, see --gateway-key"
            );
        }
        let fault = Fault::new(ErrorCode::Unauthenticated, "a subgraph answers nobody but its gateway");
        return refused(StatusCode::UNAUTHORIZED, &fault);
    };
    let request: async_graphql::Request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => {
            let fault = Fault::new(ErrorCode::BadUserInput, format!("the body is no GraphQL request in JSON: {error}"));
            return refused(StatusCode::BAD_REQUEST, &fault);
        }
    };
    if has_nul(&request) {
        let fault = Fault::new(ErrorCode::BadUserInput, "a text holds the character U+0000, which no text here may");
        return refused(StatusCode::OK, &fault);
    }
    let batches = Batches::default();
    let request = (front.per_request)(request, &principal, &batches).data(principal);
    let execution = batches.drive(front.executor.execute(request));
    let Ok(response) = tokio::time::timeout(front.timeout, execution).await else {
        let fault = Fault::new(ErrorCode::Timeout, "the subgraph did not finish in time; ask for less");
        return refused(StatusCode::OK, &fault);
    };
    json(StatusCode::OK, &finish(response, request_id(&headers)))
}

/// Whether a variable of this name holds representations of entities: the gateway gives no client's variable such a name.
pub fn is_of_representations(name: &str) -> bool {
    name.starts_with("representations") || name.starts_with("__batch_reps")
}

/// Whether an argument holds a NUL, which PostgreSQL's text cannot; keys of entities are looked at one by one.
fn has_nul(request: &async_graphql::Request) -> bool {
    use async_graphql::Value;
    fn within(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains('\0'),
            Value::List(items) => items.iter().any(within),
            Value::Object(fields) => fields.values().any(within),
            _ => false,
        }
    }
    let mut variables = request.variables.iter().filter(|(name, _)| !is_of_representations(name));
    request.query.contains('\0') || request.query.contains("\\u0000") || variables.any(|(_, value)| within(value))
}

fn request_id(headers: &HeaderMap) -> &str {
    headers.get("x-request-id").and_then(|value| value.to_str().ok()).unwrap_or("-")
}

fn refused(status: StatusCode, fault: &Fault) -> HttpResponse {
    let mut error = ServerError::new(fault.to_string(), None);
    set_code(&mut error, fault.code());
    json(status, &Response::from_errors(vec![error]))
}

fn json(status: StatusCode, response: &Response) -> HttpResponse {
    match serde_json::to_vec(response) {
        Ok(body) => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => {
            tracing::error!(%error, "a response cannot be written as JSON");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Gives each error its code, hides what is ours alone, and logs a failure once, here where it leaves.
fn finish(mut response: Response, request_id: &str) -> Response {
    for error in &mut response.errors {
        let Some(fault) = error.source::<Fault>().cloned() else {
            // No fault of ours: async-graphql refused the document or a value in it, before any resolver ran.
            let code = if error.source.is_some() { ErrorCode::Internal } else { ErrorCode::BadUserInput };
            if code == ErrorCode::Internal {
                tracing::error!(request_id, path = %path(&error.path), message = %error.message, "an error without a code");
                "an internal error; the log has more under this request's id".clone_into(&mut error.message);
            }
            set_code(error, code);
            continue;
        };
        if let Some(cause) = fault.cause_chain() {
            tracing::error!(request_id, path = %path(&error.path), code = fault.code().as_str(), cause, "a field failed");
        }
        set_code(error, fault.code());
    }
    response
}

fn set_code(error: &mut ServerError, code: ErrorCode) {
    error.extensions.get_or_insert_with(Default::default).set("code", code.as_str());
}

fn path(path: &[PathSegment]) -> String {
    let parts: Vec<String> = path
        .iter()
        .map(|segment| match segment {
            PathSegment::Field(name) => name.clone(),
            PathSegment::Index(index) => index.to_string(),
        })
        .collect();
    parts.join(".")
}

#[cfg(test)]
mod tests;
