//! Who asks: made once at the gateway, carried to subgraphs as a signed token, checked again there.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What kind of caller a principal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// Someone logged in.
    Person,
    /// A machine client with its own credentials.
    Application,
    /// Nobody known.
    Anonymous,
}

/// What a principal's rights reach. An empty set restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Perimeter {
    /// Ids of territories, such as `ACA-04`.
    pub territories: BTreeSet<String>,
    /// Kinds of establishment.
    pub kinds: BTreeSet<String>,
    /// Legal status.
    pub legal_status: BTreeSet<String>,
    /// ENT projects.
    pub projects: BTreeSet<String>,
}

/// A caller, its scopes and its perimeter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Principal {
    /// Person, application or nobody.
    pub kind: PrincipalKind,
    /// The client that asks, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// What it was granted.
    #[serde(default)]
    pub scopes: BTreeSet<String>,
    /// How far its grants reach.
    #[serde(default)]
    pub perimeter: Perimeter,
}

impl Principal {
    /// A caller of whom nothing is known.
    pub fn anonymous() -> Self {
        Self { kind: PrincipalKind::Anonymous, client: None, scopes: BTreeSet::new(), perimeter: Perimeter::default() }
    }

    /// Whether it was granted `scope`.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }

    /// Whether anything is known of it.
    pub fn is_authenticated(&self) -> bool {
        self.kind != PrincipalKind::Anonymous
    }
}
