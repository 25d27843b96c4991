//! The section `[gateway.csrf]`: requests that a browser was made to send are refused where they carry the session's cookie.

use axum::http::HeaderName;
use serde::{Deserialize, Serialize};

/// What is forged only where a browser adds it by itself: the cookie of a session.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CsrfConfig {
    /// The cookie by which the service of people knows a session, which is guarded: without it in a request there is nothing to forge.
    /// What the service gives beside it has a name that begins with this one.
    pub cookie: String,
    /// Headers of which one shows that a page could not have sent the request unasked.
    pub headers: Vec<String>,
}

impl Default for CsrfConfig {
    fn default() -> Self {
        Self {
            cookie: "__Host-passerelle".to_owned(),
            headers: ["x-passerelle-csrf", "apollo-require-preflight", "x-requested-with"].map(str::to_owned).to_vec(),
        }
    }
}

impl CsrfConfig {
    pub(super) fn check(&self) -> Result<(), String> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte);
        if self.cookie.is_empty() || !self.cookie.bytes().all(plain) {
            return Err("gateway.csrf.cookie: write the name of a cookie, such as __Host-passerelle".to_owned());
        }
        if let Some(name) = self.headers.iter().find(|name| HeaderName::from_bytes(name.as_bytes()).is_err()) {
            return Err(format!("gateway.csrf.headers: {name:?} is no name of a header"));
        }
        // These every page may send unasked (CORS-safelisted): they show nothing.
        let simple = ["accept", "accept-language", "content-language", "content-type", "range"];
        if let Some(name) = self.headers.iter().find(|name| simple.contains(&name.to_ascii_lowercase().as_str())) {
            return Err(format!("gateway.csrf.headers: every page may send {name} unasked, so that it shows nothing"));
        }
        Ok(())
    }
}
