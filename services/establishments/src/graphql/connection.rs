//! Relay connections: what is not selected is not computed.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use kernel::{Cursor, Direction, Fault, Page, TerritoryLevel};
use service_kit::graphql::PageInfo;
use tokio::sync::OnceCell;

use super::establishment::Establishment;
use super::loaders::{BelowCountKey, BelowKey, CountKey, ListKey, Listed, Loaders};
use super::territory::Territory;
use crate::store::{EstablishmentRow, TerritoryRow, cursor_of};

/// A list of establishments, by page.
pub(crate) enum EstablishmentConnection {
    /// A filtered list in an order.
    List(Box<ListKey>),
    /// Changes since a place in their order.
    Changes {
        /// The place.
        after: i64,
        /// Items at most.
        size: u32,
        /// Whether the caller gave a cursor.
        resumed: bool,
        /// The page, read once: items and cursor must tell of the same moment.
        page: OnceCell<Arc<Listed<EstablishmentRow>>>,
    },
}

impl EstablishmentConnection {
    async fn page(&self, ctx: &Context<'_>) -> Result<Arc<Listed<EstablishmentRow>>, Fault> {
        match self {
            Self::List(key) => Ok(Loaders::load(ctx, (**key).clone()).await?.unwrap_or_else(empty)),
            Self::Changes { after, size, page, .. } => {
                let read = async || {
                    let mut items = Loaders::store(ctx).establishment_changes(*after, size + 1).await?;
                    let more = items.len() > *size as usize;
                    items.truncate(*size as usize);
                    Ok::<_, Fault>(Arc::new(Listed { items, more }))
                };
                page.get_or_try_init(read).await.cloned()
            }
        }
    }

    fn cursor(&self, row: &EstablishmentRow) -> String {
        let cursor = match self {
            Self::List(key) => cursor_of(key.order, &row.name_folded, &row.commune_folded, &row.uai),
            Self::Changes { .. } => Cursor(vec![row.change_seq.to_string()]),
        };
        cursor.encode()
    }
}

/// A list of establishments, by page (Relay connection). Cursors name places in the order: they stay right while
/// establishments are added, changed or removed.
#[Object]
impl EstablishmentConnection {
    /// How many there are in the whole list, whatever the page; of `establishmentChanges`: how many since its cursor.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64, Fault> {
        match self {
            Self::List(key) => {
                let count = CountKey { parent: key.parent.clone(), filter: key.filter.clone() };
                Ok(Loaders::load(ctx, count).await?.unwrap_or(0))
            }
            Self::Changes { after, .. } => Ok(Loaders::store(ctx).count_establishment_changes(*after).await?),
        }
    }

    /// The establishments of this page, each with its cursor.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Vec<EstablishmentEdge>, Fault> {
        let page = self.page(ctx).await?;
        let edge = |row: &EstablishmentRow| EstablishmentEdge {
            cursor: self.cursor(row),
            node: Establishment::new(row.clone()),
        };
        Ok(page.items.iter().map(edge).collect())
    }

    /// The establishments of this page.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Vec<Establishment>, Fault> {
        Ok(self.page(ctx).await?.items.iter().map(|row| Establishment::new(row.clone())).collect())
    }

    /// Where this page lies in the whole list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, Fault> {
        let page = self.page(ctx).await?;
        let (start, end) =
            (page.items.first().map(|row| self.cursor(row)), page.items.last().map(|row| self.cursor(row)));
        Ok(match self {
            Self::List(key) => page_info(&key.page, page.more, start, end),
            // A reader who is up to date keeps its place.
            Self::Changes { resumed, after, .. } => {
                let end = end.or_else(|| resumed.then(|| Cursor(vec![after.to_string()]).encode()));
                PageInfo { has_next_page: page.more, has_previous_page: *resumed, start_cursor: start, end_cursor: end }
            }
        })
    }
}

/// An establishment in a list.
#[derive(SimpleObject)]
pub(crate) struct EstablishmentEdge {
    /// Its place in the order: hand it to `after` or `before`.
    cursor: String,
    /// The establishment.
    node: Establishment,
}

/// A list of territories, by page.
pub(crate) struct TerritoryConnection {
    pub(crate) root: Option<String>,
    pub(crate) level: Option<TerritoryLevel>,
    pub(crate) page: Page,
}

impl TerritoryConnection {
    async fn page(&self, ctx: &Context<'_>) -> Result<Arc<Listed<TerritoryRow>>, Fault> {
        let key = BelowKey(self.root.clone(), self.level, self.page.clone());
        Ok(Loaders::load(ctx, key).await?.unwrap_or_else(empty))
    }
}

fn place(row: &TerritoryRow) -> String {
    Cursor(vec![row.name_folded.clone(), row.id.clone()]).encode()
}

/// A list of territories by name, by page (Relay connection).
#[Object]
impl TerritoryConnection {
    /// How many there are in the whole list, whatever the page.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64, Fault> {
        Ok(Loaders::load(ctx, BelowCountKey(self.root.clone(), self.level)).await?.unwrap_or(0))
    }

    /// The territories of this page, each with its cursor.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Vec<TerritoryEdge>, Fault> {
        let page = self.page(ctx).await?;
        Ok(page
            .items
            .iter()
            .map(|row| TerritoryEdge { cursor: place(row), node: Territory { row: row.clone() } })
            .collect())
    }

    /// The territories of this page.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Vec<Territory>, Fault> {
        Ok(self.page(ctx).await?.items.iter().map(|row| Territory { row: row.clone() }).collect())
    }

    /// Where this page lies in the whole list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, Fault> {
        let page = self.page(ctx).await?;
        Ok(page_info(&self.page, page.more, page.items.first().map(place), page.items.last().map(place)))
    }
}

/// A territory in a list.
#[derive(SimpleObject)]
pub(crate) struct TerritoryEdge {
    /// Its place in the order: hand it to `after`.
    cursor: String,
    /// The territory.
    node: Territory,
}

fn empty<T>() -> Arc<Listed<T>> {
    Arc::new(Listed { items: Vec::new(), more: false })
}

fn page_info(page: &Page, more: bool, start_cursor: Option<String>, end_cursor: Option<String>) -> PageInfo {
    let (has_next_page, has_previous_page) = match page.direction {
        Direction::Forward => (more, page.after.is_some()),
        Direction::Backward => (page.before.is_some(), more),
    };
    PageInfo { has_next_page, has_previous_page, start_cursor, end_cursor }
}
