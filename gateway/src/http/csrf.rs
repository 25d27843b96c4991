//! Requests that a page made a browser send, with the cookie of somebody's session. Without that cookie there is nothing to forge,
//! and nothing is asked. Where a subgraph gets the header `Cookie`, any cookie may be such a one.
//!
//! At `/graphql` a request with the cookie must show that its page was allowed to send it: by a content type or a header that makes
//! browsers ask first (a preflight, which `[gateway.cors]` answers). Everywhere a request that would change something, and at
//! `/graphql` every one, is refused where the browser says that a page of another site sent it whose origin is not allowed.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use kernel::ErrorCode;

use super::asked::{Asked, GRAPHQL_PATH};
use crate::Gateway;
use crate::config::CsrfConfig;
use crate::cookies;

/// Where the request comes from, as the browser says it.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Content types that a page may send without asking first (Fetch, CORS-safelisted request-header).
const SIMPLE: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

/// Refuses what may be forged, before anything is run.
pub(super) async fn guard(State(gateway): State<Arc<Gateway>>, request: Request, next: Next) -> Response {
    let config = &gateway.config;
    let headers = request.headers();
    // A subgraph that gets cookies may know somebody by any of them.
    let forwarded = config.headers.forwards_cookies() && headers.contains_key(header::COOKIE);
    if forwarded || has_cookie(headers, &config.csrf.cookie) {
        let graphql = request.uri().path() == GRAPHQL_PATH;
        let allowed = || headers.get(header::ORIGIN).is_some_and(|origin| config.cors.names(origin));
        let refused = if (graphql || !request.method().is_safe()) && is_cross_site(headers) && !allowed() {
            Some("a page of another site sent this with a cookie; its origin is not allowed here".to_owned())
        } else if graphql && !is_upgrade(headers) && !is_preflighted(headers, &config.csrf) {
            let names = config.csrf.headers.join(", ");
            Some(format!(
                "with a cookie, send content-type: application/json or one of these headers with any value: {names}"
            ))
        } else {
            None
        };
        if let Some(message) = refused {
            return Asked::of(&request).refused(StatusCode::FORBIDDEN, ErrorCode::Forbidden, &message);
        }
    }
    next.run(request).await
}

fn has_cookie(headers: &HeaderMap, name: &str) -> bool {
    cookies::of(headers).any(|cookie| cookie.name == name.as_bytes())
}

/// Whether a WebSocket is asked for: no form and no script can write that header, and whose page asks is looked at there.
fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

fn is_cross_site(headers: &HeaderMap) -> bool {
    headers.get(SEC_FETCH_SITE).is_some_and(|site| site.as_bytes().eq_ignore_ascii_case(b"cross-site"))
}

/// Whether a browser would have asked first before it sent this for a page of another origin.
fn is_preflighted(headers: &HeaderMap, config: &CsrfConfig) -> bool {
    let shown = |name: &String| headers.get(name).is_some_and(|value| !value.as_bytes().trim_ascii().is_empty());
    config.headers.iter().any(shown)
        || headers.get_all(header::CONTENT_TYPE).iter().any(|kind| !is_simple(kind.as_bytes()))
}

/// Whether a content type is one of the simple ones, or none that can be told from them for sure.
fn is_simple(kind: &[u8]) -> bool {
    let Ok(kind) = std::str::from_utf8(kind) else { return true };
    let essence = kind.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase();
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let is_type = essence.split_once('/').is_some_and(|(kind, of)| token(kind) && token(of));
    !is_type || SIMPLE.contains(&essence.as_str())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let has = |value| has_cookie(&headers(&[("cookie", value)]), "__Host-passerelle");
        assert!(has("__Host-passerelle=x"));
        assert!(has("a=b;  __Host-passerelle=x; c=d"));
        assert!(has("__Host-passerelle"));
        assert!(has("a=\"b; __Host-passerelle = x"));
        assert!(!has("__Host-passerelle2=x; x__Host-passerelle=y"));
        assert!(!has("a=__Host-passerelle"));
    }

    #[test]
    fn only_what_needs_a_preflight_counts() {
        let config = CsrfConfig::default();
        let shown = |pairs: &[(&'static str, &'static str)]| is_preflighted(&headers(pairs), &config);
        for kind in ["application/json", "application/json; charset=utf-8", "Application/GraphQL"] {
            assert!(shown(&[("content-type", kind)]), "{kind}");
        }
        for kind in [
            "",
            "text/plain",
            "Text/Plain;a=application/json",
            "multipart/form-data; boundary=b",
            "json",
            "a/b/c",
            "text/plain,application/json",
        ] {
            assert!(!shown(&[("content-type", kind)]), "{kind}");
        }
        assert!(!shown(&[]));
        assert!(!shown(&[("x-passerelle-csrf", " ")]));
        for name in ["x-passerelle-csrf", "apollo-require-preflight", "x-requested-with"] {
            assert!(shown(&[(name, "1")]), "{name}");
        }
    }
}
