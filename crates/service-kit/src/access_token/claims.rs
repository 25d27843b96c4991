//! What a token says.

use std::collections::BTreeSet;

use kernel::{EstablishmentKind, LegalStatus, Perimeter, PersonFacts, Principal, PrincipalKind};
use serde::{Deserialize, Serialize};

/// What a client is granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// The client.
    pub client: String,
    /// The pseudonym under which the client knows the person who uses it; none where it asks for itself.
    pub subject: Option<String>,
    /// What it may do.
    pub scopes: BTreeSet<String>,
    /// How far that reaches; one that names neither territory nor project reaches no establishment.
    pub perimeter: Perimeter,
}

/// The claims of RFC 9068, and one of ours.
#[derive(Serialize, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: String,
    /// The person's pseudonym; the client itself where it asks for itself.
    pub(super) sub: String,
    pub(super) client_id: String,
    /// Scopes, parted by spaces.
    #[serde(default)]
    pub(super) scope: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) jti: String,
    pub(super) passerelle: Reach,
}

/// Our own claim: what kind of caller it is, and how far its grant reaches.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reach {
    kind: Kind,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    territories: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    projects: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    establishment_kinds: BTreeSet<EstablishmentKind>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    legal_status: BTreeSet<LegalStatus>,
}

/// Callers that a token can make known: not the anonymous.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Application,
    Person,
}

impl Claims {
    pub(super) fn of(grant: &Grant, iat: i64, exp: i64, jti: String) -> Self {
        let Perimeter { territories, kinds, legal_status, projects } = grant.perimeter.clone();
        let kind = if grant.subject.is_some() { Kind::Person } else { Kind::Application };
        Self {
            iss: super::ISSUER.to_owned(),
            aud: super::AUDIENCE.to_owned(),
            sub: grant.subject.as_ref().unwrap_or(&grant.client).clone(),
            client_id: grant.client.clone(),
            scope: grant.scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" "),
            iat,
            exp,
            jti,
            passerelle: Reach { kind, territories, projects, establishment_kinds: kinds, legal_status },
        }
    }

    pub(super) fn principal(self) -> Principal {
        let Reach { kind, territories, projects, establishment_kinds, legal_status } = self.passerelle;
        let (kind, person) = match kind {
            Kind::Application => (PrincipalKind::Application, None),
            Kind::Person => (PrincipalKind::Person, Some(PersonFacts { subject: self.sub, ..PersonFacts::default() })),
        };
        Principal {
            kind,
            client: Some(self.client_id),
            scopes: self.scope.split_ascii_whitespace().map(str::to_owned).collect(),
            perimeter: Perimeter { territories, kinds: establishment_kinds, legal_status, projects },
            person,
        }
    }
}
