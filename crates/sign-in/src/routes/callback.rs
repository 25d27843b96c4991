//! The browser comes back from a provider: with a code for which the provider says who it is, or without one.
//!
//! What is looked at, in this order: that the attempt is one, and of this browser and this provider; that the answer is this provider's;
//! the code, the token and what else the provider tells; and who the person is. The attempt is used by then, whatever comes of it.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use uuid::Uuid;

use super::Parameters;
use super::begin::key;
use crate::claims::person;
use crate::cookies::{self, Attempts};
use crate::people::Unrecognised;
use crate::provider::{Login, Provider};
use crate::refusal::Refusal;
use crate::sessions::{Attempt, Session};
use crate::sign_in::SignIn;
use crate::{pages, secret, session_hash};

/// Bytes of a code.
const MAX_CODE: usize = 4096;

pub(super) async fn callback(
    State(sign_in): State<Arc<SignIn>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(provider) = sign_in.provider(&id) else {
        return refused(None, Refusal::Provider, None);
    };
    let given = Parameters::read(query.unwrap_or_default().as_bytes());
    let own = Attempts::of(&headers);
    let (attempt, browser) = match taken(&sign_in, provider, &given, &own).await {
        Ok(taken) => taken,
        Err(refusal) => return refused(Some(provider), refusal, None),
    };
    let over = [(header::SET_COOKIE, own.without(browser))];
    match finished(&sign_in, provider, &given, &attempt, &headers).await {
        Ok(cookie) => {
            tracing::info!(provider = id, "somebody logged in");
            let session = [(header::SET_COOKIE, cookies::set(sign_in.cookie(), &cookie))];
            let to = [(header::LOCATION, attempt.return_to)];
            (StatusCode::SEE_OTHER, to, AppendHeaders(over), AppendHeaders(session)).into_response()
        }
        Err(refusal) => (AppendHeaders(over), refused(Some(provider), refusal, Some(&attempt))).into_response(),
    }
}

fn refused(provider: Option<&Provider>, refusal: Refusal, attempt: Option<&Attempt>) -> Response {
    let id = provider.map(|provider| &*provider.config.id);
    tracing::info!(provider = id, reason = refusal.reason(), "a login was refused");
    pages::refused(refusal, id.map(|id| (id, attempt.map_or("/", |attempt| &*attempt.return_to))))
}

/// The attempt that this answers, if this browser began it at this provider; and the browser's secret for it.
async fn taken<'a>(
    sign_in: &SignIn,
    provider: &Provider,
    given: &Parameters,
    own: &Attempts<'a>,
) -> Result<(Attempt, &'a str), Refusal> {
    let state = given.one("state").filter(|state| secret::is_one(state)).ok_or(Refusal::Answer)?;
    let attempt = sign_in.deps.sessions.take_attempt(&key(state), sign_in.deps.clock.now()).await;
    let attempt = attempt.map_err(|_| Refusal::Ourselves("sessions_away"))?.ok_or(Refusal::Attempt)?;
    let browser = own.matching(&attempt.browser).ok_or(Refusal::Browser)?;
    if attempt.provider != provider.config.id {
        return Err(Refusal::Mixed);
    }
    Ok((attempt, browser))
}

/// The cookie of the new session.
async fn finished(
    sign_in: &SignIn,
    provider: &Provider,
    given: &Parameters,
    attempt: &Attempt,
    headers: &HeaderMap,
) -> Result<String, Refusal> {
    if given.has("iss") && given.one("iss").is_none() {
        return Err(Refusal::Answer);
    }
    if !provider.answers_as(given.one("iss")).await? {
        return Err(Refusal::Mixed);
    }
    // What it says is the provider's, and is neither shown nor logged.
    if given.has("error") {
        return Err(Refusal::Denied);
    }
    let code = given.one("code").filter(|code| code.len() <= MAX_CODE).ok_or(Refusal::Answer)?;
    let login = provider.log_in(code, attempt).await?;
    let config = &provider.config;
    let told = person(&provider.mapping, &config.id, &login.subject, &login.claims, config.trust_mail);
    let known = sign_in.deps.people.recognise(&config.id, &login.subject, told).await;
    let who = known.map_err(|unknown| match unknown {
        Unrecognised::Refused(why) => Refusal::Person(why),
        Unrecognised::Failed => Refusal::Ourselves("people_away"),
    })?;
    begun(sign_in, &config.id, login, who, headers).await.map_err(|_| Refusal::Ourselves("sessions_away"))
}

/// A session of its own, and the end of the one that the browser had: nobody is given one whose cookie somebody else may know.
async fn begun(
    sign_in: &SignIn,
    provider: &str,
    login: Login,
    person: Uuid,
    headers: &HeaderMap,
) -> Result<String, crate::StoreAway> {
    let (cookie, now) = (secret::new(), sign_in.deps.clock.now());
    if let Some(before) = cookies::session(headers, sign_in.cookie()) {
        sign_in.end_hash(&session_hash(before)).await?;
    }
    let session = Session {
        id: Uuid::now_v7(),
        person,
        provider: provider.to_owned(),
        subject: login.subject,
        sid: login.sid,
        id_token: login.id_token,
        created_at: now,
        last_seen_at: now,
    };
    let ended = sign_in.deps.sessions.begin(&session_hash(&cookie), &session).await?;
    sign_in.tell(&ended);
    Ok(cookie)
}
