//! Who asks: made once of a request's headers, before anything else of it is looked at. A header `Authorization` decides; without one
//! the cookie of a session does.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use kernel::ErrorCode;

use crate::Gateway;
use crate::issuers::Refused;
use crate::people::{self, Identity, Session};
use crate::telemetry::Account;

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

/// What makes a caller known, kept to be looked at again where events are streamed.
#[derive(Clone)]
pub(super) struct Credentials {
    authorization: Vec<HeaderValue>,
    session: Option<Session>,
}

impl Credentials {
    /// Those of a request. A gateway that knows no issuer reads no `Authorization`.
    pub(super) fn of(gateway: &Gateway, headers: &HeaderMap) -> Self {
        let given = headers.get_all(header::AUTHORIZATION).iter().filter(|_| gateway.issuers.any());
        let authorization: Vec<HeaderValue> = given.cloned().collect();
        let session =
            if authorization.is_empty() { Session::claimed(headers, &gateway.config.csrf.cookie) } else { None };
        Self { authorization, session }
    }

    /// Who it is: nobody known without any.
    pub(super) async fn identity(&self, gateway: &Gateway, account: &Arc<Account>) -> Result<Identity, Unknown> {
        match (&self.authorization[..], &self.session) {
            ([], None) => Ok(Identity::nobody()),
            ([], Some(session)) => Ok(people::by_session(gateway, &gateway.serving(), session, account).await),
            ([one], _) => {
                let (scheme, token) = one.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Unknown::Scheme)?;
                if !scheme.eq_ignore_ascii_case("bearer") {
                    return Err(Unknown::Scheme);
                }
                Ok(Identity::of_token(gateway.issuers.verify(token.trim()).await?))
            }
            _ => Err(Unknown::Scheme),
        }
    }
}

/// Says to those who are not believed that it is their token.
pub(super) fn challenge(mut response: Response) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, CHALLENGE);
    }
    response
}
