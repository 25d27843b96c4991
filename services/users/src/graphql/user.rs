//! People as a caller may see them.

use async_graphql::{Context, ID, Object, SimpleObject};
use futures::future::join_all;
use kernel::{ErrorCode, Fault};
use service_kit::access::{ACCESS, Seer};
use service_kit::graphql::{Date, EstablishmentRef, Level, Profile, SchoolYear, or_null};
use uuid::Uuid;

use super::identity::{self, Identity, Session};
use super::loaders::Loaders;
use super::own::{Authorisation, Departure, Merge};
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
            .and_then(|client| reads.front.secrets.pseudonyms.of(client, person.id, person.pseudonym_key));
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
        let whole = self.sees_everything();
        let affiliations = self.seen.person.affiliations.iter();
        let told = affiliations.filter(|one| school_year.is_none_or(|year| year.0 == one.school_year)).filter(|one| {
            whole || self.shows(one.profile) && self.seen.within.contains(&(one.uai.clone(), one.school_year))
        });
        Some(told.map(Affiliation::of).collect())
    }

    /// Their accounts at providers, by which they log in.
    async fn identities(&self, ctx: &Context<'_>) -> Result<Option<Vec<Identity>>, Fault> {
        let Some(()) = or_null(ctx, ACCESS.permit("User", "identities", &self.seen.seers)) else { return Ok(None) };
        let identifiers = Loaders::reads(ctx).front.store.identifiers_of(self.seen.person.id).await?;
        Ok(Some(identity::identities(ctx, identifiers)))
    }

    /// Where they are logged in, from the oldest.
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Option<Vec<Session>>, Fault> {
        let Some(()) = or_null(ctx, ACCESS.permit("User", "sessions", &self.seen.seers)) else { return Ok(None) };
        Ok(Some(identity::sessions(ctx, self.seen.person.id).await?))
    }

    /// The minors for whom they answer by law, as far as they are known here.
    async fn children(&self, ctx: &Context<'_>) -> Result<Option<Vec<Self>>, Fault> {
        let Some(()) = or_null(ctx, ACCESS.permit("User", "children", &self.seen.seers)) else { return Ok(None) };
        let children = Loaders::reads(ctx).front.store.children_of(self.seen.person.id).await?;
        Ok(Some(people(ctx, children).await?))
    }

    /// Who answers for them by law, as far as they are known here. Of these the caller sees whom they may know.
    async fn guardians(&self, ctx: &Context<'_>) -> Result<Option<Vec<Self>>, Fault> {
        let Some(()) = or_null(ctx, ACCESS.permit("User", "guardians", &self.seen.seers)) else { return Ok(None) };
        let id = self.seen.person.id;
        let guardians = Loaders::reads(ctx).front.store.legal_guardians(&[id]).await?.remove(&id).unwrap_or_default();
        Ok(Some(people(ctx, guardians).await?))
    }

    /// What was authorised for them, or objected to, the newest first.
    async fn authorisations(&self, ctx: &Context<'_>) -> Result<Option<Vec<Authorisation>>, Fault> {
        let Some(()) = or_null(ctx, ACCESS.permit("User", "authorisations", &self.seen.seers)) else {
            return Ok(None);
        };
        let rows = Loaders::reads(ctx).front.store.authorisations_of(self.seen.person.id).await?;
        Ok(Some(rows.into_iter().map(Into::into).collect()))
    }

    /// Why several identities are taken to be theirs.
    async fn merges(&self, ctx: &Context<'_>) -> Result<Option<Vec<Merge>>, Fault> {
        let Some(()) = or_null(ctx, ACCESS.permit("User", "merges", &self.seen.seers)) else { return Ok(None) };
        let rows = Loaders::reads(ctx).front.store.merges_of(self.seen.person.id).await?;
        Ok(Some(rows.into_iter().map(Into::into).collect()))
    }

    /// That they have left, and when what is kept of them goes; null while they are here.
    async fn departure(&self, ctx: &Context<'_>) -> Result<Option<Departure>, Fault> {
        let Some(()) = or_null(ctx, ACCESS.permit("User", "departure", &self.seen.seers)) else { return Ok(None) };
        let row = Loaders::reads(ctx).front.store.departure_of(self.seen.person.id).await?;
        Ok(row.map(Into::into))
    }
}

impl User {
    /// Whether the caller is who they are, or answers for them.
    fn sees_everything(&self) -> bool {
        self.seen.seers.iter().any(|seer| matches!(seer, Seer::Oneself | Seer::Guardian))
    }

    /// Whether the caller may know people as what this says of them.
    fn shows(&self, profile: kernel::Profile) -> bool {
        let whom = if profile.is_staff() { "User: staff" } else { "User: a pupil or a guardian" };
        ACCESS.admits(whom, &self.seen.seers)
    }

    fn profiles_seen(&self) -> Vec<kernel::Profile> {
        // Who sees a person for what they are at a place learns nothing of what they are or were elsewhere.
        let profiles = if self.sees_everything() {
            self.seen.person.profiles()
        } else {
            self.seen.person.profiles_within(&self.seen.within)
        };
        profiles.into_iter().filter(|profile| self.shows(*profile)).collect()
    }
}

/// Those of these people whom the caller may know.
async fn people(ctx: &Context<'_>, ids: impl IntoIterator<Item = Uuid>) -> Result<Vec<User>, Fault> {
    let found = join_all(ids.into_iter().map(|id| Loaders::user(ctx, id))).await;
    found.into_iter().filter_map(Result::transpose).collect()
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
    /// Since when nobody tells it any more, within the year; null while somebody does.
    ended_on: Option<Date>,
}

impl Affiliation {
    pub(super) fn of(one: &domain::Affiliation) -> Self {
        Self {
            establishment: EstablishmentRef::of(&one.uai),
            profile: one.profile.into(),
            level: one.mefstat4.as_deref().map(Level::of),
            classes: one.classes.clone(),
            groups: one.groups.clone(),
            school_year: SchoolYear(one.school_year),
            ended_on: one.ended_on.map(Date),
        }
    }
}
