//! A provider says, without any browser, that somebody logged out there (OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Parameters;
use crate::provider::{BadLogout, LoggedOut, Provider};
use crate::secret;
use crate::sessions::Whose;
use crate::sign_in::SignIn;

pub(super) async fn backchannel(State(sign_in): State<Arc<SignIn>>, Path(id): Path<String>, form: Bytes) -> Response {
    let Some(provider) = sign_in.provider(&id) else { return StatusCode::NOT_FOUND.into_response() };
    match ended(&sign_in, provider, &form).await {
        Ok(sessions) => {
            tracing::info!(provider = id, sessions, "a provider ended sessions");
            StatusCode::OK.into_response()
        }
        Err(BadLogout(reason)) => {
            tracing::info!(provider = id, reason, "a provider's logout was refused");
            let kind = [(header::CONTENT_TYPE, "application/json")];
            (StatusCode::BAD_REQUEST, kind, r#"{"error":"invalid_request"}"#).into_response()
        }
    }
}

async fn ended(sign_in: &SignIn, provider: &Provider, form: &[u8]) -> Result<usize, BadLogout> {
    let given = Parameters::read(form);
    let token = given.one("logout_token").ok_or(BadLogout("missing"))?;
    let LoggedOut { sid, subject, jti, until } = provider.logged_out(token).await?;
    let id = &provider.config.id;
    let sessions = &sign_in.deps.sessions;
    let first = sessions.use_once(&secret::hash("jti", &[id, &jti]), until, sign_in.deps.clock.now()).await;
    if !first.map_err(|_| BadLogout("sessions_away"))? {
        return Err(BadLogout("replayed"));
    }
    let whose = match (sid, subject) {
        (Some(sid), _) => Whose::Sid { provider: id.clone(), sid },
        (None, Some(subject)) => Whose::Subject { provider: id.clone(), subject },
        (None, None) => return Err(BadLogout("subject")),
    };
    sign_in.end_of(&whose).await.map_err(|_| BadLogout("sessions_away"))
}
