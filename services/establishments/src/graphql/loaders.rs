//! One statement for all keys of a kind that a request asks for at once: no resolver asks the store by itself.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use kernel::{Fault, Page, SchoolYear, TerritoryLevel};
use service_kit::batches::Batches;

use crate::Store;
use crate::store::{
    DeploymentRow, EstablishmentRow, Filter, Order, OrganisationRow, PeriodRow, ProjectRow, Scope, SiteRow,
    TerritoryRow, trim,
};

/// The loaders of one request.
pub(crate) struct Loaders(DataLoader<Reads, HashMapCache>);

/// The store's batched reads.
pub(crate) struct Reads {
    store: Store,
}

impl Loaders {
    pub(crate) fn new(store: Store, batches: &Batches) -> Self {
        let batches = batches.clone();
        let loader = DataLoader::with_cache(Reads { store }, move |batch| batches.add(batch), HashMapCache::default());
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

    /// The store, for what is asked once a request.
    pub(crate) fn store<'a>(ctx: &Context<'a>) -> &'a Store {
        &ctx.data_unchecked::<Self>().0.loader().store
    }
}

/// An establishment by its UAI.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct EstablishmentKey(pub(crate) String);
/// The sites of an establishment.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct SitesKey(pub(crate) String);
/// The history of an establishment.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PeriodsKey(pub(crate) String);
/// The deployments of an establishment in a year, or in all.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct DeploymentsKey(pub(crate) String, pub(crate) Option<SchoolYear>);
/// The collèges in whose sector an école lies.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct SectorCollegesKey(pub(crate) String);
/// The écoles in the sector of a collège.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct FeederEcolesKey(pub(crate) String);
/// A territory.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct TerritoryKey(pub(crate) String);
/// What lies above a territory.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct AncestorsKey(pub(crate) String);
/// What lies below a territory (none: anywhere), by page.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct BelowKey(pub(crate) Option<String>, pub(crate) Option<TerritoryLevel>, pub(crate) Page);
/// How much lies below a territory.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct BelowCountKey(pub(crate) Option<String>, pub(crate) Option<TerritoryLevel>);
/// An ENT project.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ProjectKey(pub(crate) String);
/// The owners of an ENT project.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct OwnersKey(pub(crate) String);
/// An organisation.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct OrganisationKey(pub(crate) String);

/// Under what a list of establishments stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Parent {
    /// Under nothing.
    Everywhere,
    /// In a territory.
    Territory(TerritoryLevel, String),
    /// With an ENT project open in a year.
    Project(SchoolYear, String),
}

/// A page of establishments.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ListKey {
    pub(crate) parent: Parent,
    pub(crate) filter: Filter,
    pub(crate) order: Order,
    pub(crate) page: Page,
}
/// How many establishments.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct CountKey {
    pub(crate) parent: Parent,
    pub(crate) filter: Filter,
}

/// Items of a page, in order, and whether there is more in the page's direction.
#[derive(Clone, Debug)]
pub(crate) struct Listed<T> {
    pub(crate) items: Vec<T>,
    pub(crate) more: bool,
}

type Found<K, V> = Result<HashMap<K, V>, Fault>;

macro_rules! one_per_key {
    ($key:ident, $row:ty, $method:ident, $id:ident) => {
        impl Loader<$key> for Reads {
            type Value = $row;
            type Error = Fault;
            async fn load(&self, keys: &[$key]) -> Found<$key, $row> {
                let ids: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
                Ok(self.store.$method(&ids).await?.into_iter().map(|row| ($key(row.$id.clone()), row)).collect())
            }
        }
    };
}

macro_rules! many_per_key {
    ($key:ident, $row:ty, $method:ident, |$item:ident| $split:expr) => {
        impl Loader<$key> for Reads {
            type Value = Arc<Vec<$row>>;
            type Error = Fault;
            async fn load(&self, keys: &[$key]) -> Found<$key, Arc<Vec<$row>>> {
                let ids: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
                let pairs = self.store.$method(&ids).await?.into_iter().map(|$item| $split);
                Ok(grouped(pairs).into_iter().map(|(id, rows)| ($key(id), Arc::new(rows))).collect())
            }
        }
    };
}

one_per_key!(EstablishmentKey, EstablishmentRow, establishments_by_uais, uai);
one_per_key!(TerritoryKey, TerritoryRow, territories_by_ids, id);
one_per_key!(ProjectKey, ProjectRow, projects_by_ids, id);
one_per_key!(OrganisationKey, OrganisationRow, organisations_by_ids, id);
many_per_key!(SitesKey, SiteRow, sites_by_uais, |row| (row.uai.clone(), row));
many_per_key!(PeriodsKey, PeriodRow, periods_by_uais, |row| (row.uai.clone(), row));
many_per_key!(SectorCollegesKey, EstablishmentRow, sector_colleges, |pair| pair);
many_per_key!(FeederEcolesKey, EstablishmentRow, feeder_ecoles, |pair| pair);
many_per_key!(AncestorsKey, TerritoryRow, territory_ancestors, |pair| pair);
many_per_key!(OwnersKey, OrganisationRow, project_owners, |pair| pair);

