//! `[[gateway.issuers]]`: others whose access tokens are known, where their keys are, and what their tokens may do here.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use kernel::{EstablishmentKind, LegalStatus, Perimeter, TerritoryId};
use serde::{Deserialize, Serialize};
use service_kit::access_token::{FOREIGN, ISSUER};

use crate::issuers::Endpoint;

/// An issuer beside the installation's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IssuerConfig {
    /// `iss` of its tokens, letter by letter.
    pub issuer: String,
    /// Where its keys are, as a JWK Set. Without it and `jwks_file` they are found by OpenID discovery.
    pub jwks_url: Option<String>,
    /// A file that holds its keys, as a JWK Set.
    pub jwks_file: Option<PathBuf>,
    /// `aud` of its tokens for this API: one of these.
    pub audiences: BTreeSet<String>,
    /// How its tokens may be signed.
    pub algorithms: BTreeSet<SignatureAlgorithm>,
    /// `typ` of its tokens' headers; a token without one is a `JWT`.
    pub token_types: BTreeSet<String>,
    /// How far its clock and ours may differ; five minutes at most.
    #[serde(with = "humantime_serde")]
    pub clock_skew: Duration,
    /// The claim that names the client. Without it: `client_id`, else `azp`.
    pub client_claim: Option<String>,
    /// The claim that names the scopes, a list or parted by spaces. Without it: `scope`, else `scp`.
    pub scope_claim: Option<String>,
    /// Scopes that its tokens may grant here. What a token names beside them counts for nothing.
    pub allowed_scopes: BTreeSet<String>,
    /// Territories that its tokens' rights reach.
    pub territories: BTreeSet<String>,
    /// ENT projects that its tokens' rights reach.
    pub projects: BTreeSet<String>,
    /// Kinds of establishment that these rights are narrowed to.
    pub establishment_kinds: BTreeSet<EstablishmentKind>,
    /// Legal status that these rights are narrowed to.
    pub legal_status: BTreeSet<LegalStatus>,
    /// After this its keys are fetched again; sooner where its answer says so (`Cache-Control: max-age`).
    #[serde(with = "humantime_serde")]
    pub keys_max_age: Duration,
    /// How long the keys that were fetched last are good while they cannot be fetched again.
    #[serde(with = "humantime_serde")]
    pub keys_outage: Duration,
    /// How long fetching its keys may take, discovery with it.
    #[serde(with = "humantime_serde")]
    pub keys_timeout: Duration,
}

/// A way to sign with a private key that the issuer alone has. Secrets that both sides know (`HS...`) and `none` are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SignatureAlgorithm {
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rs256,
    /// RSA PKCS#1 v1.5 with SHA-384.
    Rs384,
    /// RSA PKCS#1 v1.5 with SHA-512.
    Rs512,
    /// RSA PSS with SHA-256.
    Ps256,
    /// RSA PSS with SHA-384.
    Ps384,
    /// RSA PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256.
    Es256,
    /// ECDSA on P-384.
    Es384,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

/// The clocks of two machines that are set at all do not differ by more.
const LONGEST_SKEW: Duration = Duration::from_mins(5);
/// Keys are not fetched more often than this.
const SHORTEST_AGE: Duration = Duration::from_secs(10);
/// Nor may a key that was withdrawn be good for longer than this while its issuer can be asked.
const LONGEST_AGE: Duration = Duration::from_hours(24);

/// Whoever comes with the first token waits for the keys.
const LONGEST_FETCH: Duration = Duration::from_secs(30);

impl Default for IssuerConfig {
    fn default() -> Self {
        use SignatureAlgorithm::{EdDsa, Es256, Rs256};
        Self {
            issuer: String::new(),
            jwks_url: None,
            jwks_file: None,
            audiences: BTreeSet::new(),
            algorithms: [Rs256, Es256, EdDsa].into(),
            token_types: ["at+jwt", "JWT"].map(str::to_owned).into(),
            clock_skew: Duration::from_secs(30),
            client_claim: None,
            scope_claim: None,
            allowed_scopes: BTreeSet::new(),
            territories: BTreeSet::new(),
            projects: BTreeSet::new(),
            establishment_kinds: BTreeSet::new(),
            legal_status: BTreeSet::new(),
            keys_max_age: Duration::from_mins(10),
            keys_outage: Duration::from_hours(24),
            keys_timeout: Duration::from_secs(5),
        }
    }
}

