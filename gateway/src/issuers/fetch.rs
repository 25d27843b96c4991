//! Where an issuer's keys come from: an address, discovery, or a file.

use std::path::PathBuf;
use std::sync::OnceLock;

use ::http::header::{self, HeaderMap};
use ::http::{Request, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use serde::Deserialize;
use tokio::io::AsyncReadExt;

use super::endpoint::Endpoint;
use super::key_set::{BadKeySet, KeySet};
use crate::config::IssuerConfig;
use crate::subgraph::{BadAddress, Connections};

/// Bytes of a key set, and of what an issuer tells of itself.
const MAX_BYTES: usize = 256 << 10;

/// The keys could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// No way leads there.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// Nobody answered, or the answer broke off.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, String),
    /// It took too long.
    #[error("they did not come in time")]
    TimedOut,
    /// The answer is none. Redirections are not followed: who answers is who was named.
    #[error("{0} answered with status {1}")]
    Status(String, StatusCode),
    /// The answer is longer than an honest one.
    #[error("{0} is longer than {MAX_BYTES} bytes")]
    TooLong(String),
    /// The file cannot be read.
    #[error("{0} cannot be read: {1}")]
    File(String, std::io::Error),
    /// What an issuer tells of itself is not what discovery asks for.
    #[error("discovery: {0}")]
    Discovery(String),
    /// What came is no key set.
    #[error(transparent)]
    Keys(#[from] BadKeySet),
}

/// Keys as they came.
pub(super) struct Fetched {
    pub(super) keys: KeySet,
    /// For how many seconds they are good, where that was told.
    pub(super) max_age_s: Option<u32>,
}

/// Where an issuer's keys are.
pub(super) struct Source {
    place: Place,
    web: Web,
}

enum Place {
    File(PathBuf),
    Url(Endpoint),
    /// At the address that the issuer tells.
    Discovered {
        issuer: String,
        at: Endpoint,
    },
    /// None: nothing can be fetched. The configuration's check lets nobody come to this.
    Nowhere,
}

/// What an issuer tells of itself, as far as it is asked for.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Source {
    pub(super) fn of(config: &IssuerConfig) -> Self {
        let place = match (&config.jwks_file, &config.jwks_url) {
            (Some(path), _) => Some(Place::File(path.clone())),
            (None, Some(url)) => Endpoint::parse(url).map(Place::Url),
            (None, None) => {
                Endpoint::of_discovery(&config.issuer).map(|at| Place::Discovered { issuer: config.issuer.clone(), at })
            }
        };
        Self { place: place.unwrap_or(Place::Nowhere), web: Web::default() }
    }

    /// Whether somebody on the way could put keys of their own in the place of the issuer's.
    pub(super) fn is_open(&self) -> bool {
        matches!(&self.place, Place::Url(at) | Place::Discovered { at, .. } if !at.secure)
    }

    pub(super) async fn fetch(&self) -> Result<Fetched, FetchError> {
        match &self.place {
            Place::File(path) => {
                let bytes = read(path).await?;
                Ok(Fetched { keys: KeySet::read(&bytes)?, max_age_s: None })
            }
            Place::Url(at) => self.keys_at(at).await,
            Place::Discovered { issuer, at } => {
                let found = self.discover(issuer, at).await?;
                self.keys_at(&found).await
            }
            Place::Nowhere => Err(FetchError::Discovery("there is no address to ask".to_owned())),
        }
    }

    async fn keys_at(&self, at: &Endpoint) -> Result<Fetched, FetchError> {
        let (headers, bytes) = self.web.get(at).await?;
        Ok(Fetched { keys: KeySet::read(&bytes)?, max_age_s: max_age(&headers) })
    }

    async fn discover(&self, issuer: &str, at: &Endpoint) -> Result<Endpoint, FetchError> {
        let (_, bytes) = self.web.get(at).await?;
        let told: Discovery = serde_json::from_slice(&bytes)
            .map_err(|error| FetchError::Discovery(format!("{} tells no issuer and jwks_uri: {error}", at.uri)))?;
        if told.issuer != issuer {
            return Err(FetchError::Discovery(format!(
                "{} is of the issuer {:?}, not of {issuer:?}",
                at.uri, told.issuer
            )));
        }
        let keys = Endpoint::parse(&told.jwks_uri).filter(|keys| keys.secure || !at.secure);
        keys.ok_or_else(|| FetchError::Discovery(format!("the jwks_uri {:?} cannot be used", told.jwks_uri)))
    }
}

/// Connections to issuers. That by TLS is opened when it is first needed, since it reads the machine's certificates.
#[derive(Default)]
struct Web {
    plain: OnceLock<Connections<Empty<Bytes>>>,
    tls: OnceLock<Connections<Empty<Bytes>>>,
}

impl Web {
    async fn get(&self, at: &Endpoint) -> Result<(HeaderMap, Bytes), FetchError> {
        let name = || at.uri.to_string();
        let unreachable = |error: &dyn std::fmt::Display| FetchError::Unreachable(name(), error.to_string());
        let request = Request::get(at.uri.clone())
            .header(header::ACCEPT, "application/json")
            .body(Empty::new())
            .map_err(|error| unreachable(&error))?;
        let response = self.to(at)?.send(request).await.map_err(|error| unreachable(&error))?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(name(), response.status()));
        }
        let (head, body) = response.into_parts();
        match Limited::new(body, MAX_BYTES).collect().await {
            Ok(whole) => Ok((head.headers, whole.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => Err(FetchError::TooLong(name())),
            Err(error) => Err(unreachable(&error)),
        }
    }

    fn to(&self, at: &Endpoint) -> Result<&Connections<Empty<Bytes>>, BadAddress> {
        let kept = if at.secure { &self.tls } else { &self.plain };
        if let Some(open) = kept.get() {
            return Ok(open);
        }
        let open = Connections::open(at.secure)?;
        Ok(kept.get_or_init(|| open))
    }
}

async fn read(path: &PathBuf) -> Result<Vec<u8>, FetchError> {
    let failed = |error| FetchError::File(path.display().to_string(), error);
    let file = tokio::fs::File::open(path).await.map_err(failed)?;
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut bytes).await.map_err(failed)?;
    if bytes.len() > MAX_BYTES {
        return Err(FetchError::TooLong(path.display().to_string()));
    }
    Ok(bytes)
}

/// `max-age` of `Cache-Control`.
fn max_age(headers: &HeaderMap) -> Option<u32> {
    let values = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let mut directives = values.flat_map(|value| value.split(',')).filter_map(|one| one.trim().split_once('='));
    directives.find(|(name, _)| name.eq_ignore_ascii_case("max-age"))?.1.trim_matches('"').parse().ok()
}
