//! Logging in begins: an attempt is written down, and the browser goes to the provider.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Parameters;
use crate::cookies::{Attempts, browser_hash};
use crate::refusal::Refusal;
use crate::return_to::local;
use crate::sessions::Attempt;
use crate::sign_in::SignIn;
use crate::{pages, secret};

pub(super) async fn begin(
    State(sign_in): State<Arc<SignIn>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let given = Parameters::read(query.unwrap_or_default().as_bytes());
    let return_to = local(given.one("return_to"));
    let id = given.one("provider").unwrap_or_default();
    match begun(&sign_in, &headers, id, return_to).await {
        Ok(response) => response,
        Err(refusal) => {
            // The name is the browser's, and in the log where it is one of ours alone.
            let provider = sign_in.provider(id).map(|provider| &*provider.config.id);
            tracing::info!(provider, reason = refusal.reason(), "a login could not begin");
            pages::refused(refusal, provider.map(|provider| (provider, return_to)))
        }
    }
}

async fn begun(sign_in: &SignIn, headers: &HeaderMap, id: &str, return_to: &str) -> Result<Response, Refusal> {
    let provider = sign_in.provider(id).ok_or(Refusal::Provider)?;
    let (state, browser) = (secret::new(), secret::new());
    let attempt = Attempt {
        provider: id.to_owned(),
        nonce: secret::new(),
        verifier: secret::new(),
        browser: browser_hash(&browser),
        return_to: return_to.to_owned(),
        created_at: sign_in.deps.clock.now(),
    };
    let address = provider.authorization(&state, &attempt).await?;
    let kept = sign_in.deps.sessions.put_attempt(&key(&state), &attempt).await;
    kept.map_err(|_| Refusal::Ourselves("sessions_away"))?;
    let cookie = Attempts::of(headers).with(&browser);
    let to = [(header::LOCATION, address.as_str())];
    Ok((StatusCode::FOUND, to, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Under what an attempt is kept.
pub(super) fn key(state: &str) -> String {
    secret::hash("attempt", &[state])
}
