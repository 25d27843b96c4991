//! What may be asked of people, and how the gateway finds them.

use async_graphql::{Context, ID, Object};
use kernel::{Fault, Page, SchoolYear};
use service_kit::graphql::EntityKey;
use uuid::Uuid;

use super::administration::{self, Client, MergeProposalConnection};
use super::caller::{CallingPerson, CallingSession};
use super::identity::{self, IdentityProvider};
use super::loaders::Loaders;
use super::user::User;
use crate::app;

pub(crate) struct Query;

/// What may be asked.
#[Object]
impl Query {
    /// The person who asks; null for an application.
    async fn me(&self, ctx: &Context<'_>) -> Result<Option<User>, Fault> {
        let reads = Loaders::reads(ctx);
        match app::oneself(&reads.front.store, &reads.front.secrets.pseudonyms, &reads.principal).await? {
            None => Ok(None),
            Some(id) => Loaders::user(ctx, id).await,
        }
    }

    /// The person whom the calling client knows by this id; null where there is none, or none whom it may know.
    async fn user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their pseudonym for this client, as `User.id` gave it.")] id: ID,
    ) -> Result<Option<User>, Fault> {
        let reads = Loaders::reads(ctx);
        match app::by_pseudonym(&reads.front.secrets.pseudonyms, &reads.principal, &id) {
            None => Ok(None),
            Some(id) => Loaders::user(ctx, id).await,
        }
    }

    /// For a machine client: a person of its perimeter by an identifier of another system; null where there is none there.
    async fn user_by_identifier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The system that gave the identifier, such as `alienor`.")] system: String,
        #[graphql(desc = "The identifier.")] value: String,
    ) -> Result<Option<User>, Fault> {
        match app::by_identifier(&Loaders::reads(ctx).front.store, &system, &value).await? {
            None => Ok(None),
            Some(id) => Loaders::user(ctx, id).await,
        }
    }

    /// What the house knows of the person who asks, for the gateway, which tells it to the other services; null for an application.
    #[graphql(inaccessible)]
    async fn calling_person(&self, ctx: &Context<'_>) -> Result<Option<CallingPerson>, Fault> {
        let reads = Loaders::reads(ctx);
        let year = SchoolYear::of(reads.front.clock.today());
        Ok(app::caller(&reads.front.store, &reads.front.secrets.pseudonyms, &reads.principal, year)
            .await?
            .map(Into::into))
    }

    /// Who is logged in under this session, for the gateway; null where it is none now.
    #[graphql(inaccessible)]
    async fn calling_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The hash of the session's cookie.")] session: String,
    ) -> Result<Option<CallingSession>, Fault> {
        let front = &Loaders::reads(ctx).front;
        let Some(session) = front.sign_in.session(&session).await? else { return Ok(None) };
        let Some(person) = front.store.canonical(&[session.person]).await?.remove(&session.person) else {
            // Who was erased is logged in no more.
            return Ok(None);
        };
        let Some(subject) = app::own_pseudonym(&front.store, &front.secrets.pseudonyms, person).await? else {
            return Ok(None);
        };
        let year = SchoolYear::of(front.clock.today());
        let facts = app::facts_of(&front.store, person, subject, year).await?;
        Ok(facts.map(|facts| CallingSession::of(facts, session.id)))
    }

    /// The OpenID providers at which people log in.
    async fn identity_providers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that are offered in this territory; absent: all.")] territory: Option<ID>,
    ) -> Vec<IdentityProvider> {
        identity::providers(ctx, territory.as_deref().map(String::as_str))
    }

    /// Pairs of people who may be one, for whoever administers the installation: those that nobody has decided, oldest first.
    async fn merge_proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<MergeProposalConnection, Fault> {
        let page = Page::new(first, after.as_deref(), None, None, 1).map_err(|error| Fault::bad_input(&error))?;
        administration::proposals(ctx, &page).await
    }

    /// Machine clients that were registered here, ended ones too, for whoever administers the installation.
    async fn clients(&self, ctx: &Context<'_>) -> Result<Vec<Client>, Fault> {
        Ok(Loaders::reads(ctx).front.store.clients().await?.into_iter().map(Into::into).collect())
    }

    #[graphql(entity)]
    async fn user_by_person_id(&self, ctx: &Context<'_>, person_id: EntityKey) -> Result<Option<User>, Fault> {
        match person_id.parse::<Uuid>() {
            None => Ok(None),
            Some(id) => Loaders::user(ctx, id).await,
        }
    }
}
