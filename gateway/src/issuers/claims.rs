//! What a token of another issuer says, and which caller that makes here.
//!
//! Its signature has been checked; that does not make all of it true here. The issuer says who asks. What they may do, and how far that
//! reaches, the configuration says: the claims of a stranger grant nothing that was not written down for them.

use std::collections::BTreeSet;

use kernel::{Perimeter, PersonFacts, Principal, PrincipalKind};
use serde_json::{Map, Value};
use service_kit::access_token::{BadToken, FOREIGN};

use super::Refused;
use crate::config::IssuerConfig;

/// Bytes of a client's name, and of a person's (OpenID Connect Core 1.0, 2).
const MAX_NAME: usize = 255;

/// How the claims of one issuer are read.
pub(super) struct Rules {
    issuer: String,
    audiences: BTreeSet<String>,
    skew_s: i64,
    client: Vec<String>,
    scope: Vec<String>,
    allowed_scopes: BTreeSet<String>,
    perimeter: Perimeter,
}

impl Rules {
    pub(super) fn of(config: &IssuerConfig) -> Self {
        let named = |claim: &Option<String>, usual: [&str; 2]| match claim {
            Some(claim) => vec![claim.clone()],
            None => usual.map(str::to_owned).to_vec(),
        };
        Self {
            issuer: config.issuer.clone(),
            audiences: config.audiences.clone(),
            skew_s: i64::try_from(config.clock_skew.as_secs()).unwrap_or(i64::MAX),
            client: named(&config.client_claim, ["client_id", "azp"]),
            scope: named(&config.scope_claim, ["scope", "scp"]),
            allowed_scopes: config.allowed_scopes.clone(),
            perimeter: config.perimeter(),
        }
    }

    /// Who asks, and the second from which on that is no longer true.
    pub(super) fn caller(&self, claims: &Map<String, Value>, now: i64) -> Result<(Principal, i64), Refused> {
        if claims.get("iss").and_then(Value::as_str) != Some(self.issuer.as_str()) {
            return Err(Refused::Claim("iss".to_owned()));
        }
        if !words(claims.get("aud")).iter().any(|audience| self.audiences.contains(*audience)) {
            return Err(Refused::Audience);
        }
        let expires = self.expires(claims, now)?;
        // A token that is good together with a proof alone is worth nothing without one, and proofs are not read here.
        if claims.contains_key("cnf") {
            return Err(Refused::Bound);
        }
        Ok((self.principal(claims)?, expires))
    }

    fn expires(&self, claims: &Map<String, Value>, now: i64) -> Result<i64, Refused> {
        let expires = seconds(claims, "exp")?.ok_or_else(|| Refused::Claim("exp".to_owned()))?;
        let expires = expires.saturating_add(self.skew_s);
        if now >= expires {
            return Err(Refused::Token(BadToken::Expired));
        }
        for claim in ["nbf", "iat"] {
            if seconds(claims, claim)?.is_some_and(|from| from > now.saturating_add(self.skew_s)) {
                return Err(Refused::NotYet);
            }
        }
        Ok(expires)
    }

    /// A client that asks for itself is told by its own name as the subject (RFC 9068, 2.2); any other subject is a person.
    fn principal(&self, claims: &Map<String, Value>) -> Result<Principal, Refused> {
        let named = self.client.iter().find_map(|claim| claims.get(claim).map(|value| (claim, value)));
        let (claim, client) = named.ok_or_else(|| Refused::Claim(self.client.join(" or ")))?;
        let client = name(client).ok_or_else(|| Refused::Claim(claim.clone()))?;
        let subject = claims.get("sub").and_then(name).ok_or_else(|| Refused::Claim("sub".to_owned()))?;
        let (kind, person) = if subject == client {
            (PrincipalKind::Application, None)
        } else {
            (PrincipalKind::Person, Some(PersonFacts { subject: subject.to_owned(), ..PersonFacts::default() }))
        };
        let scope = self.scope.iter().find_map(|claim| claims.get(claim));
        let granted = words(scope).into_iter().flat_map(str::split_ascii_whitespace);
        Ok(Principal {
            kind,
            client: Some(format!("{}{FOREIGN}{client}", self.issuer)),
            scopes: granted.filter(|scope| self.allowed_scopes.contains(*scope)).map(str::to_owned).collect(),
            perimeter: self.perimeter.clone(),
            person,
        })
    }
}

/// A text or a list of texts.
fn words(claim: Option<&Value>) -> Vec<&str> {
    match claim {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// A moment in seconds; parts of one are dropped.
fn seconds(claims: &Map<String, Value>, claim: &str) -> Result<Option<i64>, Refused> {
    let Some(value) = claims.get(claim) else { return Ok(None) };
    // A number beyond any clock becomes the last second that there is.
    #[expect(clippy::cast_possible_truncation, reason = "it saturates, which is what is wanted")]
    let whole = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64));
    whole.map(Some).ok_or_else(|| Refused::Claim(claim.to_owned()))
}

fn name(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty() && text.len() <= MAX_NAME && !text.chars().any(char::is_control))
}
