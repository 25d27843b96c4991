//! A collector of traces: it decodes what an exporter sends.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use prost::Message;
use tokio::net::TcpListener;

/// A span as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) name: String,
    pub(crate) trace: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    /// 2: server, 3: client.
    pub(crate) kind: i32,
    /// 2: error.
    pub(crate) status: i32,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) service: String,
}

/// A collector on a port of its own.
pub(crate) struct Collector {
    pub(crate) url: String,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let sent = Arc::<Mutex<Vec<Sent>>>::default();
        let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&sent));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, sent }
    }

    /// Every span that was sent.
    pub(crate) fn spans(&self) -> Vec<Sent> {
        self.sent.lock().expect("no panic").clone()
    }

    /// The spans of this name.
    pub(crate) fn named(&self, name: &str) -> Vec<Sent> {
        self.spans().into_iter().filter(|span| span.name == name).collect()
    }
}

async fn take(State(sent): State<Arc<Mutex<Vec<Sent>>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    let request = ExportTraceServiceRequest::decode(body).expect("a request of OTLP");
    for resource in request.resource_spans {
        let of = resource.resource.expect("a resource");
        let attributes = named(of.attributes);
        let service = attributes.get("service.name").cloned().expect("a name");
        for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            sent.lock().expect("no panic").push(Sent {
                name: span.name,
                trace: hexadecimal(&span.trace_id),
                id: hexadecimal(&span.span_id),
                parent: hexadecimal(&span.parent_span_id),
                kind: span.kind,
                status: span.status.map_or(0, |status| status.code),
                attributes: named(span.attributes),
                service: service.clone(),
            });
        }
    }
    StatusCode::OK
}

fn named(pairs: Vec<opentelemetry_proto::tonic::common::v1::KeyValue>) -> BTreeMap<String, String> {
    let text = |value| match value {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let pairs = pairs.into_iter();
    pairs.filter_map(|pair| Some((pair.key, text(pair.value?.value?)))).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
