//! Enums of this subgraph alone.

use async_graphql::Enum;

/// Whether an establishment works (`etat`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::Status")]
pub(crate) enum EstablishmentStatus {
    /// Open.
    Open,
    /// Open, and will close (« à fermer »).
    Closing,
    /// Will open (« à ouvrir »).
    Opening,
    /// Closed.
    Closed,
}

/// How far the deployment of an ENT has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::DeploymentStatus")]
pub(crate) enum DeploymentStatus {
    /// Decided, not open yet.
    Planned,
    /// Its users may enter.
    Open,
    /// No longer.
    Closed,
}

/// What an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::OrganisationKind")]
pub(crate) enum OrganisationKind {
    /// Rectorat of an académie.
    Rectorat,
    /// DSDEN (direction des services départementaux de l'Éducation nationale).
    Dsden,
    /// Conseil régional.
    Region,
    /// Conseil départemental.
    Departement,
    /// Commune.
    Commune,
    /// Intercommunalité.
    Epci,
    /// Syndicat mixte.
    SyndicatMixte,
    /// ENT vendor: éditeur, exploitant.
    Vendor,
    /// Anyone else.
    Other,
}

/// Zone of the school holidays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum SchoolZone {
    /// Zone A.
    A,
    /// Zone B.
    B,
    /// Zone C.
    C,
    /// Corse, with dates of its own.
    Corse,
    /// Overseas, with dates of its own in each territory.
    Overseas,
}

impl SchoolZone {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "A" => Self::A,
            "B" => Self::B,
            "C" => Self::C,
            "CORSE" => Self::Corse,
            "OVERSEAS" => Self::Overseas,
            _ => return None,
        })
    }
}

/// Order of a list of establishments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::store::Order")]
pub(crate) enum EstablishmentOrder {
    /// By name, accents and case folded.
    Name,
    /// By UAI.
    Uai,
    /// By the commune's name, then by name.
    Commune,
}
