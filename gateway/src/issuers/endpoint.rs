//! An address from which keys are fetched.

use ::http::Uri;
use ::http::uri::Scheme;

/// An http or https URL.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(super) uri: Uri,
    /// Whether it is reached by TLS.
    pub(super) secure: bool,
}

impl Endpoint {
    /// Reads a URL. None where it has another scheme, no host, or a password, which would not be sent.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        (!authority.host().is_empty() && !authority.as_str().contains('@')).then_some(Self { uri, secure })
    }

    /// Where an issuer tells of itself (OpenID Connect Discovery 1.0, 4).
    pub(super) fn of_discovery(issuer: &str) -> Option<Self> {
        Self::parse(&format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')))
    }
}
