//! Headers that browsers guard themselves and us by. What an answer says by itself stays.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::config::GatewayConfig;

/// On every answer: it is what its type says, and no page elsewhere gets at it but by CORS or a link.
const EVERYWHERE: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// On the gateway's own answers, which are no pages save for the explorer; that one has a policy of its own.
const OWN: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// `Strict-Transport-Security`, where clients come by https and it is not turned off.
pub(super) fn hsts(config: &GatewayConfig) -> Option<HeaderValue> {
    let secure = config.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    let seconds = config.security.hsts.as_secs();
    (secure && seconds > 0).then(|| HeaderValue::from_str(&format!("max-age={seconds}")).expect("digits make a header"))
}

/// For every answer.
pub(super) async fn everywhere(State(hsts): State<Option<HeaderValue>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    add(response.headers_mut(), &EVERYWHERE);
    if let Some(hsts) = hsts {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, hsts);
    }
    response
}

/// For the gateway's own answers; a service says these for its pages by itself.
pub(super) async fn own(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    add(response.headers_mut(), &OWN);
    response
}

fn add(headers: &mut HeaderMap, names: &[(HeaderName, &'static str)]) {
    for (name, value) in names {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
