//! The metrics of a gateway. Labels have few values each: what clients choose is bounded by [`Names`].

use std::time::Duration;

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};
use tokio::time::Instant;

use super::names::Names;
use super::{Account, Outcome};

/// Upper bounds in seconds: from an answer out of the cache to the longest that a request may take.
const SECONDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    operations: Names,
    http_requests: IntCounterVec,
    http_seconds: HistogramVec,
    http_bytes: IntCounterVec,
    http_in_flight: IntGauge,
    graphql_requests: IntCounterVec,
    graphql_seconds: HistogramVec,
    subgraph_requests: IntCounterVec,
    subgraph_unusable: IntCounterVec,
    subgraph_seconds: HistogramVec,
    subgraph_in_flight: IntGaugeVec,
    planning_seconds: HistogramVec,
    lookups: IntCounterVec,
    entries: IntGaugeVec,
    supergraphs: IntCounterVec,
}

/// An HTTP request that was answered, or whose client went away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HttpRequest<'a> {
    pub(crate) route: &'a str,
    pub(crate) method: &'a str,
    pub(crate) status: u16,
    pub(crate) took: Duration,
    pub(crate) bytes: u64,
}

/// What is kept of operations.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Prepared {
    Documents,
    Plans,
}

impl Prepared {
    fn label(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Plans => "plans",
        }
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let registry = Registry::new();
        let made = Make(&registry);
        let version = made.gauges("build_info", "The release that runs here; always 1.", &["version"]);
        version.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let (http, graphql) = (&["route", "method", "status"], &["operation", "type", "outcome"]);
        Self {
            operations: Names::default(),
            http_requests: made.counters(
                "http_requests_total",
                "Requests that were answered. Status 499: the client went away before.",
                http,
            ),
            http_seconds: made.seconds(
                "http_request_duration_seconds",
                "Time from the head of a request to the last byte of its answer.",
                &["route"],
            ),
            http_bytes: made.counters("http_response_bytes_total", "Bytes of answers' bodies as sent.", &["route"]),
            http_in_flight: made.gauge("http_requests_in_flight", "Requests that are at work."),
            graphql_requests: made.counters(
                "graphql_requests_total",
                "GraphQL requests by operation and outcome: ok, partial, cancelled, or the code of the error that refused it.",
                graphql,
            ),
            graphql_seconds: made.seconds(
                "graphql_request_duration_seconds",
                "Time of GraphQL requests, from the head to the last byte of the answer.",
                &["operation", "type"],
            ),
            subgraph_requests: made.counters(
                "subgraph_requests_total",
                "Calls to subgraphs, with their waiting and all their tries, by outcome: ok, how it failed, or cancelled where nobody waited any more.",
                &["subgraph", "outcome"],
            ),
            subgraph_unusable: made.counters(
                "subgraph_unusable_answers_total",
                "Answers of subgraphs that came whole and could not be used: no GraphQL response, or not of what was asked.",
                &["subgraph"],
            ),
            subgraph_seconds: made.seconds(
                "subgraph_request_duration_seconds",
                "Time of calls to subgraphs, to the last byte of their answers.",
                &["subgraph"],
            ),
            subgraph_in_flight: made.gauges(
                "subgraph_requests_in_flight",
                "Tries to call subgraphs that are not answered yet.",
                &["subgraph"],
            ),
            planning_seconds: made.seconds("planning_duration_seconds", "Time to plan an operation.", &[]),
            lookups: made.counters(
                "prepared_cache_lookups_total",
                "Looks for a prepared document or plan: hit or miss.",
                &["cache", "result"],
            ),
            entries: made.gauges("prepared_cache_entries", "Prepared documents and plans that are kept.", &["cache"]),
            supergraphs: made.counters(
                "supergraph_reloads_total",
                "New supergraphs after the first: served, or refused.",
                &["outcome"],
            ),
            registry,
        }
    }

    /// A request is at work until [`Self::http_ends`].
    pub(crate) fn http_begins(&self) {
        self.http_in_flight.inc();
    }

    pub(crate) fn http_ends(&self, request: HttpRequest<'_>) {
        self.http_in_flight.dec();
        let HttpRequest { route, method, status, took, bytes } = request;
        self.http_requests.with_label_values(&[route, method, &status.to_string()]).inc();
        self.http_seconds.with_label_values(&[route]).observe(took.as_secs_f64());
        self.http_bytes.with_label_values(&[route]).inc_by(bytes);
    }

    /// A GraphQL request ended so; without an outcome its client went away.
    pub(crate) fn graphql_ends(&self, account: &Account, outcome: Option<&Outcome>, took: Duration) {
        let kind = account.operation_type();
        let operation = match (account.operation(), kind) {
            (Some(name), _) => self.operations.label(name, account.client().is_some()),
            (None, Some(_)) => "anonymous",
            (None, None) => "unknown",
        };
        let (kind, outcome) = (kind.unwrap_or("unknown"), outcome.map_or("cancelled", Outcome::label));
        self.graphql_requests.with_label_values(&[operation, kind, outcome]).inc();
        self.graphql_seconds.with_label_values(&[operation, kind]).observe(took.as_secs_f64());
    }

    /// A subgraph is called; how that ends is told to what is returned.
    pub(crate) fn subgraph_called<'a>(&'a self, subgraph: &'a str) -> SubgraphCall<'a> {
        SubgraphCall { metrics: self, subgraph, began: Instant::now(), outcome: None }
    }

    /// A call is at a subgraph until what is returned is dropped.
    pub(crate) fn subgraph_in_flight(&self, subgraph: &str) -> InFlight {
        let gauge = self.subgraph_in_flight.with_label_values(&[subgraph]);
        gauge.inc();
        InFlight(gauge)
    }

    pub(crate) fn planned(&self, took: Duration) {
        self.planning_seconds.with_label_values::<&str>(&[]).observe(took.as_secs_f64());
    }

    pub(crate) fn looked_up(&self, what: Prepared, found: bool) {
        self.lookups.with_label_values(&[what.label(), if found { "hit" } else { "miss" }]).inc();
    }

    /// A new supergraph came.
    pub(crate) fn supergraph_came(&self, served: bool) {
        self.supergraphs.with_label_values(&[if served { "served" } else { "refused" }]).inc();
    }

    /// A subgraph's answer came whole, and could not be used.
    pub(crate) fn unusable(&self, subgraph: &str) {
        self.subgraph_unusable.with_label_values(&[subgraph]).inc();
    }

    /// All of it in the text format of Prometheus; `kept` is how much of each is kept now.
    pub(crate) fn text(&self, kept: &[(Prepared, usize)]) -> String {
        for (what, entries) in kept {
            let entries = i64::try_from(*entries).unwrap_or(i64::MAX);
            self.entries.with_label_values(&[what.label()]).set(entries);
        }
        TextEncoder::new().encode_to_string(&self.registry.gather()).expect("names and labels were looked at")
    }
}

