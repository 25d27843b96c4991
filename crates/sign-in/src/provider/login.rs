//! From a code to an account: the tokens for it, what the ID token must show, and what the provider tells beside it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::CoreJwsSigningAlgorithm;
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, IdTokenVerifier, Nonce, OAuth2TokenResponse,
    PkceCodeVerifier, RequestTokenError, SignatureVerificationError, SubjectIdentifier, TokenResponse, UserInfoClaims,
    UserInfoError,
};
use serde_json::Value;

use super::Provider;
use super::known::{Current, Rest, Tokens};
use crate::claims::Claims;
use crate::config::SignatureAlgorithm;
use crate::refusal::Refusal;
use crate::sessions::Attempt;
use crate::web::WebError;

/// Clocks of two machines that are set at all do not differ by more.
const SKEW: TimeDelta = TimeDelta::seconds(60);
/// A token for a code that was just exchanged was just made.
const OLDEST: TimeDelta = TimeDelta::minutes(10);
/// Bytes of a subject (OpenID Connect Core 1.0, 2), and of the provider's name for a session.
const MAX_NAME: usize = 255;
/// Bytes of a token that is kept to log out with: it becomes part of an address.
const MAX_HINT: usize = 4096;

/// An account whose owner is there.
pub(crate) struct Login {
    /// What the provider calls it.
    pub(crate) subject: String,
    /// What the provider calls the session there.
    pub(crate) sid: Option<String>,
    /// For logging out there.
    pub(crate) id_token: Option<String>,
    /// What it tells of the account.
    pub(crate) claims: Claims,
}

/// An ID token that was checked.
struct Checked {
    subject: SubjectIdentifier,
    claims: Claims,
}

enum Failed {
    /// The key is not among those that are known.
    Key,
    Refused(Refusal),
}

impl Provider {
    /// Exchanges a code, checks what comes for it, and asks for what else the provider tells.
    pub(crate) async fn log_in(&self, code: &str, attempt: &Attempt) -> Result<Login, Refusal> {
        let mut current = self.current().await?;
        let tokens = self.exchange(&current, code, attempt).await?;
        let nonce = Nonce::new(attempt.nonce.clone());
        let mut checked = self.check(&current, &tokens, &nonce);
        if matches!(checked, Err(Failed::Key)) {
            current = self.searched(&current).await?;
            checked = self.check(&current, &tokens, &nonce);
        }
        let checked = checked.map_err(|failed| match failed {
            Failed::Key => Refusal::Token("token_key"),
            Failed::Refused(refusal) => refusal,
        })?;
        let sid = checked.claims.get("sid").and_then(Value::as_str).filter(|sid| is_name(sid)).map(str::to_owned);
        let claims = self.completed(&current, &tokens, &checked).await?;
        let subject = checked.subject.to_string();
        let id_token = tokens.id_token().map(ToString::to_string).filter(|token| token.len() <= MAX_HINT);
        Ok(Login { subject, sid, id_token, claims })
    }

    async fn exchange(&self, current: &Arc<Current>, code: &str, attempt: &Attempt) -> Result<Tokens, Refusal> {
        let request = current.client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let request = request.map_err(|_| Refusal::Away)?;
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let answer = request.set_pkce_verifier(verifier).request_async(&self.web).await;
        answer.map_err(|error| match error {
            RequestTokenError::Request(error) => self.away(&error),
            RequestTokenError::ServerResponse(_) => Refusal::Code,
            // Not the error itself: it may hold the answer.
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Refusal::Token("token_answer"),
        })
    }

    fn check(&self, current: &Current, tokens: &Tokens, nonce: &Nonce) -> Result<Checked, Failed> {
        let refused = |part| Failed::Refused(Refusal::Token(part));
        let token = tokens.id_token().ok_or_else(|| refused("token_missing"))?;
        let now = self.clock.now();
        let verifier = self.verifier(current, now);
        let claims = token.claims(&verifier, nonce).map_err(|error| failed(&error))?;
        let own = current.client.client_id();
        let party = claims.authorized_party();
        if party.is_some_and(|party| party != own) || (party.is_none() && claims.audiences().len() > 1) {
            return Err(refused("token_audience"));
        }
        if let Some(told) = claims.access_token_hash() {
            let key = token.signing_key(&verifier).map_err(|_| Failed::Key)?;
            let algorithm = token.signing_alg().map_err(|_| refused("token_signature"))?;
            let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
            if hash.ok().as_ref() != Some(told) {
                return Err(refused("token_at_hash"));
            }
        }
        if !is_name(claims.subject()) {
            return Err(refused("token_subject"));
        }
        let all = serde_json::to_value(claims).ok().and_then(object).ok_or_else(|| refused("token_claims"))?;
        Ok(Checked { subject: claims.subject().clone(), claims: all })
    }

