//! Who asks: made once of a request's headers, before anything else of it is looked at.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use kernel::Principal;
use service_kit::access_token::BadToken;

use crate::Gateway;

/// What a caller who is not believed is told in `WWW-Authenticate` (RFC 6750).
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer error=\"invalid_token\"");

/// The header `Authorization` makes nobody known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unknown {
    /// It is none that this gateway reads.
    #[error("send one header Authorization: Bearer TOKEN, or none")]
    Scheme,
    /// Its token is not good.
    #[error(transparent)]
    Token(#[from] BadToken),
}

/// The caller by its access token; nobody known without one. A gateway without an issuer of its own reads no such header.
pub(super) fn principal(gateway: &Gateway, headers: &HeaderMap) -> Result<Principal, Unknown> {
    let Some(tokens) = &gateway.tokens else { return Ok(Principal::anonymous()) };
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = given.next() else { return Ok(Principal::anonymous()) };
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Unknown::Scheme)?;
    if given.next().is_some() || !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Unknown::Scheme);
    }
    Ok(tokens.verify(token.trim())?)
}

/// Says how to be known.
pub(super) fn challenge(mut response: Response) -> Response {
    response.headers_mut().insert(header::WWW_AUTHENTICATE, CHALLENGE);
    response
}
