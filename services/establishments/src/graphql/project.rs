//! ENT projects.

use async_graphql::{Context, ID, Object};
use kernel::{Fault, Page};
use service_kit::graphql::{Degree, SchoolYear};

use super::connection::EstablishmentConnection;
use super::establishment::this_year;
use super::loaders::{ListKey, Loaders, OrganisationKey, OwnersKey, Parent, ProjectKey};
use super::organisation::Organisation;
use crate::store::{Filter, Order, ProjectRow};

/// An ENT project.
pub(crate) struct EntProject {
    pub(crate) row: ProjectRow,
}

/// An ENT project (projet ENT): one environment that its owners deploy in their establishments.
#[Object]
impl EntProject {
    /// Its slug, such as `alienor`.
    async fn id(&self) -> ID {
        ID(self.row.id.clone())
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Who makes or runs it, where known.
    async fn vendor(&self, ctx: &Context<'_>) -> Result<Option<Organisation>, Fault> {
        match &self.row.vendor_id {
            None => Ok(None),
            Some(id) => Ok(Loaders::load(ctx, OrganisationKey(id.clone())).await?.map(|row| Organisation { row })),
        }
    }

    /// Who decided and pays it (porteurs de projet).
    async fn owners(&self, ctx: &Context<'_>) -> Result<Vec<Organisation>, Fault> {
        let rows = Loaders::load(ctx, OwnersKey(self.row.id.clone())).await?;
        Ok(rows.iter().flat_map(|rows| rows.iter()).map(|row| Organisation { row: row.clone() }).collect())
    }

    /// For which degrees it is made.
    async fn degrees(&self) -> Vec<Degree> {
        let first = self.row.first_degree.then_some(Degree::First);
        let second = self.row.second_degree.then_some(Degree::Second);
        first.into_iter().chain(second).collect()
    }

    /// Where it is entered.
    async fn url(&self) -> Option<&str> {
        self.row.url.as_deref()
    }

    /// The project that took its place.
    async fn succeeded_by(&self, ctx: &Context<'_>) -> Result<Option<EntProject>, Fault> {
        match &self.row.succeeded_by {
            None => Ok(None),
            Some(id) => Ok(Loaders::load(ctx, ProjectKey(id.clone())).await?.map(|row| EntProject { row })),
        }
    }

    /// Where it is open in a school year, by name.
    async fn establishments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The school year; absent: the current one.")] school_year: Option<SchoolYear>,
        #[graphql(desc = "Items at most, up to 100; absent: 20.")] first: Option<i32>,
        #[graphql(desc = "Begin after the item of this cursor.")] after: Option<String>,
    ) -> Result<EstablishmentConnection, Fault> {
        let page = Page::new(first, after.as_deref(), None, None, Order::Name.keys().len());
        let page = page.map_err(|error| Fault::bad_input(&error))?;
        let year = school_year.map_or_else(|| this_year(ctx), |year| year.0);
        // Closed establishments too: the year names what is meant.
        let filter = Filter { school_year: Some(year), ..Filter::default() };
        let parent = Parent::Project(year, self.row.id.clone());
        Ok(EstablishmentConnection::List(Box::new(ListKey { parent, filter, order: Order::Name, page })))
    }
}
