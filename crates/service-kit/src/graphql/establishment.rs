//! An establishment as another service's entity: its key and nothing more.

use async_graphql::SimpleObject;

use super::Uai;

/// An establishment of the official directory (annuaire de l'éducation), as it now stands: école, collège, lycée, service.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Establishment", unresolvable)]
pub struct EstablishmentRef {
    /// Its UAI, the key under which every service knows it.
    pub uai: Uai,
}

impl EstablishmentRef {
    /// The establishment of this UAI; none where a row holds what is no UAI.
    pub fn of(uai: &str) -> Option<Self> {
        uai.parse().ok().map(|uai| Self { uai: Uai(uai) })
    }
}
