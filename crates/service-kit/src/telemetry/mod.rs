//! Logs and traces.
//!
//! Logs are one line an event, readable on a terminal or JSON for machines, on standard error: standard output belongs to what a
//! command answers. Traces go to a collector, where one is configured.

mod collector;
mod otlp;
mod role;
mod trace_context;

use serde::{Deserialize, Serialize};
use tracing::{Dispatch, Span};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

pub use otlp::OtlpConfig;
pub(crate) use role::around;
pub use trace_context::TraceContext;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines: an object a line.
    Json,
}

/// The section `[telemetry]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetryConfig {
    /// `text` or `json`.
    pub format: LogFormat,
    /// Which events: `info`, or by target, such as `info,gateway=debug`.
    pub filter: String,
    /// Where traces go.
    pub otlp: OtlpConfig,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info,sqlx::postgres::notice=warn".to_owned(),
            otlp: OtlpConfig::default(),
        }
    }
}

impl TelemetryConfig {
    /// Whether everything of it can be used.
    ///
    /// # Errors
    /// When the filter is not understood, or traces cannot be sent in this way.
    pub fn check(&self) -> Result<(), TelemetryError> {
        EnvFilter::builder().parse(&self.filter)?;
        self.otlp.check().map_err(TelemetryError::Otlp)
    }
}

/// Nothing can be told in this way.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not understood.
    #[error("telemetry.filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Traces cannot be sent.
    #[error("telemetry.otlp.{0}")]
    Otlp(String),
}

/// Begins to log. Call it once, in a command that ends by itself.
///
/// # Errors
/// When the filter is not understood.
pub fn init(config: &TelemetryConfig) -> Result<(), TelemetryError> {
    let subscriber = Registry::default().with(logs(config)?);
    // A second call (two roles in one test process) leaves the first subscriber in place.
    drop(tracing::subscriber::set_global_default(subscriber));
    log_panics();
    Ok(())
}

/// Begins to log, and to send traces as `role` where a collector is configured. Call it once, in a command that serves, within a
/// runtime; and [`Telemetry::stop`] at its end.
///
/// # Errors
/// When something of the configuration cannot be used.
pub fn start(config: &TelemetryConfig, role: &str) -> Result<Telemetry, TelemetryError> {
    let (dispatch, telemetry) = subscriber(config, role)?;
    drop(tracing::dispatcher::set_global_default(dispatch));
    log_panics();
    Ok(telemetry)
}

/// Makes a panic an event of the log like any other, in one line. Where `RUST_BACKTRACE` asks for more, that follows as usual.
fn log_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, told = panic.payload_as_str(), "a panic");
        if std::backtrace::Backtrace::capture().status() == std::backtrace::BacktraceStatus::Captured {
            usual(panic);
        }
    }));
}

/// What [`start`] makes the process's own, by itself.
///
/// # Errors
/// When something of the configuration cannot be used.
pub fn subscriber(config: &TelemetryConfig, role: &str) -> Result<(Dispatch, Telemetry), TelemetryError> {
    let logs = logs(config)?;
    let (traces, provider) = match otlp::tracer(&config.otlp, role).map_err(TelemetryError::Otlp)? {
        Some((tracer, provider)) => (Some(otlp::layer(tracer)), Some(provider)),
        None => (None, None),
    };
    let subscriber = Registry::default().with(logs).with(traces);
    Ok((Dispatch::new(subscriber), Telemetry { provider }))
}

/// What is told of a process as long as it runs.
#[derive(Debug)]
#[must_use = "what was not sent yet is sent by `stop`"]
pub struct Telemetry {
    provider: Option<opentelemetry_sdk::trace::SdkTracerProvider>,
}

impl Telemetry {
    /// Sends what was not sent yet, within bounds of time.
    pub async fn stop(self) {
        let Some(provider) = self.provider else { return };
        // It waits for a thread of its own, which waits for this runtime.
        drop(tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(otlp::LAST)).await);
    }
}

/// The span under which everything is logged that is done for a request.
pub fn request_span(request_id: &str) -> Span {
    tracing::info_span!(target: "request", "request", request_id)
}

fn logs(config: &TelemetryConfig) -> Result<impl Layer<Registry> + Send + Sync + use<>, TelemetryError> {
    let filter = EnvFilter::builder().parse(&config.filter)?;
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = match config.format {
        LogFormat::Text => layer.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed(),
        // The span of the request says its id; the others are the traces'.
        LogFormat::Json => layer.json().flatten_event(true).with_span_list(false).boxed(),
    };
    Ok(layer.with_filter(filter))
}
