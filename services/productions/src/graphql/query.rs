//! What may be asked of productions, and how the gateway finds them.

use std::collections::BTreeSet;

use async_graphql::{Context, ID, Object};
use kernel::{ErrorCode, Fault, Page, TerritoryId};
use service_kit::graphql::{Cycle, EntityKey, SchoolYear};
use uuid::Uuid;

use super::connection::ProductionConnection;
use super::enums::{ProductionKind, ProductionOrder};
use super::loaders::{ListKey, Loaders, SeenKey};
use super::production::Production;
use crate::store::{Filter, Order};

/// Bytes of a search.
const MAX_TEXT: usize = 200;

pub(crate) struct Query;

/// What may be asked.
#[Object]
impl Query {
    /// The production of this id; null where there is none, or none that the caller may see.
    async fn production(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<Production>, Fault> {
        production(ctx, id.parse().ok()).await
    }

    /// Published productions of a territory that are shared with the caller, by page: with everybody; with the territories of
    /// their establishments, for a portal or a person of these; with the ENTs of those who take part, for such an ENT; and of what
    /// is shared further than with those who take part, what the person who asks takes part in.
    #[expect(clippy::too_many_arguments, reason = "GraphQL arguments are this function's parameters")]
    async fn shared_productions(
        &self,
        #[graphql(desc = "One of its establishments lay in this territory in its school year.")] territory: ID,
        #[graphql(desc = "Pupils of this cycle took part, by the level that they had when they first contributed.")]
        cycle: Option<Cycle>,
        #[graphql(desc = "Whether pupils of both degrees took part.")] crosses_degrees: Option<bool>,
        #[graphql(desc = "It is of one of these kinds.")] kinds: Option<Vec<ProductionKind>>,
        #[graphql(desc = "It was made in this school year; absent: in any.")] school_year: Option<SchoolYear>,
        #[graphql(desc = "This ENT was open in one of its establishments in its school year.")] ent_project: Option<ID>,
        #[graphql(desc = "Its title holds words that begin like these; accents and case do not matter.")] text: Option<
            String,
        >,
        #[graphql(desc = "In which order.", default_with = "Some(ProductionOrder::Recent)")] order_by: Option<
            ProductionOrder,
        >,
        #[graphql(desc = "Items at most, up to 100; absent: 20.")] first: Option<i32>,
        #[graphql(desc = "Begin after the item of this cursor.")] after: Option<String>,
    ) -> Result<ProductionConnection, Fault> {
        let territory: TerritoryId =
            territory.parse().map_err(|error: kernel::BadTerritoryId| Fault::bad_input(&error))?;
        let order = order_by.map_or(Order::Recent, Into::into);
        let page =
            Page::new(first, after.as_deref(), None, None, Order::KEYS).map_err(|error| Fault::bad_input(&error))?;
        if let Some(cursor) = &page.after {
            order.place(cursor).map_err(|error| Fault::bad_input(&error))?;
        }
        if text.as_ref().is_some_and(|text| text.len() > MAX_TEXT) {
            return Err(Fault::new(ErrorCode::BadUserInput, format!("text has {MAX_TEXT} bytes at most")));
        }
        let filter = Filter {
            territory,
            cycle: cycle.map(Into::into),
            crosses_degrees,
            kinds: kinds.map(|kinds| kinds.into_iter().map(Into::into).collect::<BTreeSet<_>>().into_iter().collect()),
            school_year: school_year.map(|year| year.0),
            project: ent_project.map(|id| id.0),
            text,
        };
        Ok(ProductionConnection { key: ListKey { filter, order, page } })
    }

    #[graphql(entity)]
    async fn production_by_id(&self, ctx: &Context<'_>, id: EntityKey) -> Result<Option<Production>, Fault> {
        production(ctx, id.parse()).await
    }
}

async fn production(ctx: &Context<'_>, id: Option<Uuid>) -> Result<Option<Production>, Fault> {
    match id {
        None => Ok(None),
        Some(id) => Ok(Loaders::load(ctx, SeenKey(id)).await?.map(|seen| Production { seen })),
    }
}
