//! Checking tokens: the half that holds the public key.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Mutex;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use kernel::{Clock, Principal};
use sha2::{Digest, Sha256};

use super::claims::Claims;
use crate::keys::{self, KeyError};

/// Clocks of two machines may differ by this.
const LEEWAY_S: i64 = 30;
/// Tokens whose signature was checked are remembered, this many at most.
const REMEMBERED: usize = 4096;
/// Longer ones are not looked at.
const MAX_BYTES: usize = 8 << 10;

/// A token makes nobody known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It has not the form of one: a part of it, or something else.
    #[error("the access token is no JWT: is all of it there?")]
    Malformed,
    /// It is none of this installation's, or was altered.
    #[error("the access token is none of this installation's")]
    Invalid,
    /// It was good once.
    #[error("the access token has expired")]
    Expired,
}

/// Checks access tokens of the installation's own issuer.
pub struct Verifier {
    key: DecodingKey,
    pub(super) clock: Clock,
    /// By the token's hash, so that no token lies in memory for longer than its request.
    seen: Mutex<HashMap<[u8; 32], (Principal, i64)>>,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Verifier")
    }
}

impl Verifier {
    /// Reads the public key.
    ///
    /// # Errors
    /// When the file cannot be read or holds no such key.
    pub fn from_file(path: &Path, clock: Clock) -> Result<Self, KeyError> {
        Ok(Self { key: keys::public(path)?, clock, seen: Mutex::default() })
    }

    /// Who a token makes known.
    ///
    /// # Errors
    /// When it is malformed, of another issuer or for another audience, altered, or has expired.
    pub fn verify(&self, token: &str) -> Result<Principal, BadToken> {
        if token.len() > MAX_BYTES {
            return Err(BadToken::Invalid);
        }
        if token.split('.').count() != 3 {
            return Err(BadToken::Malformed);
        }
        let now = self.clock.now().timestamp();
        let hash: [u8; 32] = Sha256::digest(token).into();
        if let Some((principal, expires)) = self.seen.lock().expect("no panic happens under this lock").get(&hash) {
            return if now < *expires { Ok(principal.clone()) } else { Err(BadToken::Expired) };
        }
        let claims = self.decode(token).ok_or(BadToken::Invalid)?;
        if claims.iat > now.saturating_add(LEEWAY_S) {
            return Err(BadToken::Invalid);
        }
        let expires = claims.exp.saturating_add(LEEWAY_S);
        if now >= expires {
            return Err(BadToken::Expired);
        }
        let principal = claims.principal();
        self.remember(hash, principal.clone(), expires, now);
        Ok(principal)
    }

    fn decode(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[super::ISSUER]);
        validation.set_audience(&[super::AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The clock is ours to choose: expiry is compared by the caller.
        validation.validate_exp = false;
        let decoded = jsonwebtoken::decode::<Claims>(token, &self.key, &validation).ok()?;
        let of_our_type = decoded.header.typ.is_some_and(|typ| typ.eq_ignore_ascii_case(super::TYPE));
        let own_client = !decoded.claims.client_id.contains(super::FOREIGN);
        (of_our_type && own_client).then_some(decoded.claims)
    }

    fn remember(&self, hash: [u8; 32], principal: Principal, expires: i64, now: i64) {
        let mut seen = self.seen.lock().expect("no panic happens under this lock");
        if seen.len() >= REMEMBERED {
            seen.retain(|_, (_, expires)| now < *expires);
            if seen.len() >= REMEMBERED {
                seen.clear();
            }
        }
        seen.insert(hash, (principal, expires));
    }
}
