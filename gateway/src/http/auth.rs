//! Who asks: made once of a request's headers, before anything else of it is looked at.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use kernel::{ErrorCode, Principal};

use crate::Gateway;
use crate::issuers::Refused;

/// What a caller who is not believed is told in `WWW-Authenticate` (RFC 6750).
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer error=\"invalid_token\"");

/// The header `Authorization` makes nobody known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unknown {
    /// It is none that this gateway reads.
    #[error("send one header Authorization: Bearer TOKEN, or none")]
    Scheme,
    /// Its token is not good, or cannot be checked.
    #[error(transparent)]
    Token(#[from] Refused),
}

impl Unknown {
    /// That a token cannot be checked is not its bearer's fault: they may keep it, and try again.
    pub(super) fn code(&self) -> ErrorCode {
        match self {
            Self::Token(Refused::Unavailable) => ErrorCode::UpstreamUnavailable,
            Self::Scheme | Self::Token(_) => ErrorCode::Unauthenticated,
        }
    }

    pub(super) fn status(&self) -> StatusCode {
        match self.code() {
            ErrorCode::UpstreamUnavailable => StatusCode::BAD_GATEWAY,
            _ => StatusCode::UNAUTHORIZED,
        }
    }
}

/// The caller by its access token; nobody known without one. A gateway that knows no issuer reads no such header.
pub(super) async fn principal(gateway: &Gateway, headers: &HeaderMap) -> Result<Principal, Unknown> {
    if !gateway.issuers.any() {
        return Ok(Principal::anonymous());
    }
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = given.next() else { return Ok(Principal::anonymous()) };
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Unknown::Scheme)?;
    if given.next().is_some() || !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Unknown::Scheme);
    }
    Ok(gateway.issuers.verify(token.trim()).await?)
}

/// Says to those who are not believed that it is their token.
pub(super) fn challenge(mut response: Response) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, CHALLENGE);
    }
    response
}
