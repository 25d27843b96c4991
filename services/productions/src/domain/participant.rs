//! A participant, and what the production calls them.

use kernel::{Profile, SchoolYear};
use uuid::Uuid;

use super::Role;

/// Who takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Participant {
    pub(crate) production_id: Uuid,
    /// Their number in the production.
    pub(crate) number: i64,
    /// Their place among those of the same label.
    pub(crate) ordinal: i64,
    pub(crate) person_id: Uuid,
    pub(crate) profile: Profile,
    pub(crate) role: Role,
    pub(crate) uai: String,
    /// A pupil's level at the first contribution.
    pub(crate) mefstat4: Option<String>,
    /// The production's school year.
    pub(crate) school_year: SchoolYear,
}

/// What the production calls a participant of this profile, before the number: « Élève 1 ».
pub(crate) const fn label(profile: Profile) -> &'static str {
    match profile {
        Profile::Pupil => "Élève",
        Profile::Teacher => "Enseignant·e",
        Profile::Guardian => "Parent",
        _ => "Personnel",
    }
}
