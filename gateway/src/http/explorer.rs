//! The explorer at `/`: a GraphiQL that needs nothing from the internet, opened on the Pix Orga query.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::Gateway;

/// Nothing from elsewhere is loaded, nothing inline is run. GraphiQL sets styles by script.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

macro_rules! files {
    ($($name:literal => $kind:literal,)+) => {
        &[$(($name, $kind, include_bytes!(concat!("../../../web/explorer/", $name)))),+]
    };
}

const FILES: &[(&str, &str, &[u8])] = files! {
    "index.html" => "text/html; charset=utf-8",
    "explorer.js" => "text/javascript; charset=utf-8",
    "explorer.css" => "text/css; charset=utf-8",
    "pix_orga.graphql" => "text/plain; charset=utf-8",
    "vendor/graphiql.min.js" => "text/javascript; charset=utf-8",
    "vendor/graphiql.min.css" => "text/css; charset=utf-8",
    "vendor/react.production.min.js" => "text/javascript; charset=utf-8",
    "vendor/react-dom.production.min.js" => "text/javascript; charset=utf-8",
};

pub(super) fn routes() -> Router<Arc<Gateway>> {
    Router::new()
        .route("/", get(|| async { file("index.html") }))
        .route("/explorer/{*name}", get(|Path(name): Path<String>| async move { file(&name) }))
}

fn file(name: &str) -> Response {
    let Some((_, kind, content)) = FILES.iter().find(|(known, _, _)| *known == name) else {
        return (StatusCode::NOT_FOUND, "no such file\n").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, *kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, *content).into_response()
}
