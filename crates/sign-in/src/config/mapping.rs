//! Which claims say what. A claim that is not named here is not read.

use std::collections::BTreeMap;

use kernel::Profile;
use serde::{Deserialize, Serialize};

/// Names of the claims about the person. What is left out is filled by the preset, else by OpenID's own names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClaimNames {
    /// Prénom; else `given_name`.
    pub given_name: Option<String>,
    /// Nom; else `family_name`.
    pub family_name: Option<String>,
    /// Date of birth, as `2014-05-31`; else `birthdate`.
    pub birth_date: Option<String>,
    /// Identifiant national élève.
    pub ine: Option<String>,
    /// Its hash: an identifier of the system `ine-hash`.
    pub ine_hash: Option<String>,
    /// Address of mail; else `email`. Read only where the provider's addresses are believed.
    pub mail: Option<String>,
}

/// A claim that says what a system calls the person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentifierClaim {
    /// The claim: a text or a list of texts.
    pub claim: String,
    /// The system; not with `ref_id`, whose values name it.
    pub system: String,
    /// How its values are written.
    pub format: IdentifierFormat,
}

/// How values of an identifying claim are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierFormat {
    /// As they are.
    #[default]
    Plain,
    /// `{AAF}académie|...|key`, as EduConnect refers to records of AAF.
    RefId,
}

/// A claim that says what the person is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProfileClaim {
    /// The claim: a text or a list of texts, of which the first known one counts.
    pub claim: String,
    /// What its values mean.
    pub values: BTreeMap<String, Profile>,
    /// What somebody is without a known value; without it, nothing.
    pub default: Option<Profile>,
}

/// How the claims of one provider are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Names of the claims about the person.
    pub claims: ClaimNames,
    /// Claims that say what systems call the person.
    pub identifiers: Vec<IdentifierClaim>,
    /// The claim that says what they are.
    pub profile: Option<ProfileClaim>,
    /// The claim that lists establishments.
    pub establishments: Option<String>,
    /// The claim that holds the level.
    pub level: Option<String>,
    /// The claim that lists classes.
    pub classes: Option<String>,
}

impl Mapping {
    /// OpenID's own names (OpenID Connect Core 1.0, 5.1).
    pub(super) fn standard() -> Self {
        let named = |name: &str| Some(name.to_owned());
        let claims = ClaimNames {
            given_name: named("given_name"),
            family_name: named("family_name"),
            birth_date: named("birthdate"),
            mail: named("email"),
            ..ClaimNames::default()
        };
        Self { claims, ..Self::default() }
    }

    /// What is missing, taken from another.
    pub(super) fn or(self, other: Self) -> Self {
        let (own, known) = (self.claims, other.claims);
        Self {
            claims: ClaimNames {
                given_name: own.given_name.or(known.given_name),
                family_name: own.family_name.or(known.family_name),
                birth_date: own.birth_date.or(known.birth_date),
                ine: own.ine.or(known.ine),
                ine_hash: own.ine_hash.or(known.ine_hash),
                mail: own.mail.or(known.mail),
            },
            identifiers: if self.identifiers.is_empty() { other.identifiers } else { self.identifiers },
            profile: self.profile.or(other.profile),
            establishments: self.establishments.or(other.establishments),
            level: self.level.or(other.level),
            classes: self.classes.or(other.classes),
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let ClaimNames { given_name, family_name, birth_date, ine, ine_hash, mail } = &self.claims;
        for (key, claim) in [
            ("claims.given_name", given_name),
            ("claims.family_name", family_name),
            ("claims.birth_date", birth_date),
            ("claims.ine", ine),
            ("claims.ine_hash", ine_hash),
            ("claims.mail", mail),
            ("establishments", &self.establishments),
            ("level", &self.level),
            ("classes", &self.classes),
        ] {
            if claim.as_ref().is_some_and(String::is_empty) {
                return Err(format!("{key}: write the name of a claim, or leave the key out"));
            }
        }
        self.identifiers.iter().try_for_each(IdentifierClaim::check)?;
        match &self.profile {
            Some(profile) if profile.claim.is_empty() => Err("profile.claim: write the name of a claim".to_owned()),
            Some(profile) if profile.values.is_empty() && profile.default.is_none() => {
                Err("profile.values: write what the values mean, such as National_ENS = \"TEACHER\"".to_owned())
            }
            _ => Ok(()),
        }
    }
}

impl IdentifierClaim {
    fn check(&self) -> Result<(), String> {
        let Self { claim, system, format } = self;
        if claim.is_empty() {
            return Err("identifiers: each names its claim".to_owned());
        }
        match format {
            IdentifierFormat::Plain if system.is_empty() => {
                Err(format!("identifiers ({claim}): write the system whose identifiers these are"))
            }
            // They would be taken for what a provider's own `sub` is.
            IdentifierFormat::Plain if system.starts_with("oidc:") => Err(format!(
                "identifiers ({claim}): systems that begin with oidc: are those of providers' own subjects"
            )),
            IdentifierFormat::RefId if !system.is_empty() => {
                Err(format!("identifiers ({claim}): the values name the system; leave it out"))
            }
            _ => Ok(()),
        }
    }
}
