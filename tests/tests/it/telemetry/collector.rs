//! A collector of traces, as far as OTLP over HTTP asks for one.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use prost::Message;
use tokio::net::TcpListener;

/// A collector on a free port: its address, and what was sent to it.
pub(crate) async fn collector() -> (String, Arc<Mutex<Vec<ResourceSpans>>>) {
    let sent = Arc::<Mutex<Vec<ResourceSpans>>>::default();
    let kept = Arc::clone(&sent);
    let take = async move |body: Bytes| {
        let request = ExportTraceServiceRequest::decode(body).expect("a request of OTLP");
        kept.lock().expect("no panic").extend(request.resource_spans);
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/v1/traces", post(take))).await });
    (url, sent)
}
