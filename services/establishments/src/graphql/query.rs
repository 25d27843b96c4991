//! What may be asked of the directory, and how the gateway finds its entities.

use async_graphql::{Context, ID, Object};
use kernel::{Cursor, Fault, Page, TerritoryId};
use service_kit::graphql::{Degree, EntityKey, SchoolYear, TerritoryLevel, Uai};
use tokio::sync::OnceCell;

use super::connection::{EstablishmentConnection, TerritoryConnection};
use super::enums::EstablishmentOrder;
use super::establishment::{Establishment, this_year};
use super::filter::EstablishmentFilter;
use super::loaders::{EstablishmentKey, ListKey, Loaders, OrganisationKey, Parent, ProjectKey, TerritoryKey};
use super::organisation::Organisation;
use super::project::EntProject;
use super::territory::Territory;
use crate::store::Order;

pub(crate) struct Query;

/// What may be asked.
#[Object]
impl Query {
    /// The establishment of this UAI, closed ones too; null where the directory has none.
    async fn establishment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its UAI.")] uai: Uai,
    ) -> Result<Option<Establishment>, Fault> {
        Ok(Loaders::load(ctx, EstablishmentKey(uai.0.to_string())).await?.map(Establishment::new))
    }

    /// Establishments, by page.
    #[expect(clippy::too_many_arguments, reason = "GraphQL arguments are this function's parameters")]
    async fn establishments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them.")] filter: Option<EstablishmentFilter>,
        #[graphql(desc = "In which order.", default_with = "Some(EstablishmentOrder::Name)")] order_by: Option<
            EstablishmentOrder,
        >,
        #[graphql(desc = "Items at most, up to 100, from the beginning; absent: 20.")] first: Option<i32>,
        #[graphql(desc = "Begin after the item of this cursor.")] after: Option<String>,
        #[graphql(desc = "Items at most, up to 100, from the end.")] last: Option<i32>,
        #[graphql(desc = "End before the item of this cursor.")] before: Option<String>,
    ) -> Result<EstablishmentConnection, Fault> {
        let order = order_by.map_or(Order::Name, Into::into);
        let page = Page::new(first, after.as_deref(), last, before.as_deref(), order.keys().len());
        let page = page.map_err(|error| Fault::bad_input(&error))?;
        let filter = filter.unwrap_or_default().check(this_year(ctx))?;
        Ok(EstablishmentConnection::List(Box::new(ListKey { parent: Parent::Everywhere, filter, order, page })))
    }

    /// For those who keep a copy: what changed since a cursor, in the order of the changes, closed establishments too. An
    /// establishment that changed twice stands once, at its last change. Keep `pageInfo.endCursor` and ask again with it.
    async fn establishment_changes(
        &self,
        #[graphql(desc = "Changes after this cursor; absent: from the beginning.")] after: Option<String>,
        #[graphql(desc = "Items at most, up to 100; absent: 20.")] first: Option<i32>,
    ) -> Result<EstablishmentConnection, Fault> {
        let page = Page::new(first, after.as_deref(), None, None, 1).map_err(|error| Fault::bad_input(&error))?;
        let resumed = page.after.is_some();
        let after = match page.after {
            None => 0,
            Some(Cursor(keys)) => match keys.first().and_then(|key| key.parse().ok()) {
                Some(seq) => seq,
                None => return Err(Fault::bad_input(&kernel::BadPage::Cursor)),
            },
        };
        Ok(EstablishmentConnection::Changes { after, size: page.size, resumed, page: OnceCell::new() })
    }

    /// The territory of this id; null where there is none.
    async fn territory(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, such as `ACA-04`.")] id: ID,
    ) -> Result<Option<Territory>, Fault> {
        let id: TerritoryId = id.parse().map_err(|error: kernel::BadTerritoryId| Fault::bad_input(&error))?;
        Ok(Loaders::load(ctx, TerritoryKey(id.to_string())).await?.map(|row| Territory { row }))
    }

    /// Territories of a level, by name.
    async fn territories(
        &self,
        #[graphql(desc = "Their level.")] level: TerritoryLevel,
        #[graphql(desc = "Only those that lie in this territory.")] within: Option<ID>,
        #[graphql(desc = "Items at most, up to 100; absent: 20.")] first: Option<i32>,
        #[graphql(desc = "Begin after the item of this cursor.")] after: Option<String>,
    ) -> Result<TerritoryConnection, Fault> {
        let page = Page::new(first, after.as_deref(), None, None, 2).map_err(|error| Fault::bad_input(&error))?;
        let root: Option<TerritoryId> = within
            .map(|id| id.parse())
            .transpose()
            .map_err(|error: kernel::BadTerritoryId| Fault::bad_input(&error))?;
        Ok(TerritoryConnection { root: root.map(|id| id.to_string()), level: Some(level.into()), page })
    }

    /// The ENT project of this slug; null where there is none.
    async fn ent_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its slug, such as `alienor`.")] id: ID,
    ) -> Result<Option<EntProject>, Fault> {
        Ok(Loaders::load(ctx, ProjectKey(id.0)).await?.map(|row| EntProject { row }))
    }

    /// ENT projects by name, 1000 at most.
    async fn ent_projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Open in an establishment of this territory.")] territory: Option<ID>,
        #[graphql(desc = "Made for this degree.")] degree: Option<Degree>,
        #[graphql(desc = "Open somewhere in this school year.")] school_year: Option<SchoolYear>,
    ) -> Result<Vec<EntProject>, Fault> {
        let territory: Option<TerritoryId> = territory
            .map(|id| id.parse())
            .transpose()
            .map_err(|error: kernel::BadTerritoryId| Fault::bad_input(&error))?;
        let (degree, year) = (degree.map(Into::into), school_year.map(|year| year.0));
        let rows = Loaders::store(ctx).projects(territory.as_ref(), degree, year).await?;
        Ok(rows.into_iter().map(|row| EntProject { row }).collect())
    }

    /// The organisation of this slug; null where there is none.
    async fn organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its slug.")] id: ID,
    ) -> Result<Option<Organisation>, Fault> {
        Ok(Loaders::load(ctx, OrganisationKey(id.0)).await?.map(|row| Organisation { row }))
    }

    #[graphql(entity)]
    async fn establishment_by_uai(&self, ctx: &Context<'_>, uai: EntityKey) -> Result<Option<Establishment>, Fault> {
        match uai.parse::<kernel::Uai>() {
            None => Ok(None),
            Some(uai) => Ok(Loaders::load(ctx, EstablishmentKey(uai.to_string())).await?.map(Establishment::new)),
        }
    }

    #[graphql(entity)]
    async fn territory_by_id(&self, ctx: &Context<'_>, id: EntityKey) -> Result<Option<Territory>, Fault> {
        super::territory::territory(ctx, id.as_text()).await
    }

    #[graphql(entity)]
    async fn ent_project_by_id(&self, ctx: &Context<'_>, id: EntityKey) -> Result<Option<EntProject>, Fault> {
        match id.as_text() {
            None => Ok(None),
            Some(id) => Ok(Loaders::load(ctx, ProjectKey(id.to_owned())).await?.map(|row| EntProject { row })),
        }
    }

    #[graphql(entity)]
    async fn organisation_by_id(&self, ctx: &Context<'_>, id: EntityKey) -> Result<Option<Organisation>, Fault> {
        match id.as_text() {
            None => Ok(None),
            Some(id) => Ok(Loaders::load(ctx, OrganisationKey(id.to_owned())).await?.map(|row| Organisation { row })),
        }
    }
}
