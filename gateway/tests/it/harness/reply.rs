//! What a subgraph answers: what its schema says, or a fault.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use async_graphql::{Executor, Request, Response};
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use serde_json::Value;
use tokio::sync::mpsc;

use super::Gate;

/// Makes an answer of a request's body.
pub(crate) type Maker = dyn Fn(&Value) -> Vec<u8> + Send + Sync;

/// How a subgraph behaves from now on.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Its schema answers.
    Schema(Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>),
    /// Its schema answers by server-sent events where those are asked for.
    Streaming(Arc<dyn Fn(Request) -> BoxStream<'static, Response> + Send + Sync>, Box<Reply>),
    /// Server-sent events as the test writes them; the sender sees when nobody reads on.
    Events(Arc<Mutex<Option<mpsc::Receiver<String>>>>),
    /// What this makes of the request's body.
    Made(Arc<Maker>),
    /// Always this.
    Json(Value),
    /// Always this, whatever it is.
    Text { status: u16, kind: &'static str, body: String },
    /// The connection is held, and nothing comes.
    Never,
    /// The answer begins and does not end.
    BreaksOff,
    /// The connection is closed before anything is answered.
    Closes,
    /// This one, once the gate is open.
    Behind(Gate, Box<Reply>),
    /// One after the other; the last one stays.
    InTurn(Arc<Mutex<VecDeque<Reply>>>),
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

    /// A schema whose subscriptions are streamed, too.
    pub(crate) fn streaming(schema: impl Executor, with: impl Fn(Request) -> Request + Send + Sync + 'static) -> Self {
        let with = Arc::new(with);
        let (once, also) = (schema.clone(), Arc::clone(&with));
        let answers = Self::schema_with(once, move |request| also(request));
        Self::Streaming(Arc::new(move |request| schema.execute_stream(with(request), None)), Box::new(answers))
    }

    /// A subgraph of one subscription, whose events the test sends.
    pub(crate) fn events() -> (mpsc::Sender<String>, Self) {
        let (sender, receiver) = mpsc::channel(4);
        (sender, Self::Events(Arc::new(Mutex::new(Some(receiver)))))
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

    /// The events of a subscription, of a subgraph that streams.
    pub(crate) fn stream(self, body: &Value) -> BoxStream<'static, Response> {
        let Self::Streaming(execute, _) = self else { panic!("this subgraph does not stream") };
        execute(serde_json::from_value(body.clone()).expect("the gateway sends GraphQL requests"))
    }

    /// One after the other; the last one stays.
    pub(crate) fn in_turn(replies: impl IntoIterator<Item = Self>) -> Self {
        Self::InTurn(Arc::new(Mutex::new(replies.into_iter().collect())))
    }

    /// A proxy that has no use for the request just now.
    pub(crate) fn unavailable() -> Self {
        Self::Text { status: 503, kind: "text/html", body: "<p>come back later</p>".to_owned() }
    }

    pub(crate) async fn answer(self, body: &Value) -> axum::response::Response {
        let kind = |kind: &'static str| [(header::CONTENT_TYPE, kind)];
        match self {
            Self::Schema(execute) => {
                let request = serde_json::from_value(body.clone()).expect("the gateway sends GraphQL requests");
                let response = serde_json::to_vec(&execute(request).await).expect("JSON");
                (kind("application/json"), response).into_response()
            }
            Self::Streaming(_, once)
                if !body["query"].as_str().is_some_and(|text| text.starts_with("subscription")) =>
            {
                Box::pin(once.answer(body)).await
            }
            Self::Streaming(..) => {
                let answers = self.stream(body);
                let write =
                    |answer| format!("event: next\ndata: {}\n\n", serde_json::to_string(&answer).expect("JSON"));
                let end = futures::stream::iter(["event: complete\ndata:\n\n".to_owned()]);
                let events = answers.map(write).chain(end).map(Ok::<_, Infallible>);
                (kind("text/event-stream"), Body::from_stream(events)).into_response()
            }
            Self::Events(events) => {
                let events = events.lock().expect("no panic").take().expect("one subscription");
                let events = futures::stream::unfold(events, |mut events| async move {
                    events.recv().await.map(|event| (Ok::<_, Infallible>(event), events))
                });
                (kind("text/event-stream"), Body::from_stream(events)).into_response()
            }
            Self::Made(make) => (kind("application/json"), make(body)).into_response(),
            Self::Json(value) => (kind("application/json"), value.to_string()).into_response(),
            Self::Text { status, kind: given, body } => {
                (StatusCode::from_u16(status).expect("a status"), kind(given), body).into_response()
            }
            Self::Never => std::future::pending().await,
            // The task of the connection ends by it, and says nothing.
            Self::Closes => std::panic::resume_unwind(Box::new("the connection is closed")),
            Self::Behind(gate, reply) => {
                gate.pass().await;
                Box::pin(reply.answer(body)).await
            }
            Self::InTurn(replies) => {
                let next = {
                    let mut replies = replies.lock().expect("no panic");
                    let next = replies.pop_front().expect("a reply");
                    if replies.is_empty() {
                        replies.push_back(next.clone());
                    }
                    next
                };
                Box::pin(next.answer(body)).await
            }
            Self::BreaksOff => {
                let begins = futures::stream::iter([Ok(Bytes::from_static(b"{\"data\":{"))]);
                let ends = futures::stream::once(async {
                    // What is there is sent while nothing more is.
                    tokio::task::yield_now().await;
                    Err(std::io::Error::other("broken off"))
                });
                let body = begins.chain(ends);
                (kind("application/json"), Body::from_stream(body)).into_response()
            }
        }
    }
}
