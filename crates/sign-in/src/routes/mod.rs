//! The routes under `/auth`.

mod backchannel;
mod begin;
mod callback;
mod leave;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use openidconnect::url::form_urlencoded;

use crate::ended;
use crate::pages;
use crate::return_to::local;
use crate::sign_in::SignIn;

/// Bytes of a form.
const MAX_FORM: usize = 32 << 10;

pub(crate) fn router(sign_in: Arc<SignIn>) -> Router {
    // What changes something when it is asked for is not asked for by HEAD.
    let only_get = || async { (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]) };
    Router::new()
        .route("/auth", get(choice))
        .route("/auth/", get(choice))
        .route("/auth/style.css", get(style))
        .route("/auth/login", get(begin::begin).head(only_get))
        .route("/auth/callback/{provider}", get(callback::callback).head(only_get))
        .route("/auth/logout", get(leave::ask).post(leave::leave))
        .route("/auth/logged-out", get(async || pages::left()))
        .route("/auth/backchannel/{provider}", post(backchannel::backchannel))
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .layer(map_response(pages::guarded))
        .layer(from_fn(ended::tell))
        .with_state(sign_in)
}

async fn choice(State(sign_in): State<Arc<SignIn>>, RawQuery(query): RawQuery) -> Response {
    let given = Parameters::read(query.unwrap_or_default().as_bytes());
    pages::choice(&sign_in.providers, local(given.one("return_to")))
}

async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, pages::STYLE).into_response()
}

/// The parameters of a query or a form.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn read(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// A parameter that is given once: of two, nobody knows which is meant.
    fn one(&self, name: &str) -> Option<&str> {
        let mut given = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let value = given.next().filter(|value| !value.is_empty())?;
        given.next().is_none().then_some(value)
    }

    /// Whether a parameter is given, well or not.
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}
