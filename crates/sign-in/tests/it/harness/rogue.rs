//! A provider that says whatever a test wants it to: hostile, broken, or simply different from the real one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use kernel::Clock;
use reqwest::Url;
use serde_json::{Value, json};
use sign_in::ProviderConfig;
use tokio::net::TcpListener;

use super::{Pair, Parameter};

/// What it calls the installation.
pub(crate) const CLIENT: &str = "passerelle";

pub(crate) struct Rogue {
    pub(crate) issuer: String,
    pub(crate) key: Pair,
    shared: Arc<Mutex<Told>>,
}

/// What it answers.
#[derive(Default)]
pub(crate) struct Told {
    /// By path: JSON with status 200.
    pub(crate) answers: BTreeMap<String, Value>,
    /// By path: something else instead.
    pub(crate) faults: BTreeMap<String, Fault>,
    /// How often each path was asked.
    pub(crate) asked: BTreeMap<String, usize>,
    /// The last form at the token endpoint.
    pub(crate) form: String,
}

#[derive(Clone)]
pub(crate) enum Fault {
    Status(u16),
    Redirect(String),
    Hang,
    /// So many bytes.
    Long(usize),
    Text(&'static str),
}

impl Rogue {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let rogue = Self { issuer, key: Pair::p256("k1"), shared: Arc::default() };
        rogue.told().answers.insert("/.well-known/openid-configuration".to_owned(), rogue.discovery());
        rogue.publish(&[rogue.key.public()]);
        let router = Router::new().fallback(answer).with_state(Arc::clone(&rogue.shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        rogue
    }

    pub(crate) fn told(&self) -> MutexGuard<'_, Told> {
        self.shared.lock().expect("no panic happens under this lock")
    }

    pub(crate) fn discovery(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/jwks"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        })
    }

    /// Tells something else of itself; null takes it away.
    pub(crate) fn tells(&self, name: &str, value: Value) {
        let mut told = self.told();
        let all = told
            .answers
            .get_mut("/.well-known/openid-configuration")
            .and_then(Value::as_object_mut)
            .expect("an object");
        if value.is_null() {
            all.remove(name)
        } else {
            all.insert(name.to_owned(), value)
        };
    }

    pub(crate) fn publish(&self, keys: &[Value]) {
        self.told().answers.insert("/jwks".to_owned(), json!({ "keys": keys }));
    }

    pub(crate) fn fails(&self, path: &str, fault: Fault) {
        self.told().faults.insert(path.to_owned(), fault);
    }

    pub(crate) fn asked(&self, path: &str) -> usize {
        self.told().asked.get(path).copied().unwrap_or_default()
    }

    /// The configuration of it under a name.
    pub(crate) fn config(&self, id: &str) -> ProviderConfig {
        ProviderConfig {
            id: id.to_owned(),
            name: format!("Service {id}"),
            issuer: self.issuer.clone(),
            client_id: CLIENT.to_owned(),
            ..ProviderConfig::default()
        }
    }

    /// Claims of an honest token for a login that began at `url`.
    pub(crate) fn claims(&self, url: &Url) -> Value {
        let now = Clock::System.now().timestamp();
        json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "s-1", "exp": now + 300, "iat": now,
            "nonce": url.parameter("nonce").expect("a nonce"),
        })
    }

    /// Answers a code by this token.
    pub(crate) fn gives(&self, token: &str) {
        let answer = json!({ "access_token": "at", "token_type": "Bearer", "id_token": token });
        self.told().answers.insert("/token".to_owned(), answer);
    }

    /// Answers a code by an honest token.
    pub(crate) fn honest(&self, url: &Url) {
        self.gives(&self.key.sign(&self.claims(url)));
    }
}

async fn answer(State(shared): State<Arc<Mutex<Told>>>, uri: Uri, _: HeaderMap, body: Bytes) -> Response {
    let path = uri.path().to_owned();
    let fault = {
        let mut told = shared.lock().expect("no panic happens under this lock");
        *told.asked.entry(path.clone()).or_default() += 1;
        if path == "/token" {
            told.form = String::from_utf8_lossy(&body).into_owned();
        }
        told.faults.get(&path).cloned()
    };
    let json = [(header::CONTENT_TYPE, "application/json")];
    match fault {
        Some(Fault::Status(status)) => StatusCode::from_u16(status).expect("a status").into_response(),
        Some(Fault::Redirect(to)) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Long(bytes)) => (json, format!("{{\"a\":\"{}\"}}", "a".repeat(bytes))).into_response(),
        Some(Fault::Text(text)) => (json, text).into_response(),
        None => match shared.lock().expect("no panic happens under this lock").answers.get(&path) {
            Some(value) => (json, value.to_string()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}
