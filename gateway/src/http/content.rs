//! What the body of a GraphQL request may be: JSON in UTF-8, as it is.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use mediatype::{MediaType, ReadParams, names};

const JSON: MediaType<'_> = MediaType::new(names::APPLICATION, names::JSON);

/// Why a body is not read (status 415).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unread {
    /// It does not say that it is JSON in UTF-8, or says more than one thing.
    #[error("send the request with content-type: application/json")]
    Type,
    /// It is compressed, or otherwise not what it says.
    #[error("send the body as it is, without content-encoding")]
    Encoding,
}

impl Unread {
    /// The header that tells what would be read (RFC 9110, 15.5.16).
    pub(super) const fn instead(self) -> (HeaderName, HeaderValue) {
        match self {
            Self::Type => (header::ACCEPT, HeaderValue::from_static("application/json")),
            Self::Encoding => (header::ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        }
    }
}

/// Whether a body under these headers can be read.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Unread> {
    let mut kinds = headers.get_all(header::CONTENT_TYPE).iter();
    let kind = kinds.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    let json = MediaType::parse(kind.trim()).is_ok_and(|kind| kind.essence() == JSON && is_utf_8(&kind));
    if !json || kinds.next().is_some() {
        return Err(Unread::Type);
    }
    let mut codings =
        headers.get_all(header::CONTENT_ENCODING).iter().flat_map(|value| value.as_bytes().split(|&byte| byte == b','));
    let plain = |coding: &[u8]| coding.is_empty() || coding.eq_ignore_ascii_case(b"identity");
    if codings.all(|coding| plain(coding.trim_ascii())) { Ok(()) } else { Err(Unread::Encoding) }
}

/// Whether a media type's charset is UTF-8, which it is where none is named.
pub(super) fn is_utf_8(kind: &MediaType<'_>) -> bool {
    kind.get_param(names::CHARSET).is_none_or(|charset| {
        let charset = charset.unquoted_str();
        charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
    })
}
