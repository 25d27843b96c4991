//! What one request does, told once at its end. It never holds what was sent: no variables, no tokens, no cookies.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use apollo_compiler::ast::OperationType;
use apollo_compiler::executable::Operation;
use kernel::ErrorCode;
use service_kit::telemetry::TraceContext;
use tracing::Span;

use crate::error::GraphqlError;

/// Characters of an operation's name that are told: a document may have a name of a megabyte.
const LONGEST_NAME: usize = 100;

/// The account of a request: among the extensions of the request, and handed on to whoever has something to add.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) request_id: Arc<str>,
    /// Where it stands in a trace.
    pub(crate) trace: TraceContext,
    operation: OnceLock<(Option<String>, &'static str)>,
    client: OnceLock<String>,
    calls: AtomicUsize,
}

impl Account {
    pub(crate) fn new(request_id: &str, trace: TraceContext) -> Self {
        let (operation, client) = (OnceLock::new(), OnceLock::new());
        Self { request_id: Arc::from(request_id), trace, operation, client, calls: AtomicUsize::new(0) }
    }

    /// It asks for this operation, which is a good one. The present span is that of the operation.
    pub(crate) fn asks_for(&self, operation: &Operation) {
        let kind = match operation.operation_type {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        let (name, kind) = self
            .operation
            .get_or_init(|| (operation.name.as_ref().map(|name| name.chars().take(LONGEST_NAME).collect()), kind));
        let span = Span::current();
        span.record("graphql.operation.type", kind);
        span.record("graphql.operation.name", name.as_deref());
    }

    /// It comes from this client, as a token says it.
    pub(crate) fn comes_from(&self, client: Option<&str>) {
        if let Some(client) = client {
            self.client.get_or_init(|| client.to_owned());
        }
    }

    /// A subgraph is called for it.
    pub(crate) fn calls_a_subgraph(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    /// The operation's name, as far as both are known.
    pub(crate) fn operation(&self) -> Option<&str> {
        self.operation.get()?.0.as_deref()
    }

    /// `query`, `mutation` or `subscription`, once that is known.
    pub(crate) fn operation_type(&self) -> Option<&'static str> {
        self.operation.get().map(|(_, kind)| *kind)
    }

    pub(crate) fn client(&self) -> Option<&str> {
        self.client.get().map(String::as_str)
    }

    /// How often a subgraph was called.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

/// How a GraphQL request ended: among the extensions of its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    codes: Vec<ErrorCode>,
    partial: bool,
}

impl Outcome {
    /// It was run, with these errors.
    pub(crate) fn answered(errors: &[GraphqlError]) -> Self {
        Self { codes: codes(errors), partial: true }
    }

    /// It was not run.
    pub(crate) fn refused(errors: &[GraphqlError]) -> Self {
        Self { codes: codes(errors), partial: false }
    }

    /// It was refused for this.
    pub(crate) fn of(code: ErrorCode) -> Self {
        Self { codes: vec![code], partial: false }
    }

    /// One word for it.
    pub(crate) fn label(&self) -> &'static str {
        match self.codes.first() {
            None => "ok",
            Some(_) if self.partial => "partial",
            Some(code) => code.as_str(),
        }
    }

    /// The codes of its errors, each once.
    pub(crate) fn codes(&self) -> &[ErrorCode] {
        &self.codes
    }
}

fn codes(errors: &[GraphqlError]) -> Vec<ErrorCode> {
    let mut codes: Vec<ErrorCode> = Vec::new();
    for error in errors {
        if !codes.contains(&error.extensions.code) {
            codes.push(error.extensions.code);
        }
    }
    codes
}
