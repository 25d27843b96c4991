//! What was left out of an entry that is used all the same.

use std::fmt;

/// Something of an entry that was left out or guessed, without its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// More than one join key: the first in alphabetical order is the person's.
    SeveralKeys,
    /// A join key that does not say its source.
    KeyWithoutSource,
    /// A date of birth in no form that is known.
    BirthDate,
    /// An INE that is not eleven letters and digits.
    Ine,
    /// An address without `@`.
    Mail,
    /// A UAI that is none.
    Uai,
    /// A profile that is none of the national ones.
    Profile,
    /// No national profile: the classes of the entry say what the person is.
    ProfileByClass,
    /// Nothing says what the person is.
    NoProfile,
    /// A profile without an establishment.
    NoStructure,
    /// A value that does not begin with the DN of an establishment.
    NoDn(&'static str),
    /// A value that has no name of a class or group after the DN.
    NoName(&'static str),
    /// A function without a code: other staff.
    Function,
    /// Somebody in relation to the pupil who cannot be read.
    Tie,
    /// A value that is not UTF-8.
    NotText(&'static str),
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeveralKeys => {
                out.write_str("ENTPersonJointure: several, of which the alphabetically first is taken")
            }
            Self::KeyWithoutSource => out.write_str("ENTPersonJointure: one without its source before a $"),
            Self::BirthDate => out.write_str("ENTPersonDateNaissance: no date as DD/MM/YYYY, YYYY-MM-DD or YYYYMMDD"),
            Self::Ine => out.write_str("ENTEleveINE: not eleven letters and digits"),
            Self::Mail => out.write_str("mail: an address without @"),
            Self::Uai => out.write_str("ENTStructureUAI: not seven digits and a letter"),
            Self::Profile => out.write_str("ENTPersonProfils: one that is none of the national ones"),
            Self::ProfileByClass => {
                out.write_str("ENTPersonProfils: none, so that objectClass says what the person is")
            }
            Self::NoProfile => out.write_str("ENTPersonProfils: none, and objectClass says nothing either"),
            Self::NoStructure => {
                out.write_str("ENTPersonStructRattach: none, and a profile that no establishment is named for")
            }
            Self::NoDn(attribute) => write!(out, "{attribute}: one that does not begin with an establishment's DN"),
            Self::NoName(attribute) => write!(out, "{attribute}: one with nothing after the DN"),
            Self::Function => out.write_str("ENTPersonFonctions: one without a code, taken for other staff"),
            Self::Tie => {
                out.write_str("ENTElevePersRelEleve: one that is not guardian$relation$payer$legal$contact$payment")
            }
            Self::NotText(attribute) => write!(out, "{attribute}: one that is not UTF-8"),
        }
    }
}
