//! The words of AAF: degrees, categories, kinds of files and of records.

kernel::vocabulary! {
    /// Whose feed it is: the two know nothing of each other, not even by their keys.
    Degree {
        /// Premier degré.
        First = "1D",
        /// Second degré.
        Second = "2D",
    }
}

kernel::vocabulary! {
    /// What the records of a file are about.
    Category {
        /// Pupils.
        Eleve = "Eleve",
        /// Who answers for pupils.
        PersRelEleve = "PersRelEleve",
        /// Staff of establishments.
        PersEducNat = "PersEducNat",
        /// Establishments.
        EtabEducNat = "EtabEducNat",
        /// MEF: the courses of the second degree.
        MefEducNat = "MefEducNat",
        /// Subjects. Files are named `MatiereEducNat`, records are not.
        MatEducNat = "MatEducNat",
    }
}

/// Whether a file tells everything, or only what has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Everything: who is not in it has left.
    Complete,
    /// What has changed since the last file.
    Delta,
}

/// What a record asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `addRequest`: this is it, whole.
    Put,
    /// `modifyRequest`: these attributes are now so, the others stay.
    Modify,
    /// `deleteRequest`: it has left.
    Delete,
}

impl Category {
    /// The category of this name as a file or a record writes it, in any case of letters.
    pub fn named(name: &str) -> Option<Self> {
        let same = |category: &Self| category.as_str().eq_ignore_ascii_case(name);
        let subjects = name.eq_ignore_ascii_case("MatiereEducNat").then_some(Self::MatEducNat);
        Self::ALL.iter().copied().find(same).or(subjects)
    }

    /// Whether its records are people.
    pub const fn is_of_people(self) -> bool {
        matches!(self, Self::Eleve | Self::PersRelEleve | Self::PersEducNat)
    }
}
