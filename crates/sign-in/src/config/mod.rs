//! The section of the configuration: where this installation is, who the providers are, and how long sessions last.

mod mapping;
mod preset;
mod provider;
mod sessions;

use std::collections::BTreeSet;

use ::http::Uri;
use serde::{Deserialize, Serialize};

pub use mapping::{ClaimNames, IdentifierClaim, IdentifierFormat, Mapping, ProfileClaim};
pub use preset::Preset;
pub use provider::{AuthMethod, Offered, Prompt, ProviderConfig, SignatureAlgorithm};
pub use sessions::{SessionsConfig, Store};

/// Logging in by OpenID.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignInConfig {
    /// Where browsers reach this installation, such as `https://api.example`: providers send them back to it.
    pub public_url: String,
    /// Who may say who somebody is, in the order of the page.
    pub providers: Vec<ProviderConfig>,
    /// Sessions.
    pub sessions: SessionsConfig,
}

impl SignInConfig {
    /// Refuses what nobody could log in with, or what would be unsafe. Without providers nothing is looked at.
    ///
    /// # Errors
    /// The first fault, in a sentence that begins with the key.
    pub fn check(&self) -> Result<(), String> {
        if self.providers.is_empty() {
            return Ok(());
        }
        if !is_origin(&self.public_url) {
            return Err("public_url: write where browsers reach this installation, https://HOST without a path; \
                http:// on the machine itself alone"
                .to_owned());
        }
        self.sessions.check()?;
        let mut known = BTreeSet::new();
        for provider in &self.providers {
            let id = &provider.id;
            provider.check().map_err(|fault| format!("providers ({id}): {fault}"))?;
            if !known.insert(id) {
                return Err(format!("providers: {id} stands there twice"));
            }
        }
        Ok(())
    }

    /// Where browsers reach this installation, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        self.public_url.trim_end_matches('/')
    }
}

/// An address that cannot be read on its way: by TLS, or on the machine itself.
pub(crate) fn safe_address(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let authority = uri.authority()?;
    let host = authority.host();
    let safe = match uri.scheme_str()? {
        "https" => true,
        "http" => is_loopback(host),
        _ => false,
    };
    (safe && !host.is_empty() && !authority.as_str().contains('@') && !text.contains('#')).then_some(uri)
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

fn is_origin(text: &str) -> bool {
    safe_address(text).is_some_and(|uri| uri.path() == "/" && uri.query().is_none())
}

#[cfg(test)]
mod tests;
