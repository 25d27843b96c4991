//! What may be asked of people, and how the gateway finds them.

use async_graphql::{Context, ID, Object};
use kernel::{Fault, SchoolYear};
use service_kit::graphql::EntityKey;
use uuid::Uuid;

use super::caller::CallingPerson;
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
        match app::oneself(&reads.store, &reads.pseudonyms, &reads.principal).await? {
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
        match app::by_pseudonym(&reads.pseudonyms, &reads.principal, &id) {
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
        match app::by_identifier(&Loaders::reads(ctx).store, &system, &value).await? {
            None => Ok(None),
            Some(id) => Loaders::user(ctx, id).await,
        }
    }

    /// What the house knows of the person who asks, for the gateway, which tells it to the other services; null for an application.
    #[graphql(inaccessible)]
    async fn calling_person(&self, ctx: &Context<'_>) -> Result<Option<CallingPerson>, Fault> {
        let reads = Loaders::reads(ctx);
        let year = SchoolYear::of(reads.clock.today());
        Ok(app::caller(&reads.store, &reads.pseudonyms, &reads.principal, year).await?.map(Into::into))
    }

    #[graphql(entity)]
    async fn user_by_person_id(&self, ctx: &Context<'_>, person_id: EntityKey) -> Result<Option<User>, Fault> {
        match person_id.parse::<Uuid>() {
            None => Ok(None),
            Some(id) => Loaders::user(ctx, id).await,
        }
    }
}
