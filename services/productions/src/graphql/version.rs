//! Versions of a production, and what its last one can be fetched as.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use kernel::{Cursor, Fault, Page};
use service_kit::graphql::{DateTime, PageInfo};

use super::PublicUrl;
use super::enums::Bytes;
use super::loaders::{Loaders, VersionsKey};
use super::participant::Participant;
use crate::app::Seen;
use crate::content::stable_path;
use crate::store::{ContentRow, VersionRow};

/// The versions of a production, by page, the newest first.
pub(crate) struct VersionConnection {
    pub(crate) seen: Arc<Seen>,
    pub(crate) page: Page,
    pub(crate) before: Option<i64>,
}

impl VersionConnection {
    /// The page that the arguments ask for.
    pub(crate) fn new(seen: Arc<Seen>, first: Option<i32>, after: Option<&str>) -> Result<Self, Fault> {
        let page = Page::new(first, after, None, None, 1).map_err(|error| Fault::bad_input(&error))?;
        let before = page.after.as_ref().and_then(|cursor| cursor.0.first()).map(|key| key.parse::<i64>());
        let before = before.transpose().map_err(|_| Fault::bad_input(&kernel::BadPage::Cursor))?;
        Ok(Self { seen, page, before })
    }

    async fn rows(&self, ctx: &Context<'_>) -> Result<(Vec<VersionRow>, bool), Fault> {
        let size = self.page.size as usize;
        let limit = i64::from(self.page.size) + 1;
        let key = VersionsKey { production: self.seen.row.id, before: self.before, limit };
        let rows = Loaders::load(ctx, key).await?.unwrap_or_default();
        Ok((rows.iter().take(size).cloned().collect(), rows.len() > size))
    }
}

/// The versions of a production, by page, the newest first (Relay connection).
#[Object]
impl VersionConnection {
    /// How many there are.
    async fn total_count(&self) -> i64 {
        self.seen.row.last_version
    }

    /// The versions of this page, each with its cursor.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Vec<VersionEdge>, Fault> {
        let (rows, _) = self.rows(ctx).await?;
        Ok(rows
            .into_iter()
            .map(|row| VersionEdge { cursor: cursor(&row), node: Version::of(&self.seen, &row) })
            .collect())
    }

    /// Where this page lies in the whole list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, Fault> {
        let (rows, more) = self.rows(ctx).await?;
        Ok(PageInfo {
            has_next_page: more,
            has_previous_page: self.before.is_some(),
            start_cursor: rows.first().map(cursor),
            end_cursor: rows.last().map(cursor),
        })
    }
}

fn cursor(row: &VersionRow) -> String {
    Cursor(vec![row.number.to_string()]).encode()
}

/// A version in a list.
#[derive(SimpleObject)]
pub(crate) struct VersionEdge {
    /// Its place in the order: hand it to `after`.
    cursor: String,
    /// The version.
    node: Version,
}

/// A save of a production.
#[derive(SimpleObject)]
pub(crate) struct Version {
    /// From 1.
    number: i64,
    /// When.
    saved_at: DateTime,
    /// By whom.
    saved_by: Option<Participant>,
    /// Bytes of its editable content.
    size: Bytes,
    /// SHA-256 of its editable content, in lower-case hexadecimal.
    sha256: String,
    /// Media type of its editable content.
    media_type: String,
}

impl Version {
    fn of(seen: &Arc<Seen>, row: &VersionRow) -> Self {
        Self {
            number: row.number,
            saved_at: DateTime(row.saved_at),
            saved_by: Participant::numbered(seen, row.saved_by),
            size: Bytes(row.size),
            sha256: row.sha256.clone(),
            media_type: row.media_type.clone(),
        }
    }
}

/// The last version of a production in one format.
#[derive(SimpleObject)]
pub(crate) struct Export {
    /// The format, such as `mm`, that of Freemind, for a mind map.
    format: String,
    /// Its media type.
    media_type: String,
    /// Its length.
    size: Bytes,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    sha256: String,
    /// Where to fetch it, with the same token as here: stable, and redirects to an address that is good for five minutes.
    /// Absolute where the installation knows its public address, else to be resolved against the gateway's.
    url: String,
}

impl Export {
    /// The export of this content.
    pub(crate) fn of(ctx: &Context<'_>, row: &ContentRow) -> Self {
        let base = &ctx.data_unchecked::<PublicUrl>().0;
        Self {
            format: row.format.clone(),
            media_type: row.media_type.clone(),
            size: Bytes(row.size),
            sha256: row.sha256.clone(),
            url: format!("{base}{}", stable_path(row.production_id, &row.format)),
        }
    }
}
