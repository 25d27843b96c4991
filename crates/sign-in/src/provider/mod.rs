//! One provider: what it tells of itself, where it is asked, and what its tokens say.

mod known;
mod login;
mod logout;

use std::error::Error;
use std::fs;
use std::sync::Arc;

use kernel::Clock;
use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow};
use openidconnect::url::Url;
use openidconnect::{
    AuthenticationContextClass, ClientSecret, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope,
};

use crate::config::{Mapping, Prompt, ProviderConfig};
use crate::refusal::Refusal;
use crate::sessions::Attempt;
use crate::sign_in::SetupError;
use crate::web::Web;
use known::{Current, Known};

pub(crate) use login::Login;
pub(crate) use logout::{BadLogout, LoggedOut};

/// Bytes of a secret; longer is another file.
const MAX_SECRET: usize = 4096;

/// A provider of the configuration.
pub(crate) struct Provider {
    pub(crate) config: ProviderConfig,
    pub(crate) mapping: Mapping,
    web: Web,
    known: Known,
    clock: Clock,
}

impl Provider {
    pub(crate) fn open(config: ProviderConfig, base: &str, clock: Clock) -> Result<Self, SetupError> {
        let secret = secret(&config)?;
        let known = Known::of(&config, &format!("{base}/auth/callback/{}", config.id), secret);
        Ok(Self { mapping: config.mapping(), web: Web::of(&config.issuer), known, clock, config })
    }

    /// Where a browser is sent to log in.
    pub(crate) async fn authorization(&self, state: &str, attempt: &Attempt) -> Result<Url, Refusal> {
        let current = self.known.current(&self.web).await?;
        let (state, nonce) = (CsrfToken::new(state.to_owned()), Nonce::new(attempt.nonce.clone()));
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let config = &self.config;
        let scopes = config.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let mut request = current
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .add_scopes(scopes)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        for acr in &config.acr_values {
            request = request.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
        if let Some(age) = config.max_age {
            request = request.set_max_age(age);
        }
        if let Some(prompt) = config.prompt {
            request = request.add_prompt(match prompt {
                Prompt::Login => CoreAuthPrompt::Login,
                Prompt::Consent => CoreAuthPrompt::Consent,
                Prompt::SelectAccount => CoreAuthPrompt::SelectAccount,
            });
        }
        Ok(request.url().0)
    }

    /// Whether an answer is of this provider, by the parameter `iss` (RFC 9207). Who says that it always gives it, gives it.
    pub(crate) async fn answers_as(&self, issuer: Option<&str>) -> Result<bool, Refusal> {
        match issuer {
            Some(issuer) => Ok(issuer == self.config.issuer),
            None => Ok(!self.known.current(&self.web).await?.tells_issuer),
        }
    }

    /// Where a browser is sent to log out there, if there is such an address and the provider can be asked for it.
    pub(crate) async fn end_session(&self) -> Option<Url> {
        self.known.current(&self.web).await.ok()?.end_session.clone()
    }

    async fn current(&self) -> Result<Arc<Current>, Refusal> {
        self.known.current(&self.web).await
    }

    /// What it tells of itself after a look for a key that was not known; the same as before where that was looked for just now.
    async fn searched(&self, before: &Arc<Current>) -> Result<Arc<Current>, Refusal> {
        self.known.searched(before, &self.web).await
    }
}

fn secret(config: &ProviderConfig) -> Result<Option<ClientSecret>, SetupError> {
    let Some(path) = &config.client_secret_file else { return Ok(None) };
    let text = fs::read_to_string(path).map_err(|source| SetupError::SecretFile { path: path.clone(), source })?;
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_SECRET || text.chars().any(char::is_control) {
        return Err(SetupError::Secret { path: path.clone() });
    }
    Ok(Some(ClientSecret::new(text.to_owned())))
}

/// An error and its causes, for the log.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
