//! People as a caller may see them.

use async_graphql::{Context, ID, Object, SimpleObject};
use kernel::{ErrorCode, Fault};
use service_kit::access::{ACCESS, Seer};
use service_kit::graphql::{EstablishmentRef, Level, Profile, SchoolYear, or_null};
use uuid::Uuid;

use super::loaders::Loaders;
use crate::app::Seen;
use crate::domain::{self, Person};

/// A person as the caller may see them.
pub(crate) struct User {
    /// The id that was asked for: the gateway finds its place by it, wherever it leads.
    pub(crate) asked: Uuid,
    pub(crate) seen: Seen,
}

/// A person: a pupil, a teacher, a head... Who may know one, and what of them, depends on the caller; nobody but themselves and
/// the ENT that they use learns a pupil's.
#[Object]
impl User {
    /// The internal id: the federation key, and never visible to any client.
    #[graphql(inaccessible)]
    async fn person_id(&self) -> ID {
        ID(self.asked.to_string())
    }

    /// The pseudonym of this person for the calling client: always the same for it, another for every other client, and the
    /// same as `sub` in its tokens.
    async fn id(&self, ctx: &Context<'_>) -> Result<ID, Fault> {
        let reads = Loaders::reads(ctx);
        let person = &self.seen.person;
        let pseudonym = reads
            .principal
            .client
            .as_deref()
            .and_then(|client| reads.pseudonyms.of(client, person.id, person.pseudonym_key));
        pseudonym.map(ID).ok_or_else(|| Fault::new(ErrorCode::Internal, "no pseudonym can be made for this client"))
    }

    /// A name where the caller may see it, otherwise a label such as « Enseignant ou enseignante ».
    async fn display_name(&self) -> String {
        let label = || Person::label(&self.profiles_seen().into_iter().collect()).to_owned();
        if !ACCESS.admits("User.displayName: the name, and not a label", &self.seen.seers) {
            return label();
        }
        self.seen.person.name().unwrap_or_else(label)
    }

    /// What they are, in the last school year of which anything is known. A client sees what they are or were at establishments within
    /// its reach, a portal as staff alone.
    async fn profiles(&self) -> Vec<Profile> {
        self.profiles_seen().into_iter().map(Into::into).collect()
    }

    /// What they are or were, where and when, the latest year first; an ENT sees those at its own establishments. Null, with an
    /// error, for who may not see any.
    async fn affiliations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those of this school year; absent: all of them.")] school_year: Option<SchoolYear>,
    ) -> Option<Vec<Affiliation>> {
        or_null(ctx, ACCESS.permit("User", "affiliations", &self.seen.seers))?;
        let whole = self.seen.seers.contains(&Seer::Oneself);
        let affiliations = self.seen.person.affiliations.iter();
        let told = affiliations
            .filter(|one| school_year.is_none_or(|year| year.0 == one.school_year))
            .filter(|one| whole || self.seen.within.contains(&(one.uai.clone(), one.school_year)));
        Some(told.map(Affiliation::of).collect())
    }
}

impl User {
    fn profiles_seen(&self) -> Vec<kernel::Profile> {
        let all = |profile: &kernel::Profile| {
            let whom = if profile.is_staff() { "User: staff" } else { "User: a pupil or a guardian" };
            ACCESS.admits(whom, &self.seen.seers)
        };
        // Who sees a person for what they are at a place learns nothing of what they are or were elsewhere.
        let profiles = if self.seen.seers.contains(&Seer::Oneself) {
            self.seen.person.profiles()
        } else {
            self.seen.person.profiles_within(&self.seen.within)
        };
        profiles.into_iter().filter(all).collect()
    }
}

/// What a person is in an establishment in a school year.
#[derive(SimpleObject)]
pub(crate) struct Affiliation {
    /// Where.
    establishment: Option<EstablishmentRef>,
    /// As what.
    profile: Profile,
    /// A pupil's level; null for everybody else, and where no source told it.
    level: Option<Level>,
    /// Names of their classes.
    classes: Vec<String>,
    /// Names of their groups.
    groups: Vec<String>,
    /// When.
    school_year: SchoolYear,
}

impl Affiliation {
    fn of(one: &domain::Affiliation) -> Self {
        Self {
            establishment: EstablishmentRef::of(&one.uai),
            profile: one.profile.into(),
            level: one.mefstat4.as_deref().map(Level::of),
            classes: one.classes.clone(),
            groups: one.groups.clone(),
            school_year: SchoolYear(one.school_year),
        }
    }
}
