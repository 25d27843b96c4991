//! Headers that are not handed on, or not as they came.

use ::http::header::{self, HeaderMap, HeaderName};
use service_kit::{principal_token, session};

use crate::cookies;

/// Headers of one connection, which mean nothing on the next (RFC 9110, 7.6.1).
pub(crate) const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Takes off a request what the service must not see: it learns who asks from the gateway alone. Of the cookies it keeps those whose
/// names begin with `own_cookies`, where some are the service's own.
pub(crate) fn of_request(headers: &mut HeaderMap, own_cookies: Option<&str>) {
    let kept = own_cookies.and_then(|prefix| cookies::only(headers, prefix));
    if headers.contains_key(header::TRANSFER_ENCODING) {
        // The body says how long it is.
        headers.remove(header::CONTENT_LENGTH);
    }
    of_connection(headers);
    for name in [header::HOST, header::AUTHORIZATION, header::COOKIE, header::EXPECT] {
        headers.remove(name);
    }
    headers.remove(principal_token::HEADER);
    if let Some(cookies) = kept {
        headers.insert(header::COOKIE, cookies);
    }
}

/// Takes off an answer what is between gateway and service.
pub(crate) fn of_response(headers: &mut HeaderMap) {
    of_connection(headers);
    headers.remove(principal_token::HEADER);
    headers.remove(session::ENDED_HEADER);
}

/// Hashes of the sessions that an answer says have ended.
pub(crate) fn sessions_ended(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(session::ENDED_HEADER).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|hash| !hash.is_empty())
}

/// Headers that a message says are of its connection only.
pub(crate) fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse().ok()).collect()
}

fn of_connection(headers: &mut HeaderMap) {
    for name in named_by_connection(headers) {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}
