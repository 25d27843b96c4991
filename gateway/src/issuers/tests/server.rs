//! An issuer in this process, as far as its keys go.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::config::IssuerConfig;

/// What is answered from now on.
#[derive(Clone)]
pub(super) enum Reply {
    Keys(Value),
    /// Keys that are good for so many seconds, as their issuer says.
    KeysFor(u32, Value),
    Text(u16, String),
    /// Nothing comes.
    Never,
    /// The keys come when [`Server::let_go`] says so.
    Held(Value),
}

/// An issuer's server; its keys are at `/keys`, and discovery finds them there.
pub(super) struct Server {
    pub(super) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    reply: Mutex<Reply>,
    /// What discovery answers.
    about: Mutex<Value>,
    fetched: Mutex<usize>,
    asked: Semaphore,
    go: Semaphore,
}

impl Server {
    pub(super) async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let about = json!({ "issuer": url, "jwks_uri": format!("{url}/keys") });
        let shared = Arc::new(Shared {
            reply: Mutex::new(reply),
            about: Mutex::new(about),
            fetched: Mutex::default(),
            asked: Semaphore::new(0),
            go: Semaphore::new(0),
        });
        let router = Router::new()
            .route("/keys", get(keys))
            .route("/.well-known/openid-configuration", get(about_itself))
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    pub(super) fn reply(&self, reply: Reply) {
        *self.shared.reply.lock().expect("no panic") = reply;
    }

    pub(super) fn about(&self, about: Value) {
        *self.shared.about.lock().expect("no panic") = about;
    }

    /// How often its keys were asked for.
    pub(super) fn fetched(&self) -> usize {
        *self.shared.fetched.lock().expect("no panic")
    }

    /// Waits until its keys are asked for once more.
    pub(super) async fn asked(&self) {
        self.shared.asked.acquire().await.expect("never closed").forget();
    }

    /// Lets one held answer go.
    pub(super) fn let_go(&self) {
        self.shared.go.add_permits(1);
    }

    /// An issuer whose keys are here.
    pub(super) fn config(&self) -> IssuerConfig {
        self.named(&self.url)
    }

    /// An issuer of another name whose keys are here.
    pub(super) fn named(&self, issuer: &str) -> IssuerConfig {
        IssuerConfig {
            issuer: issuer.to_owned(),
            jwks_url: Some(format!("{}/keys", self.url)),
            audiences: ["urn:api".to_owned()].into(),
            keys_timeout: Duration::from_secs(30),
            ..IssuerConfig::default()
        }
    }
}

async fn about_itself(State(shared): State<Arc<Shared>>) -> String {
    shared.about.lock().expect("no panic").to_string()
}

async fn keys(State(shared): State<Arc<Shared>>) -> Response {
    *shared.fetched.lock().expect("no panic") += 1;
    shared.asked.add_permits(1);
    let reply = shared.reply.lock().expect("no panic").clone();
    match reply {
        Reply::Keys(keys) => keys.to_string().into_response(),
        Reply::KeysFor(seconds, keys) => {
            let mut response = keys.to_string().into_response();
            let value = HeaderValue::try_from(format!("public, max-age={seconds}")).expect("plain text");
            response.headers_mut().insert(header::CACHE_CONTROL, value);
            response
        }
        Reply::Text(status, body) => {
            let location = [(header::LOCATION, "/keys")];
            (StatusCode::from_u16(status).expect("a status"), location, body).into_response()
        }
        Reply::Never => std::future::pending().await,
        Reply::Held(keys) => {
            shared.go.acquire().await.expect("never closed").forget();
            keys.to_string().into_response()
        }
    }
}
