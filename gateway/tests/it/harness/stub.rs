//! A subgraph of this process: it records what it is asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Notify;

use super::Reply;

/// A request that a subgraph got.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Recorded {
    pub(crate) fn query(&self) -> &str {
        self.body["query"].as_str().expect("a document")
    }

    pub(crate) fn variables(&self) -> &Value {
        &self.body["variables"]
    }

    pub(crate) fn representations(&self) -> &Value {
        &self.body["variables"]["representations"]
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("plain text"))
    }
}

/// A subgraph on a port of its own.
pub(crate) struct Stub {
    pub(crate) url: String,
    shared: Arc<Shared>,
    /// Held, so that the port of a subgraph that refuses connections stays nobody's.
    _refusing: Option<TcpSocket>,
}

struct Shared {
    reply: Mutex<Reply>,
    requests: Mutex<Vec<Recorded>>,
    called: Notify,
    let_go: Notify,
}

impl Shared {
    fn new(reply: Reply) -> Arc<Self> {
        let reply = Mutex::new(reply);
        Arc::new(Self { reply, requests: Mutex::default(), called: Notify::new(), let_go: Notify::new() })
    }
}

/// A call that is not answered yet; dropped before that, it was let go.
struct Call<'a> {
    shared: &'a Shared,
    answered: bool,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.shared.let_go.notify_one();
        }
    }
}

impl Stub {
    pub(crate) async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Shared::new(reply);
        let router =
            Router::new().route("/graphql", post(answer)).route("/ws", get(talk)).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared, _refusing: None }
    }

    /// A port that is taken and on which nobody listens.
    pub(crate) fn refusing() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let url = format!("http://{}", socket.local_addr().expect("an address"));
        Self { url, shared: Shared::new(Reply::Never), _refusing: Some(socket) }
    }

    /// Behaves like this from now on.
    pub(crate) fn reply(&self, reply: Reply) {
        *self.shared.reply.lock().expect("no panic") = reply;
    }

    /// What it was asked, from the first request on.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.shared.requests.lock().expect("no panic").clone()
    }

    /// Forgets what it was asked.
    pub(crate) fn forget(&self) {
        self.shared.requests.lock().expect("no panic").clear();
    }

    pub(crate) fn calls(&self) -> usize {
        self.requests().len()
    }

    /// Ready when it has got a request; once for each.
    pub(crate) async fn was_called(&self) {
        self.shared.called.notified().await;
    }

    /// Ready when a request of it was given up before it was answered.
    pub(crate) async fn was_let_go(&self) {
        self.shared.let_go.notified().await;
    }

    /// The one request that it got.
    pub(crate) fn only_request(&self) -> Recorded {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:#?}");
        requests.into_iter().next().expect("one")
    }
}

async fn answer(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> axum::response::Response {
    let body: Value = serde_json::from_str(&body).expect("the gateway sends JSON");
    shared.requests.lock().expect("no panic").push(Recorded { headers, body: body.clone() });
    shared.called.notify_one();
    let reply = shared.reply.lock().expect("no panic").clone();
    let mut call = Call { shared: &shared, answered: false };
    let response = reply.answer(&body).await;
    call.answered = true;
    response
}

/// Subscriptions in the protocol `graphql-transport-ws`, one on a connection.
async fn talk(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> axum::response::Response {
    upgrade.protocols(["graphql-transport-ws"]).on_upgrade(async move |mut socket| {
        let Some(Ok(Message::Text(init))) = socket.recv().await else { panic!("a message") };
        assert!(init.contains("connection_init"), "{init}");
        socket.send(Message::text("{\"type\":\"ping\"}")).await.expect("sent");
        socket.send(Message::text("{\"type\":\"connection_ack\"}")).await.expect("sent");
        let subscribe = loop {
            let Some(Ok(Message::Text(text))) = socket.recv().await else { panic!("a message") };
            let message: Value = serde_json::from_str(text.as_str()).expect("JSON");
            if message["type"] == "subscribe" {
                break message;
            }
            assert_eq!(message["type"], "pong");
        };
        shared.requests.lock().expect("no panic").push(Recorded { headers, body: subscribe["payload"].clone() });
        let reply = shared.reply.lock().expect("no panic").clone();
        let mut answers = reply.stream(&subscribe["payload"]);
        while let Some(answer) = answers.next().await {
            let message = json!({"id": subscribe["id"], "type": "next", "payload": answer});
            socket.send(Message::text(message.to_string())).await.expect("sent");
        }
        let end = json!({"id": subscribe["id"], "type": "complete"});
        socket.send(Message::text(end.to_string())).await.expect("sent");
    })
}