/// A try to call a subgraph that is not answered yet.
pub(crate) struct InFlight(IntGauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A call to a subgraph that has not ended yet. Dropped without an outcome, it was given up.
pub(crate) struct SubgraphCall<'a> {
    metrics: &'a Metrics,
    subgraph: &'a str,
    began: Instant,
    outcome: Option<&'static str>,
}

impl SubgraphCall<'_> {
    pub(crate) fn ended(mut self, outcome: &'static str) {
        self.outcome = Some(outcome);
    }
}

impl Drop for SubgraphCall<'_> {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        let metrics = self.metrics;
        metrics.subgraph_requests.with_label_values(&[self.subgraph, self.outcome.unwrap_or("cancelled")]).inc();
        metrics.subgraph_seconds.with_label_values(&[self.subgraph]).observe(took.as_secs_f64());
    }
}

/// Makes metrics, each in the registry.
struct Make<'a>(&'a Registry);

const MADE: &str = "names of metrics and labels are written here, each once";

impl Make<'_> {
    fn options(name: &str, help: &str) -> Opts {
        Opts::new(format!("passerelle_{name}"), help)
    }

    fn registered<M: prometheus::core::Collector + Clone + 'static>(&self, made: prometheus::Result<M>) -> M {
        let made = made.expect(MADE);
        self.0.register(Box::new(made.clone())).expect(MADE);
        made
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
        self.registered(IntCounterVec::new(Self::options(name, help), labels))
    }

    fn gauge(&self, name: &str, help: &str) -> IntGauge {
        self.registered(IntGauge::with_opts(Self::options(name, help)))
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
        self.registered(IntGaugeVec::new(Self::options(name, help), labels))
    }

    fn seconds(&self, name: &str, help: &str, labels: &[&str]) -> HistogramVec {
        let options = HistogramOpts::from(Self::options(name, help)).buckets(SECONDS.to_vec());
        self.registered(HistogramVec::new(options, labels))
    }
}
