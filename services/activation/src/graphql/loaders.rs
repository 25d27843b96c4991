//! One statement for all places of a level, whatever the number of fields that ask.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use kernel::{Fault, Principal, SchoolYear, TerritoryId, TerritoryLevel};
use service_kit::batches::Batches;

use crate::Store;
use crate::domain::{Counting, Figures, Target, shared_ent};
use crate::store::{Scope, Wanted};

/// The loaders of one request.
pub(crate) struct Loaders(DataLoader<Reads, HashMapCache>);

/// The store's batched reads, for one caller.
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

/// A territory or an establishment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Territory(TerritoryId),
    Establishment(kernel::Uai),
}

impl Place {
    fn id(&self) -> String {
        match self {
            Self::Territory(id) => id.to_string(),
            Self::Establishment(uai) => uai.to_string(),
        }
    }

    /// What one statement can answer together.
    fn level(&self) -> Option<TerritoryLevel> {
        match self {
            Self::Territory(id) => Some(id.level()),
            Self::Establishment(_) => None,
        }
    }
}

/// Whether a place is known.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct KnownKey(pub(crate) Place);
/// The figures of one indicator at one place.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct MeasureKey(pub(crate) Place, pub(crate) Wanted);
/// The targets that apply to one indicator at one place: those of its perimeter.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct TargetsKey(pub(crate) TerritoryId, pub(crate) Wanted);

/// Whether a place lies whole within the caller's perimeter in a school year.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct WithinKey(pub(crate) Place, pub(crate) SchoolYear);

type Found<K, V> = Result<HashMap<K, V>, Fault>;

fn grouped<K: Hash + Eq, V>(pairs: impl IntoIterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}

fn scope(level: Option<TerritoryLevel>, ids: Vec<String>) -> Scope {
    match level {
        Some(level) => Scope::Territories(level, ids),
        None => Scope::Establishments(ids),
    }
}

impl Loader<KnownKey> for Reads {
    type Value = ();
    type Error = Fault;
    async fn load(&self, keys: &[KnownKey]) -> Found<KnownKey, ()> {
        let mut found = HashMap::new();
        for (level, places) in grouped(keys.iter().map(|key| (key.0.level(), &key.0))) {
            let ids = places.iter().map(|place| place.id()).collect();
            let known: BTreeSet<String> = self.store.known_places(&scope(level, ids)).await?.into_iter().collect();
            found.extend(
                places
                    .into_iter()
                    .filter(|place| known.contains(&place.id()))
                    .map(|place| (KnownKey(place.clone()), ())),
            );
        }
        Ok(found)
    }
}

impl Loader<MeasureKey> for Reads {
    type Value = Arc<Figures>;
    type Error = Fault;
    async fn load(&self, keys: &[MeasureKey]) -> Found<MeasureKey, Self::Value> {
        let mut found = HashMap::new();
        for ((level, wanted), places) in grouped(keys.iter().map(|key| ((key.0.level(), &key.1), &key.0))) {
            let scope = scope(level, places.iter().map(|place| place.id()).collect());
            let definition = wanted.indicator.definition();
            let mut groups = self.store.groups(&scope, wanted).await?;
            let mut tallies = HashMap::new();
            if definition.counting == Counting::SharedEnt {
                tallies = self.store.shared_ent_tallies(&scope, wanted.year, &wanted.perimeter).await?;
            }
            for place in places {
                let own = groups.remove(&place.id()).unwrap_or_default();
                let figures = match definition.counting {
                    Counting::SharedEnt => shared_ent::figures(&tallies.remove(&place.id()).unwrap_or_default(), &own),
                    _ => Figures::of(definition, &own),
                };
                found.insert(MeasureKey(place.clone(), wanted.clone()), Arc::new(figures));
            }
        }
        Ok(found)
    }
}

impl Loader<WithinKey> for Reads {
    type Value = bool;
    type Error = Fault;
    async fn load(&self, keys: &[WithinKey]) -> Found<WithinKey, bool> {
        let perimeter = &self.principal.perimeter;
        let mut found = HashMap::new();
        let pair = |key: &WithinKey| match &key.0 {
            Place::Establishment(uai) => Some((uai.to_string(), key.1)),
            Place::Territory(_) => None,
        };
        let pairs: Vec<(String, SchoolYear)> = keys.iter().filter_map(pair).collect();
        let facts = places::facts(self.store.db(), &pairs).await?;
        for key in keys {
            if let Some(pair) = pair(key) {
                found.insert(key.clone(), facts.get(&pair).is_some_and(|facts| perimeter.holds(facts)));
            }
        }
        let territory = |key: &'_ WithinKey| match &key.0 {
            Place::Territory(id) => Some((id.level(), id.to_string())),
            Place::Establishment(_) => None,
        };
        let mut wider: HashMap<String, Vec<String>> = HashMap::new();
        for (level, ids) in grouped(keys.iter().filter_map(territory)) {
            for (id, above) in self.store.wider_territories(level, &ids).await? {
                wider.entry(id).or_default().push(above);
            }
        }
        for key in keys {
            if let Some((_, id)) = territory(key) {
                let wider = wider.get(&id).map(Vec::as_slice).unwrap_or_default();
                found.insert(key.clone(), perimeter.holds_whole(&id, wider));
            }
        }
        Ok(found)
    }
}

impl Loader<TargetsKey> for Reads {
    type Value = Arc<Vec<Target>>;
    type Error = Fault;
    async fn load(&self, keys: &[TargetsKey]) -> Found<TargetsKey, Self::Value> {
        // Above each territory: itself, what it lies in, the country.
        let mut above: HashMap<String, BTreeSet<String>> = HashMap::new();
        for (level, ids) in grouped(keys.iter().map(|key| (key.0.level(), key.0.to_string()))) {
            for id in &ids {
                above.entry(id.clone()).or_default().insert(TerritoryId::country().to_string());
            }
            for (id, wider) in self.store.wider_territories(level, &ids).await? {
                above.entry(id).or_default().insert(wider);
            }
        }
        let mut all: BTreeSet<String> = above.values().flatten().cloned().collect();
        all.extend(above.keys().cloned());
        let targets = self.store.targets_of(&all.into_iter().collect::<Vec<_>>()).await?;
        let mut found = HashMap::new();
        for key in keys {
            let (id, code, spelling) = (key.0.to_string(), key.1.indicator.as_str(), key.1.perimeter.spelling());
            let wider = above.get(&id);
            let own: Vec<Target> = targets
                .iter()
                .filter(|target| target.indicator == code && target.perimeter == spelling)
                .filter(|target| {
                    let inherited =
                        target.applies_below && wider.is_some_and(|wider| wider.contains(&target.territory_id));
                    target.territory_id == id || inherited
                })
                .map(|target| target.target.clone())
                .collect();
            found.insert(key.clone(), Arc::new(own));
        }
        Ok(found)
    }
}