    /// Never one that knows the client's secret: by that, a token could be signed with it.
    fn verifier<'a>(
        &'a self,
        current: &Current,
        now: DateTime<Utc>,
    ) -> IdTokenVerifier<'a, openidconnect::core::CoreJsonWebKey> {
        let config = &self.config;
        let verifier = IdTokenVerifier::new_public_client(
            current.client.client_id().clone(),
            current.issuer.clone(),
            current.keys.clone(),
        )
        .set_allowed_algs(config.algorithms.iter().copied().map(algorithm))
        // Other audiences are looked at together with `azp`.
        .set_other_audience_verifier_fn(|_| true)
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |issued| {
            let fits = issued <= now + SKEW && issued >= now - OLDEST;
            fits.then_some(()).ok_or_else(|| "issued at another time".to_owned())
        })
        .set_auth_context_verifier_fn(|acr| {
            let fits = config.acr_values.is_empty() || acr.is_some_and(|acr| config.acr_values.contains(acr));
            fits.then_some(()).ok_or_else(|| "another acr".to_owned())
        });
        let Some(age) = config.max_age.and_then(|age| TimeDelta::from_std(age).ok()) else { return verifier };
        verifier.set_auth_time_verifier_fn(move |at| {
            let fits = at.is_some_and(|at| at <= now + SKEW && now - at <= age + SKEW);
            fits.then_some(()).ok_or_else(|| "authenticated too long ago".to_owned())
        })
    }

    /// The claims of the token, completed by those of the userinfo endpoint where there is one.
    async fn completed(&self, current: &Current, tokens: &Tokens, checked: &Checked) -> Result<Claims, Refusal> {
        let mut claims = checked.claims.clone();
        let token = tokens.access_token();
        // The library takes for granted that it can stand in a header.
        if token.secret().is_empty() || !token.secret().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Refusal::Token("token_access"));
        }
        let Ok(request) = current.client.user_info(token.clone(), Some(checked.subject.clone())) else {
            return Ok(claims);
        };
        let told: Result<UserInfoClaims<Rest, openidconnect::core::CoreGenderClaim>, _> =
            request.request_async(&self.web).await;
        let told = told.map_err(|error| match error {
            UserInfoError::Request(error) => self.away(&error),
            UserInfoError::ClaimsVerification(ClaimsVerificationError::InvalidSubject(_)) => Refusal::UserInfo,
            _ => Refusal::Token("userinfo_answer"),
        })?;
        for (name, value) in serde_json::to_value(told).ok().and_then(object).unwrap_or_default() {
            claims.entry(name).or_insert(value);
        }
        Ok(claims)
    }

    fn away(&self, error: &WebError) -> Refusal {
        let provider = &self.config.id;
        tracing::warn!(provider, fault = %error, "the provider does not answer");
        Refusal::Away
    }
}

fn failed(error: &ClaimsVerificationError) -> Failed {
    use ClaimsVerificationError as Fault;
    let refusal = match error {
        Fault::SignatureVerification(SignatureVerificationError::NoMatchingKey) => return Failed::Key,
        Fault::SignatureVerification(SignatureVerificationError::DisallowedAlg(_)) => Refusal::Token("token_algorithm"),
        Fault::SignatureVerification(_) => Refusal::Token("token_signature"),
        Fault::Expired(_) => Refusal::Token("token_time"),
        Fault::InvalidAudience(_) => Refusal::Token("token_audience"),
        Fault::InvalidIssuer(_) => Refusal::Token("token_issuer"),
        Fault::InvalidNonce(_) => Refusal::Token("token_nonce"),
        Fault::InvalidAuthContext(_) => Refusal::Strength("acr"),
        Fault::InvalidAuthTime(_) => Refusal::Strength("auth_time"),
        _ => Refusal::Token("token_form"),
    };
    Failed::Refused(refusal)
}

pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NAME && !text.chars().any(char::is_control)
}

fn object(value: Value) -> Option<Claims> {
    match value {
        Value::Object(claims) => Some(claims),
        _ => None,
    }
}

const fn algorithm(configured: SignatureAlgorithm) -> CoreJwsSigningAlgorithm {
    match configured {
        SignatureAlgorithm::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        SignatureAlgorithm::Ps256 => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        SignatureAlgorithm::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        SignatureAlgorithm::EdDsa => CoreJwsSigningAlgorithm::EdDsa,
    }
}
