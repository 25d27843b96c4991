//! The signed token by which the gateway tells a subgraph who asks.
//!
//! Ed25519: the gateway holds the private key, subgraphs hold the public one and can verify but not make a token. One
//! token is made for each caller and reused for a minute; it is good for two.

use std::path::Path;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderMap;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use kernel::{Clock, Principal};
use serde::{Deserialize, Serialize};

use crate::keys;
pub use crate::keys::{KeyError, KeyFiles};

/// The header that carries the token from gateway to subgraph.
pub const HEADER: &str = "passerelle-principal";

const ISSUER: &str = "passerelle-gateway";
const AUDIENCE: &str = "passerelle-subgraph";
const REUSED: TimeDelta = TimeDelta::seconds(60);
const LIFETIME: TimeDelta = TimeDelta::seconds(120);
/// Clocks of two machines may differ by this.
const LEEWAY_S: u64 = 30;
/// Tokens remembered at most, by signer and by verifier.
const REMEMBERED: usize = 4096;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
    principal: Principal,
}

/// Makes principal tokens: the gateway's half.
pub struct Signer {
    key: EncodingKey,
    clock: Clock,
    made: Mutex<std::collections::HashMap<Principal, (String, DateTime<Utc>)>>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Signer")
    }
}

impl Signer {
    /// Reads the private key.
    ///
    /// # Errors
    /// When the file cannot be read or holds no such key.
    pub fn from_file(path: &Path, clock: Clock) -> Result<Self, KeyError> {
        Ok(Self { key: keys::private(path)?, clock, made: Mutex::default() })
    }

    /// The token of `principal`: the one made within the last minute, or a new one.
    pub fn token(&self, principal: &Principal) -> String {
        let now = self.clock.now();
        // The lock is held for a look-up or an insertion, never across an await.
        let mut made = self.made.lock().expect("no panic happens under this lock");
        if let Some((token, _)) = made.get(principal).filter(|(_, at)| now - *at < REUSED) {
            return token.clone();
        }
        if made.len() >= REMEMBERED {
            made.retain(|_, (_, at)| now - *at < REUSED);
            if made.len() >= REMEMBERED {
                made.clear();
            }
        }
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
            principal: principal.clone(),
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.key)
            .expect("claims of plain types and a key that was read as Ed25519 always sign");
        made.insert(principal.clone(), (token.clone(), now));
        token
    }
}

/// Checks principal tokens: the subgraph's half.
pub struct Verifier {
    key: DecodingKey,
    clock: Clock,
    seen: Mutex<std::collections::HashMap<String, (Principal, i64)>>,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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

    /// Who asks, as the header of a request from our gateway says.
    pub fn caller(&self, headers: &HeaderMap) -> Option<Principal> {
        self.verify(headers.get(HEADER)?.to_str().ok()?)
    }

    /// Who asks, if the token was made by our gateway and is still good.
    pub fn verify(&self, token: &str) -> Option<Principal> {
        let now = self.clock.now().timestamp();
        let mut seen = self.seen.lock().expect("no panic happens under this lock");
        if let Some((principal, expires)) = seen.get(token) {
            return (now < *expires).then(|| principal.clone());
        }
        drop(seen);
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.leeway = LEEWAY_S;
        // The clock is ours to choose: expiry is compared below.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.key, &validation).ok()?.claims;
        let expires = claims.exp.saturating_add(i64::try_from(LEEWAY_S).unwrap_or(0));
        if now >= expires {
            return None;
        }
        seen = self.seen.lock().expect("no panic happens under this lock");
        if seen.len() >= REMEMBERED {
            seen.retain(|_, (_, expires)| now < *expires);
            if seen.len() >= REMEMBERED {
                seen.clear();
            }
        }
        seen.insert(token.to_owned(), (claims.principal.clone(), expires));
        Some(claims.principal)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn at(text: &str) -> Clock {
        Clock::Fixed(text.parse().expect("a moment"))
    }

    #[test]
    fn a_token_is_reused_for_a_minute_and_good_for_two() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = KeyFiles::under(folder.path());
        files.ensure().expect("keys");
        let key = fs::read(&files.private).expect("read");
        files.ensure().expect("a second start keeps them");
        assert_eq!(fs::read(&files.private).expect("read"), key);

        let token = Signer::from_file(&files.private, at("2026-01-01T00:00:00Z"))
            .expect("signer")
            .token(&Principal::anonymous());
        let verify = |when| Verifier::from_file(&files.public, at(when)).expect("verifier").verify(&token);
        assert_eq!(verify("2026-01-01T00:01:59Z"), Some(Principal::anonymous()));
        assert_eq!(verify("2026-01-01T00:02:31Z"), None);
    }

    #[test]
    fn another_key_or_an_altered_token_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let (ours, theirs) = (KeyFiles::under(&folder.path().join("a")), KeyFiles::under(&folder.path().join("b")));
        ours.ensure().expect("keys");
        theirs.ensure().expect("keys");
        let clock = at("2026-01-01T00:00:00Z");
        let token = Signer::from_file(&theirs.private, clock).expect("signer").token(&Principal::anonymous());
        let verifier = Verifier::from_file(&ours.public, clock).expect("verifier");
        assert_eq!(verifier.verify(&token), None);
        let good = Signer::from_file(&ours.private, clock).expect("signer").token(&Principal::anonymous());
        assert_eq!(verifier.verify(&good), Some(Principal::anonymous()));
        let (head, signature) = good.rsplit_once('.').expect("three parts");
        let none = "eyJhbGciOiJub25lIn0";
        let payload = head.split_once('.').expect("two parts").1;
        for bad in [
            format!("{head}."),
            format!("{none}.{payload}."),
            format!("{none}.{payload}.{signature}"),
            String::new(),
            "x".repeat(100),
        ] {
            assert_eq!(verifier.verify(&bad), None, "{bad}");
        }
        assert!(Verifier::from_file(&ours.private, clock).is_err());
        assert!(Signer::from_file(&ours.public, clock).is_err());
    }
}
