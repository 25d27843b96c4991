//! Around every request: its id, its place in a trace, and at its end one line in the log and the metrics.
//!
//! Told are the names of things, never what was sent: no variables, no tokens, no cookies, and of the address no query string.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use kernel::ErrorCode;
use service_kit::telemetry::{TraceContext, request_span};
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::asked::GRAPHQL_PATH;
use super::request_id::{REQUEST_ID, request_id};
use crate::Gateway;
use crate::config::GatewayConfig;
use crate::telemetry::{Account, HttpRequest, Outcome, shortened};

/// Bytes of a path that are told.
const MAX_PATH: usize = 200;
/// What a request counts as whose client went away; no client ever sees it.
const GONE: u16 = 499;
/// Who looks whether the process lives does so all the time.
const HEALTH: [&str; 2] = ["/livez", "/readyz"];

/// Gives every request its id, whatever answers it, and tells of it when its answer is sent or given up.
pub(super) async fn tell(State(gateway): State<Arc<Gateway>>, mut request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let value = HeaderValue::from_str(&id).expect("letters, digits, - and _ make a header");
    request.headers_mut().insert(REQUEST_ID, value.clone());
    let (method, path) = (request.method().clone(), shortened(request.uri().path(), MAX_PATH).to_owned());
    let log = request_span(&id);
    let span = if HEALTH.contains(&path.as_str()) {
        Span::none()
    } else {
        log.in_scope(|| {
            tracing::debug_span!(
                "http.server",
                otel.kind = "server",
                otel.status_code = Empty,
                http.request.method = method.as_str(),
                http.route = route(&path, &gateway.config),
                url.path = path,
                http.response.status_code = Empty,
                request_id = id,
            )
        })
    };
    let trace = TraceContext::of(request.headers());
    trace.adopt(&span);
    let account = Arc::new(Account::new(&id, trace));
    request.extensions_mut().insert(Arc::clone(&account));
    gateway.metrics.http_begins();
    let began = Instant::now();
    let mut ending = Ending {
        gateway,
        account,
        method,
        path,
        began,
        log: log.clone(),
        span: span.clone(),
        status: None,
        outcome: None,
        bytes: 0,
    };
    let mut response = next.run(request).instrument(span).instrument(log).await;
    response.headers_mut().insert(REQUEST_ID, value);
    ending.answered(&response);
    response.map(|body| Body::new(Told { body, ending }))
}

/// The route that a path belongs to: one of those that there are, or `other`.
fn route<'a>(path: &str, config: &'a GatewayConfig) -> &'a str {
    let first = path.get(1..).and_then(|rest| rest.find('/')).map_or(path, |end| &path[..=end]);
    match path {
        GRAPHQL_PATH => GRAPHQL_PATH,
        "/schema.graphql" => "/schema.graphql",
        "/livez" => "/livez",
        "/readyz" => "/readyz",
        "/" => "/explorer",
        _ if first == "/explorer" => "/explorer",
        _ => config.public_routes.values().flatten().find(|prefix| *prefix == first).map_or("other", String::as_str),
    }
}

/// A method that clients use, or `OTHER`.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET | Method::HEAD | Method::POST | Method::PUT | Method::PATCH | Method::DELETE | Method::OPTIONS => {
            method.as_str()
        }
        _ => "OTHER",
    }
}

/// What is told when a request ends, which is when this is dropped.
struct Ending {
    gateway: Arc<Gateway>,
    account: Arc<Account>,
    method: Method,
    path: String,
    began: Instant,
    log: Span,
    span: Span,
    status: Option<u16>,
    outcome: Option<Outcome>,
    bytes: u64,
}

impl Ending {
    fn answered(&mut self, response: &Response) {
        let status = response.status().as_u16();
        self.status = Some(status);
        self.span.record("http.response.status_code", status);
        if response.status().is_server_error() {
            self.span.record("otel.status_code", "ERROR");
        }
        let (outcome, code) = (response.extensions().get::<Outcome>(), response.extensions().get::<ErrorCode>());
        let told = outcome.cloned().or_else(|| code.map(|code| Outcome::of(*code)));
        self.outcome = Some(told.unwrap_or_else(|| Outcome::answered(&[])));
    }

