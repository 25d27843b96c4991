//! One provider: who it is, how it is asked, and what its word is worth.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use kernel::TerritoryId;
use serde::{Deserialize, Serialize};

use super::mapping::{ClaimNames, IdentifierClaim, Mapping, ProfileClaim};
use super::preset::Preset;
use super::safe_address;

/// An OpenID provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderConfig {
    /// Its name in addresses, and in the identifiers that it gives: small letters, digits, hyphens.
    pub id: String,
    /// Its name on the page, in French.
    pub name: String,
    /// `iss` of its tokens, letter by letter; discovery begins there.
    pub issuer: String,
    /// What it calls this installation.
    pub client_id: String,
    /// A file with the secret that it knows this installation by. Without one this is a public client.
    pub client_secret_file: Option<PathBuf>,
    /// What it is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// Who has accounts there, for the page.
    #[serde(rename = "for")]
    pub offered_to: BTreeSet<Offered>,
    /// Territories that it is offered for; none means all.
    pub territories: BTreeSet<String>,
    /// How people must have been authenticated (`acr`): one of these.
    pub acr_values: Vec<String>,
    /// How long ago they may have been authenticated.
    #[serde(with = "humantime_serde")]
    pub max_age: Option<Duration>,
    /// What it shall ask people although it knows them.
    pub prompt: Option<Prompt>,
    /// How its tokens may be signed.
    pub algorithms: BTreeSet<SignatureAlgorithm>,
    /// How the secret is shown.
    pub auth_method: AuthMethod,
    /// Whether addresses of mail that it tells are believed.
    pub trust_mail: bool,
    /// What a known federation calls its claims: fills what is not written below.
    pub preset: Option<Preset>,
    /// Names of claims.
    pub claims: ClaimNames,
    /// Claims that say what other systems call the person.
    pub identifiers: Vec<IdentifierClaim>,
    /// The claim that says what the person is.
    pub profile: Option<ProfileClaim>,
    /// The claim that lists establishments by UAI.
    pub establishments: Option<String>,
    /// The claim that holds a pupil's level as MEFSTAT4.
    pub level: Option<String>,
    /// The claim that lists classes.
    pub classes: Option<String>,
}

kernel::vocabulary! {
    /// Who has accounts at a provider.
    Offered {
        /// Pupils.
        Eleves = "eleves",
        /// Guardians.
        Parents = "parents",
        /// Who works for the school system.
        Personnels = "personnels",
        /// Agents of collectivités.
        Collectivites = "collectivites",
    }
}

impl Offered {
    /// As the page says it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Eleves => "élèves",
            Self::Parents => "parents",
            Self::Personnels => "personnels",
            Self::Collectivites => "collectivités",
        }
    }
}

kernel::vocabulary! {
    /// A way to sign with a private key that the provider alone has. Secrets that both sides know, and no signature, are not among them.
    SignatureAlgorithm {
        /// RSA PKCS#1 v1.5 with SHA-256.
        Rs256 = "RS256",
        /// RSA PSS with SHA-256.
        Ps256 = "PS256",
        /// ECDSA on P-256.
        Es256 = "ES256",
        /// Ed25519.
        EdDsa = "EdDSA",
    }
}

/// How the client's secret is shown at the token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthMethod {
    /// In the header `Authorization`.
    #[default]
    Basic,
    /// In the form.
    Post,
}

/// What the provider shall ask although it knows who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// The password again.
    Login,
    /// Whether they agree.
    Consent,
    /// Which account.
    SelectAccount,
}

/// Longer than anybody stays at a provider.
const LONGEST_AGE: Duration = Duration::from_hours(24 * 30);

impl Default for ProviderConfig {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            client_secret_file: None,
            scopes: vec!["profile".to_owned()],
            offered_to: BTreeSet::new(),
            territories: BTreeSet::new(),
            acr_values: Vec::new(),
            max_age: None,
            prompt: None,
            algorithms: SignatureAlgorithm::ALL.iter().copied().collect(),
            auth_method: AuthMethod::default(),
            trust_mail: false,
            preset: None,
            claims: ClaimNames::default(),
            identifiers: Vec::new(),
            profile: None,
            establishments: None,
            level: None,
            classes: None,
        }
    }
}

impl ProviderConfig {
    /// How its claims are read: as written here, else as the preset has it, else by OpenID's own names.
    pub fn mapping(&self) -> Mapping {
        let written = Mapping {
            claims: self.claims.clone(),
            identifiers: self.identifiers.clone(),
            profile: self.profile.clone(),
            establishments: self.establishments.clone(),
            level: self.level.clone(),
            classes: self.classes.clone(),
        };
        let known = self.preset.map(Preset::mapping).unwrap_or_default();
        written.or(known).or(Mapping::standard())
    }

    pub(super) fn check(&self) -> Result<(), String> {
        self.check_names()?;
        self.check_demands()?;
        self.mapping().check()
    }

    fn check_names(&self) -> Result<(), String> {
        if !is_slug(&self.id) {
            return Err("id: write up to 40 small letters, digits and hyphens, such as ent-bordeaux".to_owned());
        }
        if self.name.trim().is_empty() || self.name.len() > 100 || self.name.chars().any(char::is_control) {
            return Err("name: write how the page calls it, in up to 100 letters".to_owned());
        }
        if safe_address(&self.issuer).is_none_or(|uri| uri.query().is_some()) {
            let issuer = service_kit::address::shown(&self.issuer);
            return Err(format!(
                "issuer: {issuer:?} cannot be used; write https://HOST/PATH, or http:// on the machine itself alone"
            ));
        }
        if !is_text(&self.client_id) {
            return Err("client_id: write what the provider calls this installation".to_owned());
        }
        Ok(())
    }

    fn check_demands(&self) -> Result<(), String> {
        if let Some(scope) = self.scopes.iter().find(|scope| !is_word(scope)) {
            return Err(format!("scopes: {scope:?} is no scope; write one a string, such as profile"));
        }
        if let Some(acr) = self.acr_values.iter().find(|acr| !is_word(acr)) {
            return Err(format!("acr_values: {acr:?} is none; write one a string, such as eidas1"));
        }
        if let Some(id) = self.territories.iter().find(|id| TerritoryId::from_str(id).is_err()) {
            return Err(format!("territories: {id:?} is none; write FR, ACA-04, DEP-33"));
        }
        if self.algorithms.is_empty() {
            return Err("algorithms: write at least one, such as RS256".to_owned());
        }
        if self.max_age.is_some_and(|age| age.subsec_nanos() != 0 || age > LONGEST_AGE) {
            return Err("max_age: whole seconds, 30 days at most".to_owned());
        }
        Ok(())
    }
}

fn is_slug(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= 255 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_text(text: &str) -> bool {
    !text.is_empty() && text.len() <= 255 && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}
