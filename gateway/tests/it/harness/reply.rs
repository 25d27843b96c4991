//! What a subgraph answers: what its schema says, or a fault.

use std::sync::Arc;

use async_graphql::{Executor, Request, Response};
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;

/// How a subgraph behaves from now on.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Its schema answers.
    Schema(Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>),
    /// What this makes of the request's body.
    Made(Arc<dyn Fn(&Value) -> Vec<u8> + Send + Sync>),
    /// Always this.
    Json(Value),
    /// Always this, whatever it is.
    Text { status: u16, kind: &'static str, body: String },
    /// The connection is held, and nothing comes.
    Never,
    /// The answer begins and does not end.
    BreaksOff,
}

impl Reply {
    pub(crate) fn schema(schema: impl Executor) -> Self {
        Self::schema_with(schema, |request| request)
    }

    /// A schema that gets something with each request.
    pub(crate) fn schema_with(
        schema: impl Executor,
        with: impl Fn(Request) -> Request + Send + Sync + 'static,
    ) -> Self {
        Self::Schema(Arc::new(move |request| {
            let (schema, request) = (schema.clone(), with(request));
            async move { schema.execute(request).await }.boxed()
        }))
    }

    /// A good status, the right type, and this body.
    pub(crate) fn text(body: impl Into<String>) -> Self {
        Self::Text { status: 200, kind: "application/json", body: body.into() }
    }

    /// What a proxy says when nothing is behind it.
    pub(crate) fn html() -> Self {
        let body = "<html><body>stack trace of 10.0.0.7</body></html>".to_owned();
        Self::Text { status: 500, kind: "text/html", body }
    }

    pub(crate) async fn answer(self, body: &Value) -> axum::response::Response {
        let kind = |kind: &'static str| [(header::CONTENT_TYPE, kind)];
        match self {
            Self::Schema(execute) => {
                let request = serde_json::from_value(body.clone()).expect("the gateway sends GraphQL requests");
                let response = serde_json::to_vec(&execute(request).await).expect("JSON");
                (kind("application/json"), response).into_response()
            }
            Self::Made(make) => (kind("application/json"), make(body)).into_response(),
            Self::Json(value) => (kind("application/json"), value.to_string()).into_response(),
            Self::Text { status, kind: given, body } => {
                (StatusCode::from_u16(status).expect("a status"), kind(given), body).into_response()
            }
            Self::Never => std::future::pending().await,
            Self::BreaksOff => {
                let parts = [Ok(Bytes::from_static(b"{\"data\":{")), Err(std::io::Error::other("broken off"))];
                (kind("application/json"), Body::from_stream(futures::stream::iter(parts))).into_response()
            }
        }
    }
}
