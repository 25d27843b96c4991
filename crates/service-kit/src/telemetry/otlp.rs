//! The section `[telemetry.otlp]`: spans go to a collector in batches, as OTLP over HTTP in protobuf.

use std::time::Duration;

use axum::http::Uri;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider};
use serde::{Deserialize, Serialize};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use super::collector::Collector;

/// Spans that wait to be sent; what comes on top is dropped.
const QUEUE: usize = 4096;
/// Spans of one request to the collector.
const BATCH: usize = 512;
/// How long spans wait for more of them.
const DELAY: Duration = Duration::from_secs(2);
/// How long one request to the collector may take.
const SEND: Duration = Duration::from_secs(5);
/// How long the last ones may take, when the process stops.
pub(super) const LAST: Duration = Duration::from_secs(5);
/// Whose spans are sent, and down to which level: those of this house, not those of libraries.
const TARGETS: [&str; 2] = ["gateway", "service_kit"];

/// Where traces go; nowhere unless an endpoint is named.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OtlpConfig {
    /// The collector, such as `http://127.0.0.1:4318`; without a path `/v1/traces` is meant.
    pub endpoint: Option<String>,
    /// Which part of the traces that begin here is sent, from 0 to 1. One that comes from elsewhere is sent as its caller says.
    pub sampling: f64,
    /// Under which name; without it that of the role, such as `passerelle-gateway`.
    pub service_name: Option<String>,
}

impl Default for OtlpConfig {
    fn default() -> Self {
        Self { endpoint: None, sampling: 1.0, service_name: None }
    }
}

impl OtlpConfig {
    pub(super) fn check(&self) -> Result<(), String> {
        if !(0.0..=1.0).contains(&self.sampling) {
            return Err("sampling: write a part from 0.0 to 1.0".to_owned());
        }
        self.endpoint.as_deref().map_or(Ok(()), |endpoint| address(endpoint).map(drop))
    }
}

/// Where spans are posted.
fn address(endpoint: &str) -> Result<Uri, String> {
    let bad = || format!("endpoint: {:?} is no address; write http://HOST:4318", crate::address::shown(endpoint));
    let uri: Uri = endpoint.parse().map_err(|_| bad())?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
        return Err(bad());
    }
    if uri.path() == "/" {
        return format!("{}/v1/traces", endpoint.trim_end_matches('/')).parse().map_err(|_| bad());
    }
    Ok(uri)
}

/// What makes spans and sends them; none where no collector is named.
pub(super) fn tracer(config: &OtlpConfig, role: &str) -> Result<Option<(SdkTracer, SdkTracerProvider)>, String> {
    let Some(endpoint) = &config.endpoint else { return Ok(None) };
    let address = address(endpoint)?;
    let collector = Collector::at(&address, SEND)?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(address.to_string())
        .with_timeout(SEND)
        .with_http_client(collector)
        .build()
        .map_err(|error| format!("endpoint: {error}"))?;
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(DELAY)
        .build();
    let processor = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
    let name = config.service_name.clone().unwrap_or_else(|| role.to_owned());
    let provider = SdkTracerProvider::builder()
        .with_span_processor(processor)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.sampling))))
        .with_resource(
            Resource::builder_empty()
                .with_attributes([
                    opentelemetry::KeyValue::new("service.name", name),
                    opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
                ])
                .build(),
        )
        .build();
    Ok(Some((provider.tracer("passerelle"), provider)))
}

/// Turns the spans of this house into those of traces, whatever is logged.
pub(super) fn layer<S>(tracer: SdkTracer) -> impl Layer<S> + Send + Sync
where
    S: tracing::Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let ours = Targets::new().with_targets(TARGETS.map(|target| (target, LevelFilter::DEBUG)));
    tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false).with_filter(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_has_a_path_of_its_own_or_the_usual_one() {
        let told = |endpoint| address(endpoint).map(|uri| uri.to_string());
        assert_eq!(told("http://c:4318"), Ok("http://c:4318/v1/traces".to_owned()));
        assert_eq!(told("https://c/"), Ok("https://c/v1/traces".to_owned()));
        assert_eq!(told("http://c:4318/otlp/here"), Ok("http://c:4318/otlp/here".to_owned()));
        for bad in ["c:4318", "grpc://c:4317", "http://", ""] {
            assert!(told(bad).is_err_and(|told| told.contains("write http://HOST:4318")), "{bad}");
        }
    }

    #[test]
    fn a_part_lies_between_none_and_all() {
        for (sampling, good) in [(0.0, true), (0.25, true), (1.0, true), (1.1, false), (-0.1, false), (f64::NAN, false)]
        {
            assert_eq!(OtlpConfig { sampling, ..OtlpConfig::default() }.check().is_ok(), good, "{sampling}");
        }
    }
}
