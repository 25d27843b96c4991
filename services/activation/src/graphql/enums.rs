//! Enums of this subgraph alone.

use async_graphql::Enum;

/// What is counted. Several meanings of « taux d'activation » are several indicators; see `indicatorCatalogue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::IndicatorCode")]
pub(crate) enum IndicatorCode {
    /// Establishments whose ENT is open.
    EntDeployment,
    /// Départements whose public collèges share the ENT of their public lycées.
    EntSharedCollegeLycee,
    /// Accounts of an ENT that were activated, of those created.
    AccountActivation,
    /// The four states of Pix Orga: a partition, see `breakdown`.
    PixOrgaState,
    /// Pix Orga activated: any state but « non activé ».
    PixOrgaActivated,
    /// Pix Orga in the state « actif ».
    PixOrgaActive,
    /// Campagne Pix de rentrée launched.
    PixOrgaCampaign,
    /// Pupils certified by Pix.
    PixCertification,
    /// Label numérique, by level.
    DigitalLabel,
    /// Programme « écoles numériques », « collèges numériques ».
    DigitalProgramme,
    /// Establishments that use SchémaTIC.
    SchematicUse,
}

/// What a numerator, a denominator or a target counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::Unit")]
pub(crate) enum Unit {
    /// Establishments.
    Establishments,
    /// Départements.
    Departments,
    /// Accounts of people in an ENT; small counts are withheld, see `suppressed`.
    Accounts,
    /// People; small counts are withheld, see `suppressed`.
    People,
    /// Pix, the unit of the Pix scale.
    Pix,
}

/// Out of whom a denominator is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::Population")]
pub(crate) enum Population {
    /// Every establishment of the directory in the perimeter and the school year.
    Directory,
    /// Those that were observed.
    Observed,
}

/// How far a figure can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kernel::Provenance")]
pub(crate) enum Provenance {
    /// Made up so that the demonstration has something to show.
    Simulated,
    /// Computed from other figures.
    Derived,
    /// Declared by who runs the thing counted.
    Declared,
    /// Published by the State or an académie.
    Official,
}

/// What a target's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::TargetKind")]
pub(crate) enum TargetKind {
    /// A rate to reach, between 0 and 1.
    Rate,
    /// A count to reach.
    Count,
    /// A mean to reach.
    Mean,
    /// A growth to reach, relative to the baseline.
    Growth,
}
