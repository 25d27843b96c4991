//! Tokens of other issuers, against issuers that this process serves.

mod claims;
mod faults;
mod keys;
mod renewal;
mod server;
mod signatures;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Clock, Principal};
use serde_json::{Value, json};

use super::{Issuers, Refused};
use crate::config::IssuerConfig;
use keys::{Pair, set};
use server::{Reply, Server};

/// Noon, and so many seconds.
fn at(seconds: i64) -> DateTime<Utc> {
    let noon = Clock::Fixed("2026-01-01T12:00:00Z".parse().expect("a moment")).now();
    noon + TimeDelta::seconds(seconds)
}

/// What a token of an application says that is good for an hour from noon on.
fn said(issuer: &str) -> Value {
    let noon = at(0).timestamp();
    json!({
        "iss": issuer, "aud": "urn:api", "sub": "portal", "client_id": "portal", "scope": "",
        "iat": noon, "exp": noon + 3600, "jti": "1",
    })
}

/// The same with some claims changed; null takes one away.
fn with(issuer: &str, changes: &Value) -> Value {
    let mut claims = said(issuer);
    let all = claims.as_object_mut().expect("an object");
    for (name, value) in changes.as_object().expect("an object") {
        all.insert(name.clone(), value.clone());
    }
    all.retain(|_, value| !value.is_null());
    claims
}

/// One issuer, its server and a key of it.
struct Scene {
    server: Server,
    issuers: Issuers,
    pair: Pair,
}

impl Scene {
    /// With an Ed25519 key, the quickest to make and to check.
    async fn new() -> Self {
        Self::changed(|_| {}).await
    }

    async fn changed(change: impl FnOnce(&mut IssuerConfig)) -> Self {
        Self::with(Pair::ed25519("k"), change).await
    }

    async fn with(pair: Pair, change: impl FnOnce(&mut IssuerConfig)) -> Self {
        let server = Server::start(Reply::Keys(set([pair.public()]))).await;
        let mut config = server.config();
        change(&mut config);
        Self { issuers: Issuers::of(None, &[config]), server, pair }
    }

    fn claims(&self) -> Value {
        said(&self.server.url)
    }

    fn with_claims(&self, changes: &Value) -> Value {
        with(&self.server.url, changes)
    }

    fn token(&self) -> String {
        self.pair.sign(&self.claims())
    }

    /// A token with these claims, at noon.
    async fn says(&self, changes: &Value) -> Result<Principal, Refused> {
        self.verify(&self.pair.sign(&self.with_claims(changes)), 0).await
    }

    async fn verify(&self, token: &str, seconds: i64) -> Result<Principal, Refused> {
        self.issuers.verify_at(token, at(seconds)).await
    }

    /// Waits until nobody fetches.
    async fn settled(&self) {
        self.issuers.others[&self.server.url].keys.settled().await;
    }
}
