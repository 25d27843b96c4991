//! Relay's page information.

use async_graphql::SimpleObject;

/// Where a page lies in the whole list.
#[derive(Clone, Debug, Default, SimpleObject)]
#[graphql(shareable)]
pub struct PageInfo {
    /// Whether something follows the last item of this page.
    pub has_next_page: bool,
    /// Whether something precedes the first item of this page.
    pub has_previous_page: bool,
    /// The first item's cursor: hand it to `before` for the page before. Null where the page is empty.
    pub start_cursor: Option<String>,
    /// The last item's cursor: hand it to `after` for the page after. Null where the page is empty.
    pub end_cursor: Option<String>,
}