impl IssuerConfig {
    /// How far the rights of its tokens reach.
    pub fn perimeter(&self) -> Perimeter {
        Perimeter {
            territories: self.territories.clone(),
            kinds: self.establishment_kinds.clone(),
            legal_status: self.legal_status.clone(),
            projects: self.projects.clone(),
        }
    }

    /// Refuses what no token could be checked by, or what would grant nothing although it is written down.
    ///
    /// # Errors
    /// The first fault, in a sentence that begins with the key.
    fn check(&self) -> Result<(), String> {
        self.check_names()?;
        self.check_keys()?;
        self.check_grants()
    }

    fn check_names(&self) -> Result<(), String> {
        let Self { issuer, audiences, .. } = self;
        if issuer.is_empty() {
            return Err("issuer is missing: write the iss of its tokens".to_owned());
        }
        if issuer == ISSUER {
            return Err(format!("issuer: {ISSUER} is this installation's own, which needs no entry"));
        }
        // By the sign the client is told apart from the issuer in front of it.
        if issuer.len() > 255 || !issuer.bytes().all(|byte| byte.is_ascii_graphic()) || issuer.contains(FOREIGN) {
            return Err(format!("issuer: {issuer:?} is none; write up to 255 letters, digits and signs, without #"));
        }
        if audiences.is_empty() || audiences.contains("") {
            return Err("audiences: write at least one, the aud of the tokens that are for this API".to_owned());
        }
        if self.token_types.is_empty() || self.token_types.contains("") {
            return Err("token_types: write at least one, such as at+jwt".to_owned());
        }
        for (key, claim) in [("client_claim", &self.client_claim), ("scope_claim", &self.scope_claim)] {
            if claim.as_ref().is_some_and(String::is_empty) {
                return Err(format!("{key}: write the name of a claim, or leave the key out"));
            }
        }
        if self.clock_skew > LONGEST_SKEW {
            return Err("clock_skew: 5 minutes at most; set the clocks instead".to_owned());
        }
        Ok(())
    }

    fn check_keys(&self) -> Result<(), String> {
        let url = |text: &str| Endpoint::parse(text).is_some();
        match (&self.jwks_url, &self.jwks_file) {
            (Some(_), Some(_)) => return Err("jwks_url and jwks_file: write one of them".to_owned()),
            (Some(address), None) if !url(address) => {
                let address = service_kit::address::shown(address);
                return Err(format!("jwks_url: {address:?} is no address without a user; write https://HOST/PATH"));
            }
            (None, None) if !url(&self.issuer) => {
                return Err(
                    "jwks_url: discovery needs an issuer that is an address; write jwks_url or jwks_file".to_owned()
                );
            }
            _ => {}
        }
        if self.algorithms.is_empty() {
            return Err("algorithms: write at least one, such as RS256".to_owned());
        }
        if !(SHORTEST_AGE..=LONGEST_AGE).contains(&self.keys_max_age) {
            return Err("keys_max_age: 10 seconds at least, a day at most".to_owned());
        }
        if self.keys_outage < self.keys_max_age {
            return Err("keys_outage: as long as keys_max_age at least".to_owned());
        }
        if self.keys_timeout.is_zero() || self.keys_timeout > LONGEST_FETCH {
            return Err("keys_timeout: more than 0s, 30 seconds at most, since requests wait for it".to_owned());
        }
        Ok(())
    }

