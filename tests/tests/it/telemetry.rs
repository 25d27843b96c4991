//! What the processes tell of themselves: metrics on a listener of their own, and one trace across all that a request touches.

pub(crate) mod collector;

use collector::collector;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use testkit::client::get;
use testkit::stack::{Database, Site};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// The spans of a service that are called so.
fn spans(sent: &[ResourceSpans], service: &str, name: &str) -> Vec<Span> {
    let is_of = |sent: &&ResourceSpans| {
        let attributes = sent.resource.iter().flat_map(|resource| &resource.attributes);
        let mut names = attributes.filter(|pair| pair.key == "service.name").filter_map(|pair| pair.value.as_ref());
        names.any(|value| value.value == Some(Value::StringValue(service.to_owned())))
    };
    let scopes = sent.iter().filter(is_of).flat_map(|sent| &sent.scope_spans);
    scopes.flat_map(|scope| &scope.spans).filter(|span| span.name == name).cloned().collect()
}

// The processes are waited for on one thread while the collector answers on the other.
#[tokio::test(flavor = "multi_thread")]
async fn one_trace_goes_through_gateway_and_service_and_is_sent_before_they_end() {
    let (url, sent) = collector().await;
    let mut site = Site::new(Database::Sqlite);
    let variable = |name: &str, value: &str| (format!("PASSERELLE__{name}"), value.to_owned());
    site.environment.push(variable("TELEMETRY__OTLP__ENDPOINT", &url));
    site.environment.push(variable("GATEWAY__METRICS__LISTEN", "127.0.0.1:0"));
    let mut roles = site.over_http();
    let request = reqwest::Client::new().post(format!("{}/graphql", roles.url()));
    let request = request.header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01"));
    let query = serde_json::json!({"query": "query Country { territory(id: \"FR\") { name } }"});
    assert_eq!(request.json(&query).send().await.expect("an answer").status(), 200);

    let log = roles.gateways[0].log();
    let (_, after) = log.split_once("metrics are at ").expect("the address of metrics");
    let (status, metrics) = get(after.split_whitespace().next().expect("a word")).await;
    assert_eq!(status, 200);
    assert!(
        metrics.contains("passerelle_subgraph_requests_total{outcome=\"ok\",subgraph=\"establishments\"} 1\n"),
        "{metrics}"
    );

    assert!(
        tokio::task::spawn_blocking(move || roles.gateways[0].stop() && roles.subgraph("establishments").stop())
            .await
            .expect("they are stopped")
    );
    let sent = sent.lock().expect("no panic");
    let [fetch] = &spans(&sent, "passerelle-gateway", "subgraph.fetch")[..] else { panic!("{sent:#?}") };
    let served = spans(&sent, "passerelle-establishments", "http.server");
    let [served] = &served[..] else { panic!("{sent:#?}") };
    assert_eq!(served.parent_span_id, fetch.span_id);
    for span in [fetch, served] {
        let id: String = span.trace_id.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(id, TRACE);
    }
}