    fn write(&self, took_ms: f64) {
        let account = &self.account;
        let (request_id, trace_id) = (&*account.request_id, account.trace.id(&self.span));
        let codes = codes(self.outcome.as_ref());
        macro_rules! line {
            ($level:ident, $message:literal) => {
                tracing::$level!(
                    target: "gateway::access",
                    parent: None,
                    request_id,
                    trace_id,
                    method = self.method.as_str(),
                    path = self.path,
                    status = self.status,
                    operation = account.operation(),
                    operation_type = account.operation_type(),
                    client = account.client(),
                    codes,
                    duration_ms = took_ms,
                    subgraph_calls = account.calls(),
                    bytes = self.bytes,
                    $message
                )
            };
        }
        match self.status {
            None => line!(info, "the client went away"),
            Some(_) if HEALTH.contains(&self.path.as_str()) => line!(debug, "answered"),
            Some(_) => line!(info, "answered"),
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        let metrics = &self.gateway.metrics;
        let route = route(&self.path, &self.gateway.config);
        let (method, status) = (known(&self.method), self.status.unwrap_or(GONE));
        metrics.http_ends(HttpRequest { route, method, status, took, bytes: self.bytes });
        // An upgrade to WebSocket asks for nothing by itself.
        if route == GRAPHQL_PATH && status != StatusCode::SWITCHING_PROTOCOLS.as_u16() {
            metrics.graphql_ends(&self.account, self.outcome.as_ref(), took);
        }
        self.write(milliseconds(took));
    }
}

/// What is told when an operation of a WebSocket ends, which is when this is dropped.
pub(super) struct OperationEnding {
    gateway: Arc<Gateway>,
    account: Arc<Account>,
    began: Instant,
    span: Span,
    outcome: Option<Outcome>,
}

/// An operation begins that has no HTTP request of its own.
pub(super) fn operation_begins(gateway: &Arc<Gateway>, account: &Arc<Account>, span: Span) -> OperationEnding {
    let (gateway, account) = (Arc::clone(gateway), Arc::clone(account));
    OperationEnding { gateway, account, began: Instant::now(), span, outcome: None }
}

impl OperationEnding {
    /// How it ended; without that its client gave it up.
    pub(super) fn with(&mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
    }
}

impl Drop for OperationEnding {
    fn drop(&mut self) {
        let (account, took) = (&self.account, self.began.elapsed());
        self.gateway.metrics.graphql_ends(account, self.outcome.as_ref(), took);
        tracing::info!(
            target: "gateway::access",
            parent: None,
            request_id = &*account.request_id,
            trace_id = account.trace.id(&self.span),
            operation = account.operation(),
            operation_type = account.operation_type(),
            client = account.client(),
            codes = codes(self.outcome.as_ref()),
            duration_ms = milliseconds(took),
            subgraph_calls = account.calls(),
            "an operation by WebSocket ended"
        );
    }
}

/// The codes of an outcome's errors; none where there are none.
fn codes(outcome: Option<&Outcome>) -> Option<String> {
    let codes: Vec<&str> = outcome.iter().flat_map(|outcome| outcome.codes()).map(|code| code.as_str()).collect();
    (!codes.is_empty()).then(|| codes.join(","))
}

/// Microseconds are enough.
fn milliseconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}

/// A body that is counted while it is sent.
struct Told {
    body: Body,
    ending: Ending,
}

impl HttpBody for Told {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // What makes the body as it goes is part of the request too.
        let (log, span) = (self.ending.log.clone(), self.ending.span.clone());
        let polled = log.in_scope(|| span.in_scope(|| Pin::new(&mut self.body).poll_frame(context)));
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            self.ending.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
