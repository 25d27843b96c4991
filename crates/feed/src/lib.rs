//! People and establishments as somebody tells them: an AAF file, an ENT's directory, an OpenID provider. What of it is believed,
//! and who is whom, is not said here.
//!
//! `Debug` shows no name, no number and no address: these values pass near logs.

use std::fmt;

use chrono::NaiveDate;
use kernel::Profile;
use serde::{Deserialize, Serialize};

/// A person, whole: what is not told any more has ended.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPerson {
    /// What the feed calls them; stable, and unique within the feed.
    pub key: String,
    /// Prénom.
    pub given_name: Option<String>,
    /// Nom.
    pub family_name: Option<String>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Identifiant national élève. Not unique in practice: evidence, and no key.
    pub ine: Option<String>,
    /// Addresses of electronic mail.
    pub mails: Vec<String>,
    /// What other systems call them, beside the feed's own key.
    pub identifiers: Vec<FeedIdentifier>,
    /// What they are, and where.
    pub places: Vec<FeedPlace>,
    /// Of a pupil: who answers for them.
    pub guardians: Vec<FeedTie>,
}

impl fmt::Debug for FeedPerson {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (places, identifiers) = (self.places.len(), self.identifiers.len());
        write!(out, "FeedPerson({places} places, {identifiers} identifiers, {} guardians)", self.guardians.len())
    }
}

/// What a system calls a person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FeedIdentifier {
    /// The system, such as `educonnect` or `aaf2d:ACA-04`.
    pub system: String,
    /// Its name for them.
    pub value: String,
}

impl fmt::Debug for FeedIdentifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "FeedIdentifier({})", self.system)
    }
}

/// What a person is somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPlace {
    /// What the feed calls the establishment; its UAI where the feed has no other name for it.
    pub structure: String,
    /// As what.
    pub profile: Profile,
    /// A pupil's level as MEFSTAT4.
    pub mefstat4: Option<String>,
    /// Names of classes.
    pub classes: Vec<String>,
    /// Names of groups.
    pub groups: Vec<String>,
}

/// Who answers for a pupil.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedTie {
    /// What the feed calls the guardian.
    pub guardian: String,
    /// What they are to the pupil, as the feed's code has it.
    pub relation: Option<String>,
    /// Whether by law: such a guardian sees, exports, objects and authorises.
    pub legal: bool,
}

impl fmt::Debug for FeedTie {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "FeedTie(legal: {})", self.legal)
    }
}

/// An establishment as a feed tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedStructure {
    /// What the feed calls it.
    pub key: String,
    /// Its UAI, where the feed gives one that is none in doubt.
    pub uai: Option<String>,
    /// Its name.
    pub name: Option<String>,
}