fn grouped<K: Hash + Eq, V>(pairs: impl IntoIterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}

impl Loader<DeploymentsKey> for Reads {
    type Value = Arc<Vec<DeploymentRow>>;
    type Error = Fault;
    async fn load(&self, keys: &[DeploymentsKey]) -> Found<DeploymentsKey, Self::Value> {
        let mut found = HashMap::new();
        for (year, uais) in grouped(keys.iter().map(|key| (key.1, key.0.clone()))) {
            let rows = self.store.deployments_by_uais(&uais, year).await?;
            let by_uai = grouped(rows.into_iter().map(|row| (row.uai.clone(), row)));
            found.extend(by_uai.into_iter().map(|(uai, rows)| (DeploymentsKey(uai, year), Arc::new(rows))));
        }
        Ok(found)
    }
}

impl Loader<BelowKey> for Reads {
    type Value = Arc<Listed<TerritoryRow>>;
    type Error = Fault;
    async fn load(&self, keys: &[BelowKey]) -> Found<BelowKey, Self::Value> {
        let mut found = HashMap::new();
        for ((level, page), roots) in grouped(keys.iter().map(|key| ((key.1, key.2.clone()), key.0.clone()))) {
            let ids: Vec<String> = roots.iter().flatten().cloned().collect();
            let mut rows = grouped(self.store.territories_below(&ids, level, &page).await?);
            for root in roots {
                let own = rows.remove(root.as_deref().unwrap_or_default()).unwrap_or_default();
                let (items, more) = trim(own, &page);
                found.insert(BelowKey(root, level, page.clone()), Arc::new(Listed { items, more }));
            }
        }
        Ok(found)
    }
}

impl Loader<BelowCountKey> for Reads {
    type Value = i64;
    type Error = Fault;
    async fn load(&self, keys: &[BelowCountKey]) -> Found<BelowCountKey, i64> {
        let mut found = HashMap::new();
        for (level, roots) in grouped(keys.iter().map(|key| (key.1, key.0.clone()))) {
            let ids: Vec<String> = roots.iter().flatten().cloned().collect();
            let counts = self.store.count_territories_below(&ids, level).await?;
            for root in roots {
                let count = counts.get(root.as_deref().unwrap_or_default()).copied().unwrap_or(0);
                found.insert(BelowCountKey(root, level), count);
            }
        }
        Ok(found)
    }
}

/// What one statement can answer together: the parents' level or year.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Together {
    Everywhere,
    Level(TerritoryLevel),
    Year(SchoolYear),
}

impl Parent {
    fn together(&self) -> Together {
        match self {
            Self::Everywhere => Together::Everywhere,
            Self::Territory(level, _) => Together::Level(*level),
            Self::Project(year, _) => Together::Year(*year),
        }
    }

    /// The parent's value in the store's rows.
    fn id(&self) -> &str {
        match self {
            Self::Everywhere => "FR",
            Self::Territory(_, id) | Self::Project(_, id) => id,
        }
    }
}

fn scope(together: &Together, parents: &[&Parent]) -> Scope {
    let ids = || parents.iter().map(|parent| parent.id().to_owned()).collect();
    match together {
        Together::Everywhere => Scope::Everywhere,
        Together::Level(level) => Scope::Territories(*level, ids()),
        Together::Year(year) => Scope::Projects(*year, ids()),
    }
}

impl Loader<ListKey> for Reads {
    type Value = Arc<Listed<EstablishmentRow>>;
    type Error = Fault;
    async fn load(&self, keys: &[ListKey]) -> Found<ListKey, Self::Value> {
        let mut found = HashMap::new();
        let alike = |key: &ListKey| (key.parent.together(), key.filter.clone(), key.order, key.page.clone());
        for ((together, filter, order, page), keys) in grouped(keys.iter().map(|key| (alike(key), key))) {
            let parents: Vec<&Parent> = keys.iter().map(|key| &key.parent).collect();
            let rows = self.store.list_establishments(&scope(&together, &parents), &filter, order, &page).await?;
            let mut rows = grouped(rows);
            for key in keys {
                let (items, more) = trim(rows.remove(key.parent.id()).unwrap_or_default(), &page);
                found.insert(key.clone(), Arc::new(Listed { items, more }));
            }
        }
        Ok(found)
    }
}

impl Loader<CountKey> for Reads {
    type Value = i64;
    type Error = Fault;
    async fn load(&self, keys: &[CountKey]) -> Found<CountKey, i64> {
        let mut found = HashMap::new();
        for ((together, filter), keys) in
            grouped(keys.iter().map(|key| ((key.parent.together(), key.filter.clone()), key)))
        {
            let parents: Vec<&Parent> = keys.iter().map(|key| &key.parent).collect();
            let counts = self.store.count_establishments(&scope(&together, &parents), &filter).await?;
            for key in keys {
                found.insert(key.clone(), counts.get(key.parent.id()).copied().unwrap_or(0));
            }
        }
        Ok(found)
    }
}
