//! Words that several services share, each with its one spelling in rows, files and schema.

/// Words of a closed list, each with its one spelling in rows, files and schema. Whoever uses it depends on serde.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The value as rows, files and schema write it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The value of this name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == name)
            }
        }
    };
}

vocabulary! {
    /// What an establishment is, by the directory's own typology (`Type_etablissement`).
    EstablishmentKind {
        /// École.
        Ecole = "ECOLE",
        /// Collège.
        College = "COLLEGE",
        /// Lycée of any kind, and its sections.
        Lycee = "LYCEE",
        /// Établissement régional d'enseignement adapté.
        Erea = "EREA",
        /// Médico-social establishment.
        MedicoSocial = "MEDICO_SOCIAL",
        /// Rectorat, DSDEN, circonscription and other services.
        ServiceAdministratif = "SERVICE_ADMINISTRATIF",
        /// CIO.
        InformationOrientation = "INFORMATION_ORIENTATION",
        /// What the directory itself calls "Autre".
        Autre = "AUTRE",
    }
}

vocabulary! {
    /// First degree (écoles) or second degree (collèges, lycées).
    Degree {
        /// Premier degré.
        First = "FIRST",
        /// Second degré.
        Second = "SECOND",
    }
}

vocabulary! {
    /// Public or private (`Statut_public_prive`).
    LegalStatus {
        /// Public.
        Public = "PUBLIC",
        /// Private, under contract or not.
        Private = "PRIVATE",
    }
}

vocabulary! {
    /// How far a figure can be trusted, from the least to the most.
    Provenance {
        /// Made up so that the demonstration has something to show.
        Simulated = "SIMULATED",
        /// Computed from other figures.
        Derived = "DERIVED",
        /// Declared by who runs the thing counted.
        Declared = "DECLARED",
        /// Published by the State or an académie.
        Official = "OFFICIAL",
    }
}

vocabulary! {
    /// What a person is in an establishment or a service.
    Profile {
        /// Élève.
        Pupil = "PUPIL",
        /// Enseignant.
        Teacher = "TEACHER",
        /// Responsable légal.
        Guardian = "GUARDIAN",
        /// Personnel de direction, directeur d'école.
        Head = "HEAD",
        /// Vie scolaire.
        SchoolLife = "SCHOOL_LIFE",
        /// Professeur documentaliste.
        Librarian = "LIBRARIAN",
        /// Other staff of an establishment.
        Staff = "STAFF",
        /// Inspecteur.
        Inspector = "INSPECTOR",
        /// Personnel académique.
        Academic = "ACADEMIC",
        /// Agent d'une collectivité.
        LocalAuthority = "LOCAL_AUTHORITY",
    }
}

vocabulary! {
    /// Cycle of the school curriculum.
    Cycle {
        /// PS, MS, GS.
        Cycle1 = "CYCLE_1",
        /// CP, CE1, CE2.
        Cycle2 = "CYCLE_2",
        /// CM1, CM2, 6e.
        Cycle3 = "CYCLE_3",
        /// 5e, 4e, 3e.
        Cycle4 = "CYCLE_4",
    }
}

impl Provenance {
    /// Its place in rows: the least certain is 0, so that the smallest of several is the least certain of them.
    pub fn rank(self) -> i64 {
        Self::ALL.iter().position(|known| *known == self).and_then(|rank| i64::try_from(rank).ok()).unwrap_or(0)
    }

    /// The provenance of this rank.
    pub fn of_rank(rank: i64) -> Option<Self> {
        usize::try_from(rank).ok().and_then(|rank| Self::ALL.get(rank).copied())
    }
}

impl Profile {
    /// Whether it is of those who work for the school system: neither pupil nor guardian.
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Pupil | Self::Guardian)
    }
}

impl Degree {
    /// The degree of a nature (`nature_uai`): 1xx is first, 3xx second; services and médico-social have none.
    pub fn of_nature(nature: &str) -> Option<Self> {
        match nature.as_bytes().first() {
            Some(b'1') => Some(Self::First),
            Some(b'3') => Some(Self::Second),
            _ => None,
        }
    }
}
