//! Logout tokens: the provider itself says that a session there has ended (OpenID Connect Back-Channel Logout 1.0, 2.6).

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::{Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Provider;
use super::known::Current;
use super::login::is_name;
use crate::config::SignatureAlgorithm;
use crate::refusal::Refusal;

/// Bytes of a token.
const MAX_BYTES: usize = 16 << 10;
/// A token is for this moment, by clocks that may differ a little.
const OLDEST: TimeDelta = TimeDelta::minutes(5);
const SKEW: TimeDelta = TimeDelta::seconds(60);

/// The event that such a token tells.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Whose sessions have ended there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoggedOut {
    /// The one session, where it is named.
    pub(crate) sid: Option<String>,
    /// The account.
    pub(crate) subject: Option<String>,
    /// The token's own name.
    pub(crate) jti: String,
    /// Until when the token could be shown again.
    pub(crate) until: DateTime<Utc>,
}

/// It is no logout token of this provider for us, now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadLogout(pub(crate) &'static str);

#[derive(Deserialize)]
struct Told {
    iss: String,
    aud: Value,
    iat: i64,
    exp: Option<i64>,
    jti: String,
    events: Map<String, Value>,
    sid: Option<String>,
    sub: Option<String>,
    nonce: Option<Value>,
}

impl Provider {
    pub(crate) async fn logged_out(&self, token: &str) -> Result<LoggedOut, BadLogout> {
        if token.len() > MAX_BYTES {
            return Err(BadLogout("length"));
        }
        let header = decode_header(token).map_err(|_| BadLogout("form"))?;
        self.check_header(&header)?;
        let away = |_: Refusal| BadLogout("provider_away");
        let mut current = self.current().await.map_err(away)?;
        if key(&current, &header).is_none() {
            current = self.searched(&current).await.map_err(away)?;
        }
        let key = key(&current, &header).ok_or(BadLogout("key"))?;
        let mut validation = Validation::new(header.alg);
        // Claims are looked at here, by a clock that can be chosen.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let told = decode::<Told>(token, &key, &validation).map_err(|_| BadLogout("signature_or_claims"))?.claims;
        self.read(told)
    }

    fn check_header(&self, header: &Header) -> Result<(), BadLogout> {
        if !self.config.algorithms.iter().any(|allowed| algorithm(*allowed) == header.alg) {
            return Err(BadLogout("algorithm"));
        }
        if header.crit.is_some() {
            return Err(BadLogout("critical"));
        }
        let kind = header.typ.as_deref().unwrap_or("JWT");
        let kind = kind.strip_prefix("application/").unwrap_or(kind);
        let known = ["logout+jwt", "JWT"].iter().any(|known| known.eq_ignore_ascii_case(kind));
        known.then_some(()).ok_or(BadLogout("type"))
    }

    fn read(&self, told: Told) -> Result<LoggedOut, BadLogout> {
        let demand = |holds: bool, part| holds.then_some(()).ok_or(BadLogout(part));
        demand(told.iss == self.config.issuer, "issuer")?;
        let for_us = |audience: &Value| audience.as_str() == Some(&self.config.client_id);
        demand(
            told.aud.as_array().map_or_else(|| for_us(&told.aud), |all| !all.is_empty() && all.iter().all(for_us)),
            "audience",
        )?;
        // By it, a token for logging in could be taken for one for logging out.
        demand(told.nonce.is_none(), "nonce")?;
        demand(told.events.get(EVENT).is_some_and(Value::is_object), "events")?;
        demand(is_name(&told.jti), "jti")?;
        demand([&told.sid, &told.sub].into_iter().flatten().all(|name| is_name(name)), "subject")?;
        demand(told.sid.is_some() || told.sub.is_some(), "subject")?;
        let now = self.clock.now();
        let issued = DateTime::from_timestamp(told.iat, 0).ok_or(BadLogout("time"))?;
        demand(issued <= now + SKEW && issued >= now - OLDEST, "time")?;
        demand(told.exp.is_none_or(|exp| exp > now.timestamp()), "time")?;
        Ok(LoggedOut { sid: told.sid, subject: told.sub, jti: told.jti, until: issued + OLDEST + SKEW })
    }
}

/// The key that a token names; a token that names none means the only one for its algorithm.
fn key(current: &Current, header: &Header) -> Option<DecodingKey> {
    let mut fitting = current.keys.keys().iter().filter_map(|key| fitting(serde_json::to_value(key).ok()?, header));
    let found = fitting.next()?;
    (header.kid.is_some() || fitting.next().is_none()).then_some(found)
}

fn fitting(key: Value, header: &Header) -> Option<DecodingKey> {
    let key: Jwk = serde_json::from_value(key).ok()?;
    let common = &key.common;
    let fits = common.public_key_use.as_ref().is_none_or(|only| *only == PublicKeyUse::Signature)
        && common.key_algorithm.is_none_or(|only| only == KeyAlgorithm::from(header.alg))
        && (header.kid.is_none() || header.kid == common.key_id);
    let decoding = fits.then(|| DecodingKey::from_jwk(&key).ok()).flatten()?;
    (decoding.family() == header.alg.family() && has_size(&decoding, header.alg)).then_some(decoding)
}

/// Whether a key is as long as its algorithm's are; the library takes that for granted.
fn has_size(key: &DecodingKey, algorithm: Algorithm) -> bool {
    match algorithm {
        // A point is written with a byte in front of its two coordinates.
        Algorithm::ES256 => key.try_get_as_bytes().is_ok_and(|point| point.len() == 1 + 2 * 32),
        Algorithm::EdDSA => key.try_get_as_bytes().is_ok_and(|bytes| bytes.len() == 32),
        _ => true,
    }
}

const fn algorithm(configured: SignatureAlgorithm) -> Algorithm {
    match configured {
        SignatureAlgorithm::Rs256 => Algorithm::RS256,
        SignatureAlgorithm::Ps256 => Algorithm::PS256,
        SignatureAlgorithm::Es256 => Algorithm::ES256,
        SignatureAlgorithm::EdDsa => Algorithm::EdDSA,
    }
}