    fn check_grants(&self) -> Result<(), String> {
        if let Some(scope) = self.allowed_scopes.iter().find(|scope| !is_word(scope)) {
            return Err(format!("allowed_scopes: {scope:?} is no scope; write one a string, such as users:read"));
        }
        if let Some(id) = self.territories.iter().find(|id| TerritoryId::from_str(id).is_err()) {
            return Err(format!("territories: {id:?} is none; write FR, ACA-04, DEP-33"));
        }
        if let Some(slug) = self.projects.iter().find(|slug| !is_word(slug)) {
            return Err(format!("projects: {slug:?} is none; write the slug of an ENT project"));
        }
        let narrowed = !(self.establishment_kinds.is_empty() && self.legal_status.is_empty());
        if narrowed && !self.perimeter().reaches_anything() {
            return Err(
                "establishment_kinds and legal_status narrow territories and projects, and there are none".to_owned()
            );
        }
        Ok(())
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Refuses issuers that no gateway can know tokens by.
pub(super) fn check(issuers: &[IssuerConfig]) -> Result<(), String> {
    let mut known = BTreeSet::new();
    for issuer in issuers {
        let name = &issuer.issuer;
        issuer.check().map_err(|fault| format!("gateway.issuers ({name}): {fault}"))?;
        if !known.insert(name) {
            return Err(format!("gateway.issuers: {name} stands there twice; write its grants in one entry"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> IssuerConfig {
        IssuerConfig {
            issuer: "https://op.example".to_owned(),
            audiences: ["urn:api".to_owned()].into(),
            ..IssuerConfig::default()
        }
    }

    fn refused(change: impl FnOnce(&mut IssuerConfig)) -> String {
        let mut config = good();
        change(&mut config);
        check(&[config]).expect_err("refused")
    }

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn an_issuer_and_an_audience_are_enough() {
        assert_eq!(check(&[good()]), Ok(()));
        assert!(!good().perimeter().reaches_anything() && good().allowed_scopes.is_empty(), "and grant nothing");
        let urn = IssuerConfig { issuer: "urn:op".to_owned(), jwks_file: Some("/keys.json".into()), ..good() };
        assert_eq!(check(&[good(), urn]), Ok(()));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_its_key() {
        type Change = fn(&mut IssuerConfig);
        let cases: [(&str, Change); 23] = [
            ("issuer is missing", |config| config.issuer.clear()),
            ("issuer: urn:passerelle:installation is", |config| ISSUER.clone_into(&mut config.issuer)),
            ("issuer: \"https://op.example#x\"", |config| config.issuer.push_str("#x")),
            ("issuer: \"https://op.example x\"", |config| config.issuer.push_str(" x")),
            ("audiences", |config| config.audiences.clear()),
            ("audiences", |config| config.audiences = set(&[""])),
            ("token_types", |config| config.token_types.clear()),
            ("client_claim", |config| config.client_claim = Some(String::new())),
            ("scope_claim", |config| config.scope_claim = Some(String::new())),
            ("clock_skew", |config| config.clock_skew = Duration::from_secs(301)),
            ("jwks_url and jwks_file", |config| {
                config.jwks_url = Some("https://op.example/jwks".to_owned());
                config.jwks_file = Some("/keys.json".into());
            }),
            ("jwks_url: \"op.example\"", |config| config.jwks_url = Some("op.example".to_owned())),
            ("jwks_url: \"https://(hidden)@op.example\"", |config| {
                config.jwks_url = Some("https://u:p@op.example".to_owned());
            }),
            ("jwks_url: discovery", |config| "urn:op".clone_into(&mut config.issuer)),
            ("algorithms", |config| config.algorithms.clear()),
            ("keys_max_age", |config| config.keys_max_age = Duration::from_secs(9)),
            ("keys_max_age", |config| config.keys_max_age = Duration::from_hours(25)),
            ("keys_outage", |config| config.keys_outage = Duration::from_mins(9)),
            ("keys_timeout", |config| config.keys_timeout = Duration::ZERO),
            ("keys_timeout", |config| config.keys_timeout = Duration::from_secs(31)),
            ("allowed_scopes: \"a b\"", |config| config.allowed_scopes = set(&["a b"])),
            ("territories: \"ACA-4\"", |config| config.territories = set(&["ACA-4"])),
            ("establishment_kinds and legal_status", |config| {
                config.establishment_kinds = [EstablishmentKind::College].into();
            }),
        ];
        for (said, change) in cases {
            let told = refused(change);
            assert!(told.starts_with("gateway.issuers (") && told.contains(&format!("): {said}")), "{said}: {told}");
        }
        assert!(check(&[good(), good()]).expect_err("refused").contains("twice"));
    }

    #[test]
    fn a_shared_secret_is_no_algorithm() {
        for name in ["HS256", "none", "rs256"] {
            assert!(serde_json::from_value::<SignatureAlgorithm>(name.into()).is_err(), "{name}");
        }
        for name in ["RS256", "PS512", "ES384", "EdDSA"] {
            assert!(serde_json::from_value::<SignatureAlgorithm>(name.into()).is_ok(), "{name}");
        }
    }
}
