//! Territories.

use async_graphql::{Context, ID, Object};
use kernel::{Fault, Page};
use service_kit::graphql::TerritoryLevel;

use super::connection::{EstablishmentConnection, TerritoryConnection};
use super::enums::{EstablishmentOrder, SchoolZone};
use super::establishment::this_year;
use super::filter::EstablishmentFilter;
use super::loaders::{AncestorsKey, ListKey, Loaders, Parent, TerritoryKey};
use crate::store::{Order, TerritoryRow};

/// A place on the map of school administration.
pub(crate) struct Territory {
    pub(crate) row: TerritoryRow,
}

/// The territory of an id, if there is one.
pub(crate) async fn territory(ctx: &Context<'_>, id: Option<&str>) -> Result<Option<Territory>, Fault> {
    match id {
        None => Ok(None),
        Some(id) => Ok(Loaders::load(ctx, TerritoryKey(id.to_owned())).await?.map(|row| Territory { row })),
    }
}

impl Territory {
    fn own_level(&self) -> kernel::TerritoryLevel {
        kernel::TerritoryLevel::parse(&self.row.level).unwrap_or(kernel::TerritoryLevel::Country)
    }
}

/// A place on the map of the State's and the collectivités' school administration. Who acts there is an `Organisation`.
#[Object]
impl Territory {
    /// `FR`, `REG-75` (INSEE; the région académique is the same), `ACA-04` (two digits), `DEP-33`, `DEP-2A`,
    /// `EPCI-243300316` (SIREN), `COM-33063` (INSEE), `CIR-` and the UAI of the circonscription.
    async fn id(&self) -> ID {
        ID(self.row.id.clone())
    }

    /// Its level.
    async fn level(&self) -> TerritoryLevel {
        self.own_level().into()
    }

    /// Its code at that level, without the prefix of the id.
    async fn code(&self) -> &str {
        &self.row.code
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Zone of the school holidays, for an académie.
    async fn zone(&self) -> Option<SchoolZone> {
        self.row.zone.as_deref().and_then(SchoolZone::parse)
    }

    /// The territory right above it: commune, circonscription and intercommunalité lie in a département (an
    /// intercommunalité across a border in that of its first commune), département in académie, académie in région.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Territory>, Fault> {
        territory(ctx, self.row.parent_id.as_deref()).await
    }

    /// All that lies above it, from the nearest to the country.
    async fn ancestors(&self, ctx: &Context<'_>) -> Result<Vec<Territory>, Fault> {
        let rows = Loaders::load(ctx, AncestorsKey(self.row.id.clone())).await?;
        Ok(rows.iter().flat_map(|rows| rows.iter()).map(|row| Territory { row: row.clone() }).collect())
    }

    /// What lies in it, by name.
    async fn children(
        &self,
        #[graphql(desc = "Everything of this level at any depth; absent: what lies directly below.")] level: Option<
            TerritoryLevel,
        >,
        #[graphql(desc = "Items at most, up to 100; absent: 20.")] first: Option<i32>,
        #[graphql(desc = "Begin after the item of this cursor.")] after: Option<String>,
    ) -> Result<TerritoryConnection, Fault> {
        let page = Page::new(first, after.as_deref(), None, None, 2).map_err(|error| Fault::bad_input(&error))?;
        Ok(TerritoryConnection { root: Some(self.row.id.clone()), level: level.map(Into::into), page })
    }

    /// The establishments that now lie in it.
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
        let parent = Parent::Territory(self.own_level(), self.row.id.clone());
        Ok(EstablishmentConnection::List(Box::new(ListKey { parent, filter, order, page })))
    }
}
