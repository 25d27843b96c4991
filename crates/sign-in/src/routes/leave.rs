//! Logging out: asked for on a page, done by its button, here first and then at the provider.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use openidconnect::url::Url;

use super::Parameters;
use crate::sessions::Session;
use crate::sign_in::SignIn;
use crate::{cookies, pages, secret, session_hash};

/// What is said where the store does not answer.
const AWAY: &str = "La déconnexion n’est pas possible pour le moment. Réessayez dans quelques instants.";
/// What is said where no page of ours asked.
const FORGED: &str = "Cette demande ne vient pas de la page de déconnexion. Vous êtes toujours connecté.";

/// The page with the button.
pub(super) async fn ask(State(sign_in): State<Arc<SignIn>>, headers: HeaderMap) -> Response {
    let Some(cookie) = cookies::session(&headers, sign_in.cookie()) else { return pages::left() };
    let Ok(session) = sign_in.session(&session_hash(cookie)).await else {
        return pages::still_there(StatusCode::SERVICE_UNAVAILABLE, AWAY);
    };
    let Some(session) = session else { return pages::left() };
    let beyond = match sign_in.provider(&session.provider) {
        Some(provider) => provider.end_session().await.map(|url| match url.scheme() {
            "https" => "https:".to_owned(),
            _ => url.origin().ascii_serialization(),
        }),
        None => None,
    };
    pages::leave(&secret::form_token(cookie), &beyond.unwrap_or_default())
}

/// What the button does.
pub(super) async fn leave(State(sign_in): State<Arc<SignIn>>, headers: HeaderMap, form: Bytes) -> Response {
    if !is_own_page(&headers, sign_in.config.base()) {
        return pages::still_there(StatusCode::FORBIDDEN, FORGED);
    }
    let Some(cookie) = cookies::session(&headers, sign_in.cookie()) else { return to("/auth/logged-out", None) };
    let given = Parameters::read(&form);
    if !given.one("token").is_some_and(|token| secret::same(token, &secret::form_token(cookie))) {
        return pages::still_there(StatusCode::FORBIDDEN, FORGED);
    }
    match ended(&sign_in, cookie).await {
        Ok(session) => {
            let gone = cookies::clear(sign_in.cookie());
            let elsewhere = match &session {
                Some(session) => at_provider(&sign_in, session).await,
                None => None,
            };
            to(elsewhere.as_ref().map_or("/auth/logged-out", Url::as_str), Some(gone))
        }
        Err(_) => pages::still_there(StatusCode::SERVICE_UNAVAILABLE, AWAY),
    }
}

/// The session that ended, if there was one.
async fn ended(sign_in: &SignIn, cookie: &str) -> Result<Option<Session>, crate::StoreAway> {
    let hash = session_hash(cookie);
    let session = sign_in.deps.sessions.find(&hash, sign_in.deps.clock.now()).await?;
    sign_in.end_hash(&hash).await?;
    if let Some(session) = &session {
        tracing::info!(provider = session.provider, "somebody logged out");
    }
    Ok(session)
}

/// Where the provider logs the person out (OpenID Connect RP-Initiated Logout 1.0, 2).
async fn at_provider(sign_in: &SignIn, session: &Session) -> Option<Url> {
    let provider = sign_in.provider(&session.provider)?;
    let mut url = provider.end_session().await?;
    let mut pairs = url.query_pairs_mut();
    if let Some(token) = &session.id_token {
        pairs.append_pair("id_token_hint", token);
    }
    pairs.append_pair("client_id", &provider.config.client_id);
    pairs.append_pair("post_logout_redirect_uri", &format!("{}/auth/logged-out", sign_in.config.base()));
    pairs.append_pair("state", &secret::new());
    drop(pairs);
    Some(url)
}

fn to(location: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether a page of this installation sent a form, as its browser says. A browser that says nothing is not believed.
fn is_own_page(headers: &HeaderMap, base: &str) -> bool {
    let own = Url::parse(base).is_ok_and(|url| {
        let own = url.origin().ascii_serialization();
        headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes() == own.as_bytes())
    });
    let hidden = headers.get(header::ORIGIN).is_none_or(|origin| origin == "null");
    match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin" && (own || hidden),
        None => own,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    #[test]
    fn the_browser_says_whose_page_it_was() {
        for (site, origin, own) in [
            (Some("same-origin"), Some("https://api.example"), true),
            (Some("same-origin"), Some("null"), true),
            (Some("same-origin"), None, true),
            (None, Some("https://api.example"), true),
            (None, None, false),
            (None, Some("null"), false),
            (None, Some("https://api.example.evil"), false),
            (None, Some("http://api.example"), false),
            (Some("same-origin"), Some("https://evil.example"), false),
            (Some("same-site"), Some("https://api.example"), false),
            (Some("cross-site"), Some("https://api.example"), false),
            (Some("none"), Some("https://api.example"), false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
                if let Some(value) = value {
                    headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
                }
            }
            assert_eq!(is_own_page(&headers, "https://api.example:443"), own, "{site:?} {origin:?}");
        }
    }
}
