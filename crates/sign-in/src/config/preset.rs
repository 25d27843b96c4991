//! Names of claims that a whole federation shares.

use kernel::Profile;
use serde::{Deserialize, Serialize};

use super::mapping::{ClaimNames, IdentifierClaim, IdentifierFormat, Mapping, ProfileClaim};

/// A federation whose claims are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// EduConnect, the accounts of pupils and guardians.
    EduConnect,
}

impl Preset {
    pub(super) fn mapping(self) -> Mapping {
        let Self::EduConnect = self;
        let named = |name: &str| Some(name.to_owned());
        let profiles = [
            ("eleve1d", Profile::Pupil),
            ("eleve2d", Profile::Pupil),
            ("resp1d", Profile::Guardian),
            ("resp2d", Profile::Guardian),
        ];
        let identifier = |claim: &str, system: &str, format| IdentifierClaim {
            claim: claim.to_owned(),
            system: system.to_owned(),
            format,
        };
        Mapping {
            claims: ClaimNames {
                birth_date: named("FrEduCtDateNaissance"),
                ine: named("FrEduCtEleveINE"),
                ine_hash: named("FrEduCtEleveINEHash"),
                ..ClaimNames::default()
            },
            identifiers: vec![
                identifier("FrEduCtId", "educonnect", IdentifierFormat::Plain),
                identifier("FrEduCtRefId", "", IdentifierFormat::RefId),
            ],
            profile: Some(ProfileClaim {
                claim: "FrEduCtPersonAffiliation".to_owned(),
                values: profiles.map(|(value, profile)| (value.to_owned(), profile)).into(),
                default: None,
            }),
            establishments: named("FrEduCtEleveUAI"),
            level: named("FrEduCtEleveNiveau"),
            classes: None,
        }
    }
}
