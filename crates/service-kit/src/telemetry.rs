//! Logs: one line an event, readable on a terminal or JSON for machines. Logs go to standard error; standard output
//! belongs to what a command answers.

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

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
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info,sqlx::postgres::notice=warn".to_owned() }
    }
}

impl TelemetryConfig {
    /// Whether the filter is understood.
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self) -> Result<(), BadFilter> {
        EnvFilter::builder().parse(&self.filter)?;
        Ok(())
    }
}

/// The filter is not understood.
#[derive(Debug, thiserror::Error)]
#[error("telemetry.filter: {0}")]
pub struct BadFilter(#[from] tracing_subscriber::filter::ParseError);

/// Begins to log. Call it once, in `main`.
///
/// # Errors
/// When the filter is not understood.
pub fn init(config: &TelemetryConfig) -> Result<(), BadFilter> {
    let filter = EnvFilter::builder().parse(&config.filter)?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second call (two roles in one test process) leaves the first subscriber in place.
    let outcome = match config.format {
        LogFormat::Text => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    drop(outcome);
    Ok(())
}
