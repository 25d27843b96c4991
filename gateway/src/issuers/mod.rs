//! Who is known by an access token: the installation's own issuer, and those of the configuration.
//!
//! `iss` is read before anything is believed, and chooses nothing but by whose keys and rules the token is looked at.

mod claims;
mod endpoint;
mod fetch;
mod issuer;
mod kept;
mod key_set;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use jsonwebtoken::dangerous::insecure_decode_claims;
use kernel::{Clock, Principal};
use serde::Deserialize;
use service_kit::access_token::{BadToken, ISSUER, Verifier};

use crate::config::IssuerConfig;
pub(crate) use endpoint::Endpoint;
use issuer::Issuer;

/// Longer tokens are not looked at.
const MAX_BYTES: usize = 8 << 10;

/// A token makes nobody known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// Whoever issued it, it is not good.
    #[error(transparent)]
    Token(#[from] BadToken),
    /// It is too long.
    #[error("the access token is longer than 8 KB")]
    TooLong,
    /// Nobody here knows its issuer.
    #[error("the access token is of no issuer that is known here; look at its iss")]
    Issuer,
    /// Its header cannot be read, or its algorithm is not one of its issuer's.
    #[error("the access token is signed in no way that is accepted of its issuer; look at its alg")]
    Header,
    /// It asks for something that this gateway does not do.
    #[error("the access token asks for extensions that are not known here (crit)")]
    Critical,
    /// It is another kind of token.
    #[error("the token is no access token; look at its typ")]
    Type,
    /// Its issuer has no such key.
    #[error("the access token is signed with no key of its issuer that fits; ask the issuer for a new one")]
    Key,
    /// Somebody altered it, or somebody else signed it.
    #[error("the access token was altered, or its issuer has not signed it")]
    Signature,
    /// It is for somebody else.
    #[error("the access token is for another API; ask its issuer for one whose aud is this API")]
    Audience,
    /// It is of the future.
    #[error("the access token is not valid yet; are the clocks right?")]
    NotYet,
    /// A claim is missing, or not what it should be.
    #[error("the access token lacks {0}, or it is not of its form")]
    Claim(String),
    /// It is good only together with a proof.
    #[error("the access token is bound to a key (cnf), which this gateway cannot check; ask for a bearer token")]
    Bound,
    /// The issuer's keys cannot be had.
    #[error("the keys of the access token's issuer cannot be fetched at present; try again later")]
    Unavailable,
}

/// Everybody whose tokens are known.
pub(crate) struct Issuers {
    own: Option<Verifier>,
    others: HashMap<String, Issuer>,
}

/// All that is read of a token before its issuer is known.
#[derive(Deserialize)]
struct Named {
    iss: Option<String>,
}

impl Issuers {
    pub(crate) fn of(own: Option<Verifier>, others: &[IssuerConfig]) -> Self {
        let others = others.iter().map(|config| (config.issuer.clone(), Issuer::of(config))).collect();
        Self { own, others }
    }

    /// Whether there is anybody: without, a token means nothing.
    pub(crate) fn any(&self) -> bool {
        self.own.is_some() || !self.others.is_empty()
    }

    /// Begins to fetch the keys, so that the first token need not wait, and the log says early what is wrong.
    pub(crate) fn prepare(&self) {
        let now = Clock::System.now();
        self.others.values().for_each(|issuer| issuer.keys.renew_beside(now));
    }

    /// Who a token makes known.
    pub(crate) async fn verify(&self, token: &str) -> Result<Principal, Refused> {
        self.verify_at(token, Clock::System.now()).await
    }

    async fn verify_at(&self, token: &str, now: DateTime<Utc>) -> Result<Principal, Refused> {
        if token.len() > MAX_BYTES {
            return Err(Refused::TooLong);
        }
        match self.issuer(token)? {
            Some(issuer) => issuer.verify(token, now).await,
            None => Ok(self.own.as_ref().ok_or(Refused::Issuer)?.verify(token)?),
        }
    }

    /// The issuer that a token names; none for the installation's own.
    fn issuer(&self, token: &str) -> Result<Option<&Issuer>, Refused> {
        if self.others.is_empty() {
            return Ok(None);
        }
        let named = insecure_decode_claims::<Named>(token).map_err(|_| BadToken::Malformed)?;
        match named.iss {
            Some(own) if own == ISSUER => Ok(None),
            Some(iss) => Ok(Some(self.others.get(&iss).ok_or(Refused::Issuer)?)),
            None => Err(Refused::Issuer),
        }
    }
}
