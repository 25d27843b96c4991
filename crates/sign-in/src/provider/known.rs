//! What a provider tells of itself, and its keys: kept for ten minutes, and looked for again, but rarely, where a token has another key.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::url::Url;
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AuthType, Client, ClientId, ClientSecret, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, JsonWebKeySet, ProviderMetadata,
    RedirectUrl, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::claims::Claims;
use crate::config::{AuthMethod, ProviderConfig};
use crate::refusal::Refusal;
use crate::web::Web;

/// What was told is good for so long.
const GOOD_FOR: Duration = Duration::from_mins(10);
/// A key that is not known is looked for so often at most: a flood of made-up keys is none for the provider.
const BETWEEN_SEARCHES: Duration = Duration::from_secs(30);
/// After a failure the provider is left alone for so long.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// Keys of one provider.
const MAX_KEYS: usize = 100;

/// All claims of a token that have no meaning of their own in OpenID.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Rest(pub(super) Claims);

impl AdditionalClaims for Rest {}

/// What a provider tells of itself beside what every provider does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Also {
    end_session_endpoint: Option<String>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl AdditionalProviderMetadata for Also {}

type Metadata = ProviderMetadata<
    Also,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// The tokens that it gives for a code.
pub(super) type Tokens = StandardTokenResponse<
    IdTokenFields<
        Rest,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// We, as it knows us.
pub(super) type RelyingParty = Client<
    Rest,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What a provider tells of itself at a moment.
pub(super) struct Current {
    pub(super) client: RelyingParty,
    pub(super) issuer: IssuerUrl,
    pub(super) keys: JsonWebKeySet<CoreJsonWebKey>,
    pub(super) end_session: Option<Url>,
    /// Whether its answers name it.
    pub(super) tells_issuer: bool,
}

/// What is known of a provider, and how to learn it.
pub(super) struct Known {
    id: String,
    issuer: IssuerUrl,
    client_id: ClientId,
    secret: Option<ClientSecret>,
    auth_type: AuthType,
    redirect: RedirectUrl,
    state: Mutex<State>,
    /// Held by who asks; the others wait for the outcome.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    held: Option<(Arc<Current>, Instant)>,
    failed: Option<Instant>,
    searched: Option<Instant>,
}

/// It told what cannot be used.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("{0} is an address that browsers and we are not sent to: write https://")]
    Address(&'static str),
    #[error("it has {0} keys, more than {MAX_KEYS}")]
    Keys(usize),
    #[error("it has no token_endpoint")]
    NoTokens,
}

impl Known {
    pub(super) fn of(config: &ProviderConfig, redirect: &str, secret: Option<ClientSecret>) -> Self {
        Self {
            id: config.id.clone(),
            issuer: IssuerUrl::new(config.issuer.clone()).expect("the configuration's check read it"),
            client_id: ClientId::new(config.client_id.clone()),
            secret,
            auth_type: match config.auth_method {
                AuthMethod::Basic => AuthType::BasicAuth,
                AuthMethod::Post => AuthType::RequestBody,
            },
            redirect: RedirectUrl::new(redirect.to_owned()).expect("the configuration's check read it"),
            state: Mutex::default(),
            flight: tokio::sync::Mutex::default(),
        }
    }

    pub(super) async fn current(&self, web: &Web) -> Result<Arc<Current>, Refusal> {
        if let Some(known) = self.at_hand()? {
            return Ok(known);
        }
        let _only_one = self.flight.lock().await;
        match self.at_hand()? {
            Some(known) => Ok(known),
            None => self.fetch(web).await,
        }
    }

    pub(super) async fn searched(&self, before: &Arc<Current>, web: &Web) -> Result<Arc<Current>, Refusal> {
        let _only_one = self.flight.lock().await;
        {
            let mut state = self.lock();
            if let Some((held, _)) = &state.held {
                // Somebody else fetched it meanwhile, or looked for a key just now.
                let just_now = state.searched.is_some_and(|at| at.elapsed() < BETWEEN_SEARCHES);
                if !Arc::ptr_eq(held, before) || just_now {
                    return Ok(Arc::clone(held));
                }
            }
            state.searched = Some(Instant::now());
        }
        self.fetch(web).await
    }

    /// What is good still; an error while the provider is left alone.
    fn at_hand(&self) -> Result<Option<Arc<Current>>, Refusal> {
        let state = self.lock();
        match &state.held {
            Some((current, since)) if since.elapsed() < GOOD_FOR => Ok(Some(Arc::clone(current))),
            _ if state.failed.is_some_and(|at| at.elapsed() < AFTER_FAILURE) => Err(Refusal::Away),
            _ => Ok(None),
        }
    }

    async fn fetch(&self, web: &Web) -> Result<Arc<Current>, Refusal> {
        let found = Metadata::discover_async(self.issuer.clone(), web).await;
        let provider = &self.id;
        let fault = match found {
            Ok(metadata) => match self.read(metadata, web) {
                Ok(current) => {
                    let current = Arc::new(current);
                    let mut state = self.lock();
                    state.held = Some((Arc::clone(&current), Instant::now()));
                    state.failed = None;
                    return Ok(current);
                }
                Err(fault) => fault.to_string(),
            },
            Err(fault) => super::chain(&fault),
        };
        tracing::warn!(provider, fault, "the provider does not tell how to log in there");
        self.lock().failed = Some(Instant::now());
        Err(Refusal::Away)
    }

    fn read(&self, metadata: Metadata, web: &Web) -> Result<Current, Unusable> {
        let also = metadata.additional_metadata().clone();
        let end_session = also.end_session_endpoint;
        let addresses = [
            ("authorization_endpoint", Some(metadata.authorization_endpoint().as_str())),
            ("token_endpoint", metadata.token_endpoint().map(|url| url.as_str())),
            ("userinfo_endpoint", metadata.userinfo_endpoint().map(|url| url.as_str())),
            ("end_session_endpoint", end_session.as_deref()),
        ];
        if let Some((name, _)) = addresses.iter().find(|(_, url)| url.is_some_and(|url| !web.allows(url))) {
            return Err(Unusable::Address(name));
        }
        if metadata.token_endpoint().is_none() {
            return Err(Unusable::NoTokens);
        }
        let keys = metadata.jwks().clone();
        if keys.keys().len() > MAX_KEYS {
            return Err(Unusable::Keys(keys.keys().len()));
        }
        Ok(Current {
            issuer: metadata.issuer().clone(),
            keys,
            end_session: end_session.and_then(|url| Url::parse(&url).ok()),
            tells_issuer: also.authorization_response_iss_parameter_supported == Some(true),
            client: RelyingParty::from_provider_metadata(metadata, self.client_id.clone(), self.secret.clone())
                .set_redirect_uri(self.redirect.clone())
                .set_auth_type(self.auth_type.clone()),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic happens under this lock")
    }
}
