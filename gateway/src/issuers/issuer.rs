//! One issuer: which tokens are its own, and who they make known.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use kernel::Principal;
use quick_cache::sync::Cache;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Refused;
use super::claims::Rules;
use super::kept::{Kept, NoKeys};
use crate::config::{IssuerConfig, SignatureAlgorithm};

/// Tokens whose signature was checked are remembered, this many at most.
const REMEMBERED: usize = 4096;

/// An issuer of the configuration.
pub(super) struct Issuer {
    rules: Rules,
    algorithms: Vec<Algorithm>,
    types: Vec<String>,
    pub(super) keys: Arc<Kept>,
    /// By the token's hash, so that no token lies in memory for longer than its request.
    seen: Cache<[u8; 32], Arc<Seen>>,
}

/// A token that was good.
struct Seen {
    principal: Principal,
    expires: i64,
    /// Of the keys that it was checked with: another edition may lack its key.
    edition: u64,
}

impl Issuer {
    pub(super) fn of(config: &IssuerConfig) -> Self {
        Self {
            rules: Rules::of(config),
            algorithms: config.algorithms.iter().copied().map(algorithm).collect(),
            types: config.token_types.iter().cloned().collect(),
            keys: Kept::of(config),
            seen: Cache::new(REMEMBERED),
        }
    }

    /// Who a token makes known.
    pub(super) async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Principal, Refused> {
        let header = decode_header(token).map_err(|_| Refused::Header)?;
        self.check(&header)?;
        let mut current = self.keys.current(now).await?;
        let hash: [u8; 32] = Sha256::digest(token).into();
        let second = now.timestamp();
        if let Some(seen) = self.seen.get(&hash)
            && seen.edition == current.edition
            && second < seen.expires
        {
            return Ok(seen.principal.clone());
        }
        let id = header.kid.as_deref();
        if current.keys.find(id, header.alg).is_none() {
            current = self.keys.searched(now).await?;
        }
        let key = current.keys.find(id, header.alg).ok_or_else(|| self.without_key())?;
        let claims = signed(token, key, header.alg)?;
        let (principal, expires) = self.rules.caller(&claims, second)?;
        let seen = Seen { principal: principal.clone(), expires, edition: current.edition };
        self.seen.insert(hash, Arc::new(seen));
        Ok(principal)
    }

    /// What is certain before any key is looked at.
    fn check(&self, header: &Header) -> Result<(), Refused> {
        if !self.algorithms.contains(&header.alg) {
            return Err(Refused::Header);
        }
        // Whatever it is that must be understood, it is not understood here (RFC 7515, 4.1.11).
        if header.crit.is_some() {
            return Err(Refused::Critical);
        }
        let named = header.typ.as_deref().unwrap_or("JWT");
        // The long form means the same (RFC 7515, 4.1.9).
        let named = named.strip_prefix("application/").unwrap_or(named);
        if !self.types.iter().any(|known| known.eq_ignore_ascii_case(named)) {
            return Err(Refused::Type);
        }
        Ok(())
    }

    fn without_key(&self) -> Refused {
        if self.keys.is_cut_off() { Refused::Unavailable } else { Refused::Key }
    }
}

/// The claims of a token that this key signed.
fn signed(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Result<Map<String, Value>, Refused> {
    let mut validation = Validation::new(algorithm);
    // Claims are the caller's to look at, by a clock that can be chosen.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    decode(token, key, &validation).map(|token| token.claims).map_err(|_| Refused::Signature)
}

impl From<NoKeys> for Refused {
    fn from(_: NoKeys) -> Self {
        Self::Unavailable
    }
}

fn algorithm(configured: SignatureAlgorithm) -> Algorithm {
    match configured {
        SignatureAlgorithm::Rs256 => Algorithm::RS256,
        SignatureAlgorithm::Rs384 => Algorithm::RS384,
        SignatureAlgorithm::Rs512 => Algorithm::RS512,
        SignatureAlgorithm::Ps256 => Algorithm::PS256,
        SignatureAlgorithm::Ps384 => Algorithm::PS384,
        SignatureAlgorithm::Ps512 => Algorithm::PS512,
        SignatureAlgorithm::Es256 => Algorithm::ES256,
        SignatureAlgorithm::Es384 => Algorithm::ES384,
        SignatureAlgorithm::EdDsa => Algorithm::EdDSA,
    }
}
