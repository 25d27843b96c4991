//! `/oauth/token`: a registered client proves its secret and gets an access token (RFC 6749, 4.4).

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Value, json};
use service_kit::access_token::Issuer;

use crate::graphql::Front;
use crate::{Store, app};

/// Bytes of a request.
const MAX_BODY: usize = 8 << 10;
/// How long a token is good.
const LIFETIME: TimeDelta = TimeDelta::hours(1);

struct Endpoint {
    store: Store,
    issuer: Option<Arc<Issuer>>,
}

pub(crate) fn router(front: &Front) -> Router {
    let endpoint = Endpoint { store: front.store.clone(), issuer: front.issuer.clone() };
    Router::new()
        .route("/oauth/token", post(token))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Arc::new(endpoint))
}

async fn token(State(endpoint): State<Arc<Endpoint>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(issuer) = &endpoint.issuer else {
        return refused(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "no tokens are made here");
    };
    let Some(form) = Form::read(&body) else {
        return refused(StatusCode::BAD_REQUEST, "invalid_request", "send a form, each parameter once");
    };
    if form.get("grant_type") != Some("client_credentials") {
        let told = "grant_type is client_credentials";
        return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type", told);
    }
    let Some((client, secret)) = credentials(&headers, &form) else {
        return unknown();
    };
    let mut grant = match app::granted(&endpoint.store, &client, &secret).await {
        Ok(Some(grant)) => grant,
        Ok(None) => return unknown(),
        Err(fault) => {
            tracing::error!(cause = fault.cause_chain(), "a client could not be looked up");
            return refused(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "try again");
        }
    };
    if let Some(asked) = form.get("scope") {
        let asked: std::collections::BTreeSet<String> = asked.split_ascii_whitespace().map(str::to_owned).collect();
        if !asked.is_subset(&grant.scopes) {
            return refused(StatusCode::BAD_REQUEST, "invalid_scope", "the client has no such scope");
        }
        grant.scopes = asked;
    }
    let scope = grant.scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    let answer = json!({
        "access_token": issuer.issue(&grant, LIFETIME),
        "token_type": "Bearer",
        "expires_in": LIFETIME.num_seconds(),
        "scope": scope,
    });
    answered(StatusCode::OK, &answer)
}

/// Parameters, each at most once.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(body: &[u8]) -> Option<Self> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).ok()?;
        let once = pairs.iter().all(|(name, _)| pairs.iter().filter(|(other, _)| other == name).count() == 1);
        once.then_some(Self(pairs))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

/// By the header or in the body, and not by both (RFC 6749, 2.3).
fn credentials(headers: &HeaderMap, form: &Form) -> Option<(String, String)> {
    let in_body = form.get("client_id").zip(form.get("client_secret"));
    let Some(header) = headers.get(header::AUTHORIZATION) else {
        return in_body.map(|(client, secret)| (client.to_owned(), secret.to_owned()));
    };
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || form.get("client_secret").is_some() {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client, secret) = text.split_once(':')?;
    Some((client.to_owned(), secret.to_owned()))
}

fn unknown() -> Response {
    let mut response = refused(StatusCode::UNAUTHORIZED, "invalid_client", "no client has this name and this secret");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"passerelle\""));
    response
}

fn refused(status: StatusCode, error: &str, description: &str) -> Response {
    answered(status, &json!({ "error": error, "error_description": description }))
}

fn answered(status: StatusCode, body: &Value) -> Response {
    let head = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "application/json")];
    (status, head, body.to_string()).into_response()
}
