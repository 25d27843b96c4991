//! One look-up for everything of a kind that a request asks for at once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use kernel::{Fault, Page, Principal};
use service_kit::batches::Batches;
use uuid::Uuid;

use crate::Store;
use crate::app::{self, Seen};
use crate::store::{ContentRow, Filter, Order, ProductionRow, VersionRow};

/// The loaders of one request.
pub(crate) struct Loaders(DataLoader<Reads, HashMapCache>);

/// The use cases' batched reads, for one caller.
pub(crate) struct Reads {
    store: Store,
    principal: Principal,
}

impl Loaders {
    pub(crate) fn new(store: Store, principal: Principal, batches: &Batches) -> Self {
        let batches = batches.clone();
        let reads = Reads { store, principal };
        let loader = DataLoader::with_cache(reads, move |batch| batches.add(batch), HashMapCache::default());
        // When a batch begins is the request's to say, and not a timer's.
        Self(loader.delay(Duration::ZERO))
    }

    /// The value of `key`, if there is one.
    pub(crate) async fn load<K>(ctx: &Context<'_>, key: K) -> Result<Option<<Reads as Loader<K>>::Value>, Fault>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Reads: Loader<K, Error = Fault>,
    {
        ctx.data_unchecked::<Self>().0.load_one(key).await
    }
}

/// A production by its id, as the caller may see it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct SeenKey(pub(crate) Uuid);
/// What the last version of a production holds.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ExportsKey(pub(crate) Uuid);
/// Versions of a production, one more than a page holds.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct VersionsKey {
    pub(crate) production: Uuid,
    pub(crate) before: Option<i64>,
    pub(crate) limit: i64,
}
/// A page of what is shared with the caller.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ListKey {
    pub(crate) filter: Filter,
    pub(crate) order: Order,
    pub(crate) page: Page,
}
/// How much is shared with the caller.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct CountKey(pub(crate) Filter);

/// Items of a page, in order, and whether there is more in the page's direction.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) items: Vec<ProductionRow>,
    pub(crate) more: bool,
}

impl Loader<SeenKey> for Reads {
    type Value = Arc<Seen>;
    type Error = Fault;
    async fn load(&self, keys: &[SeenKey]) -> Result<HashMap<SeenKey, Arc<Seen>>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let seen = app::seen(&self.store, &self.principal, &ids).await?;
        Ok(seen.into_iter().map(|(id, seen)| (SeenKey(id), seen)).collect())
    }
}

impl Loader<ExportsKey> for Reads {
    type Value = Arc<Vec<ContentRow>>;
    type Error = Fault;
    async fn load(&self, keys: &[ExportsKey]) -> Result<HashMap<ExportsKey, Self::Value>, Fault> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = self.store.exports(&ids).await?;
        Ok(rows.into_iter().map(|(id, rows)| (ExportsKey(id), Arc::new(rows))).collect())
    }
}

impl Loader<VersionsKey> for Reads {
    type Value = Arc<Vec<VersionRow>>;
    type Error = Fault;
    async fn load(&self, keys: &[VersionsKey]) -> Result<HashMap<VersionsKey, Self::Value>, Fault> {
        // One statement for each page that is asked for: nearly always the same of every production.
        let mut pages: HashMap<(Option<i64>, i64), Vec<Uuid>> = HashMap::new();
        for key in keys {
            pages.entry((key.before, key.limit)).or_default().push(key.production);
        }
        let mut found = HashMap::new();
        for ((before, limit), ids) in pages {
            for (production, rows) in self.store.versions(&ids, before, limit).await? {
                found.insert(VersionsKey { production, before, limit }, Arc::new(rows));
            }
        }
        Ok(found)
    }
}

impl Loader<ListKey> for Reads {
    type Value = Arc<Listed>;
    type Error = Fault;
    async fn load(&self, keys: &[ListKey]) -> Result<HashMap<ListKey, Self::Value>, Fault> {
        let mut found = HashMap::new();
        for key in keys {
            let (items, more) = app::listed(&self.store, &self.principal, &key.filter, key.order, &key.page).await?;
            found.insert(key.clone(), Arc::new(Listed { items, more }));
        }
        Ok(found)
    }
}

impl Loader<CountKey> for Reads {
    type Value = i64;
    type Error = Fault;
    async fn load(&self, keys: &[CountKey]) -> Result<HashMap<CountKey, i64>, Fault> {
        let reach = app::reach(&self.store, &self.principal).await?;
        let mut found = HashMap::new();
        for key in keys {
            found.insert(key.clone(), self.store.count_shared(&key.0, &reach).await?);
        }
        Ok(found)
    }
}
