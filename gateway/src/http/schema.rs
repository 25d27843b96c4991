//! The public schema, also where introspection is off.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::Gateway;

/// `GET /schema.graphql`, or that it is still the one that the client has.
pub(super) async fn schema(State(gateway): State<Arc<Gateway>>, headers: HeaderMap) -> Response {
    let serving = gateway.serving();
    let supergraph = &serving.supergraph;
    let tag = supergraph.public_tag();
    let common = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if let Some(known) = known(&headers, tag) {
        return (StatusCode::NOT_MODIFIED, common, [(header::ETAG, known)]).into_response();
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (common, kind, [(header::ETAG, format!("\"{tag}\""))], supergraph.public_sdl().to_owned()).into_response()
}

/// The tag of the client's copy, where that is the schema of `tag`, in whichever encoding.
fn known(headers: &HeaderMap, tag: &str) -> Option<String> {
    let given = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    for given in given.flat_map(|value| value.split(',')).map(str::trim) {
        if given == "*" {
            return Some(format!("\"{tag}\""));
        }
        let given = given.strip_prefix("W/").unwrap_or(given);
        let name = given.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let rest = name.and_then(|name| name.strip_prefix(tag));
        if rest.is_some_and(|encoding| ["", "-br", "-gzip"].contains(&encoding)) {
            return Some(given.to_owned());
        }
    }
    None
}
