//! The section `[gateway.cors]`: which pages of other origins may ask from a browser.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, Uri};
use serde::{Deserialize, Serialize};

/// Cross-origin requests; none are allowed unless an origin is named.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CorsConfig {
    /// Origins, such as `https://portail.example.fr`, compared exactly; `*` alone means every origin.
    pub origins: Vec<String>,
    /// Whether browsers may send cookies; never together with `*`.
    pub credentials: bool,
    /// Methods that pages may use.
    pub methods: Vec<String>,
    /// Headers that pages may send.
    pub headers: Vec<String>,
    /// Headers of answers that pages may read, beside those that every page may.
    pub exposed_headers: Vec<String>,
    /// How long a browser may remember what it was allowed.
    #[serde(with = "humantime_serde")]
    pub max_age: Duration,
}

impl Default for CorsConfig {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Self {
            origins: Vec::new(),
            credentials: false,
            methods: list(&["GET", "POST"]),
            headers: list(&[
                "accept",
                "apollo-require-preflight",
                "authorization",
                "content-type",
                "if-none-match",
                "traceparent",
                "tracestate",
                "x-passerelle-csrf",
                "x-request-id",
                "x-requested-with",
            ]),
            exposed_headers: list(&["etag", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"]),
            max_age: Duration::from_hours(1),
        }
    }
}

impl CorsConfig {
    /// Whether anybody may ask from elsewhere.
    pub(crate) fn is_on(&self) -> bool {
        !self.origins.is_empty()
    }

    /// Whether every origin may.
    pub(crate) fn any_origin(&self) -> bool {
        self.origins.iter().any(|origin| origin == "*")
    }

    /// Whether this origin is named. `*` names none: it lets pages read what anybody may, and speaks for nobody's cookie.
    pub(crate) fn names(&self, origin: &HeaderValue) -> bool {
        self.origins.iter().any(|known| known != "*" && known.as_bytes() == origin.as_bytes())
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if self.any_origin() && (self.credentials || self.origins.len() > 1) {
            return Err(
                "gateway.cors.origins: \"*\" stands alone and without credentials; else name the origins".to_owned()
            );
        }
        if let Some(origin) = self.origins.iter().find(|origin| *origin != "*" && !is_origin(origin)) {
            return Err(format!(
                "gateway.cors.origins: {origin:?} is no origin; write https://HOST or https://HOST:PORT in small letters"
            ));
        }
        if let Some(method) = self.methods.iter().find(|method| Method::from_bytes(method.as_bytes()).is_err()) {
            return Err(format!("gateway.cors.methods: {method:?} is no method; write such as \"POST\""));
        }
        for (key, names) in [("headers", &self.headers), ("exposed_headers", &self.exposed_headers)] {
            if let Some(name) = names.iter().find(|name| HeaderName::from_bytes(name.as_bytes()).is_err()) {
                return Err(format!("gateway.cors.{key}: {name:?} is no name of a header"));
            }
        }
        Ok(())
    }
}

/// Whether a browser would write an origin like this: scheme and host in small letters, no port that the scheme implies, nothing behind it.
fn is_origin(text: &str) -> bool {
    let written = |uri: &Uri| {
        let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
        let implied = if scheme == "https" { 443 } else { 80 };
        (matches!(scheme, "http" | "https")
            && !authority.as_str().contains(['@', '*'])
            && authority.port_u16() != Some(implied))
        .then(|| format!("{scheme}://{authority}"))
    };
    let written = text.parse::<Uri>().ok().as_ref().and_then(written);
    written.is_some_and(|written| written == text) && !text.bytes().any(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_would_send_is_an_origin() {
        for origin in ["https://portail.example.fr", "http://127.0.0.1:4000", "http://[::1]:8080"] {
            assert!(is_origin(origin), "{origin}");
        }
        for origin in [
            "portail.example.fr",
            "https://*.fr",
            "https://a.fr:443",
            "http://a.fr:80",
            "https://a.fr/",
            "https://A.fr",
            "https://a.fr/x",
            "ftp://a.fr",
            "null",
            "",
        ] {
            assert!(!is_origin(origin), "{origin}");
        }
    }

    #[test]
    fn every_origin_together_with_cookies_is_refused() {
        let config = |origins: &[&str], credentials| CorsConfig {
            origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
            credentials,
            ..CorsConfig::default()
        };
        assert_eq!(config(&["*"], false).check(), Ok(()));
        assert_eq!(config(&["https://a.fr", "https://b.fr"], true).check(), Ok(()));
        assert!(config(&["*"], true).check().is_err());
        assert!(config(&["*", "https://a.fr"], false).check().is_err());
    }

    #[test]
    fn a_page_may_send_what_shows_that_it_asks() {
        let allowed = CorsConfig::default().headers;
        for header in crate::config::CsrfConfig::default().headers {
            assert!(allowed.contains(&header), "{header}");
        }
    }
}
