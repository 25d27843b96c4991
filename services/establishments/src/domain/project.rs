//! Words of organisations, ENT projects and deployments.

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            pub(crate) fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == name)
            }
        }
    };
}

words! {
    /// How far a deployment has come.
    DeploymentStatus {
        /// Decided, not open yet.
        Planned = "PLANNED",
        /// Its users may enter.
        Open = "OPEN",
        /// No longer.
        Closed = "CLOSED",
    }
}

words! {
    /// Who acts.
    OrganisationKind {
        /// Rectorat of an académie.
        Rectorat = "RECTORAT",
        /// DSDEN of a département.
        Dsden = "DSDEN",
        /// Conseil régional.
        Region = "REGION",
        /// Conseil départemental.
        Departement = "DEPARTEMENT",
        /// Commune.
        Commune = "COMMUNE",
        /// Intercommunalité.
        Epci = "EPCI",
        /// Syndicat mixte.
        SyndicatMixte = "SYNDICAT_MIXTE",
        /// ENT vendor (éditeur, exploitant).
        Vendor = "VENDOR",
        /// Anyone else.
        Other = "OTHER",
    }
}

/// The degrees of a project are `FIRST`, `SECOND` or both.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("degrees are FIRST, SECOND or FIRST,SECOND; got {0:?}")]
pub(crate) struct DegreesError(pub(crate) String);
