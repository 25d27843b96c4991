//! Relay connections: what is not selected is not computed.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use futures::future::try_join_all;
use kernel::Fault;
use service_kit::graphql::PageInfo;

use super::loaders::{CountKey, ListKey, Listed, Loaders, SeenKey};
use super::production::Production;

/// A list of productions, by page.
pub(crate) struct ProductionConnection {
    pub(crate) key: ListKey,
}

impl ProductionConnection {
    async fn page(&self, ctx: &Context<'_>) -> Result<Arc<Listed>, Fault> {
        let page = Loaders::load(ctx, self.key.clone()).await?;
        Ok(page.unwrap_or_else(|| Arc::new(Listed { items: Vec::new(), more: false })))
    }
}

/// A list of productions, by page (Relay connection). Cursors name places in the order: they stay right while productions are
/// added, withdrawn or discarded.
#[Object]
impl ProductionConnection {
    /// How many there are in the whole list, whatever the page.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64, Fault> {
        Ok(Loaders::load(ctx, CountKey(self.key.filter.clone())).await?.unwrap_or(0))
    }

    /// The productions of this page, each with its cursor.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Vec<ProductionEdge>, Fault> {
        let page = self.page(ctx).await?;
        let seen = try_join_all(page.items.iter().map(|row| Loaders::load(ctx, SeenKey(row.id)))).await?;
        let edges = page.items.iter().zip(seen).filter_map(|(row, seen)| {
            // Withdrawn between two statements: it is not shown, and the cursors of its neighbours stay right.
            let node = Production { seen: seen? };
            Some(ProductionEdge { cursor: self.key.order.cursor(row).encode(), node })
        });
        Ok(edges.collect())
    }

    /// Where this page lies in the whole list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, Fault> {
        let page = self.page(ctx).await?;
        let cursor = |row| self.key.order.cursor(row).encode();
        Ok(PageInfo {
            has_next_page: page.more,
            has_previous_page: self.key.page.after.is_some(),
            start_cursor: page.items.first().map(cursor),
            end_cursor: page.items.last().map(cursor),
        })
    }
}

/// A production in a list.
#[derive(SimpleObject)]
pub(crate) struct ProductionEdge {
    /// Its place in the order: hand it to `after`.
    cursor: String,
    /// The production.
    node: Production,
}
