//! What of a record was left out, and why a record is left out whole. Never with a value.

use std::fmt;

/// Something that a record says in a way that cannot be used. The rest of the record can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Note {
    /// A date of birth that is none.
    BirthDate,
    /// An INE that is none.
    Ine,
    /// An address of mail that is none.
    Mail,
    /// A class or group that is not `structure$name`.
    Class,
    /// A level, or a MEF whose level is not known.
    Level,
    /// Several levels, where it is not said which of them is whose.
    Levels,
    /// A guardian that is not `key$relation$...`.
    Guardian,
    /// A pupil as their own guardian.
    OwnGuardian,
    /// A function that is not `structure$code$...`.
    Function,
    /// A function whose code is not known; it counts as staff.
    FunctionCode,
}

impl Note {
    /// The note as a word, for counts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BirthDate => "birth date",
            Self::Ine => "INE",
            Self::Mail => "mail",
            Self::Class => "class or group",
            Self::Level => "level",
            Self::Levels => "several levels",
            Self::Guardian => "guardian",
            Self::OwnGuardian => "own guardian",
            Self::Function => "function",
            Self::FunctionCode => "function code",
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::BirthDate => "the date of birth is not a date written DD/MM/YYYY; left out",
            Self::Ine => "the INE is not eleven letters and digits; left out",
            Self::Mail => "an address of mail is none; left out",
            Self::Class => "a class or group is not written structure$name; left out",
            Self::Level => "the level is not known: no MEF of the files and no code; left out",
            Self::Levels => "several levels: the first is that of the first establishment, the others are left out",
            Self::Guardian => "a guardian is not written as AAF does; left out",
            Self::OwnGuardian => "the pupil is named as their own guardian; left out",
            Self::Function => "a function is not written structure$code$label; left out",
            Self::FunctionCode => "the code of a function is not known; taken as staff",
        })
    }
}

/// Why a record cannot be used at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Neither the record nor its attributes have a key.
    #[error("it has no key")]
    NoKey,
    /// The key of the record is not the one in its attributes.
    #[error("the key in identifier is not the one in its attributes: which of them is meant cannot be known")]
    TwoKeys,
    /// It is about an establishment, a course or a subject.
    #[error("it is not about a person")]
    NotAPerson,
}

/// Notes, each once.
#[derive(Debug, Default)]
pub(super) struct Notes(pub(super) Vec<Note>);

impl Notes {
    pub(super) fn add(&mut self, note: Note) {
        if !self.0.contains(&note) {
            self.0.push(note);
        }
    }

    /// The value; without one, a note.
    pub(super) fn unless<T>(&mut self, value: Option<T>, note: Note) -> Option<T> {
        if value.is_none() {
            self.add(note);
        }
        value
    }
}
