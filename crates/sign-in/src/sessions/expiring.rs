//! Values by their keys, each until a moment, and no more than so many of them.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

pub(super) struct Expiring<V> {
    values: HashMap<String, (V, DateTime<Utc>)>,
    order: BTreeSet<(DateTime<Utc>, String)>,
}

impl<V> Default for Expiring<V> {
    fn default() -> Self {
        Self { values: HashMap::new(), order: BTreeSet::new() }
    }
}

impl<V> Expiring<V> {
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn insert(&mut self, key: &str, value: V, until: DateTime<Utc>) {
        self.remove(key);
        self.values.insert(key.to_owned(), (value, until));
        self.order.insert((until, key.to_owned()));
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<V> {
        let (value, until) = self.values.remove(key)?;
        self.order.remove(&(until, key.to_owned()));
        Some(value)
    }

    /// The value, if it is still good.
    pub(super) fn get(&self, key: &str, now: DateTime<Utc>) -> Option<&V> {
        self.values.get(key).filter(|(_, until)| now < *until).map(|(value, _)| value)
    }

    /// The key whose value ends first, where it has ended.
    pub(super) fn ended(&self, now: DateTime<Utc>) -> Option<String> {
        self.order.first().filter(|(until, _)| *until <= now).map(|(_, key)| key.clone())
    }

    /// The key whose value ends first.
    pub(super) fn first(&self) -> Option<String> {
        self.order.first().map(|(_, key)| key.clone())
    }

    /// Drops what has ended, and then what ends first until there is room for one more below `most`.
    pub(super) fn make_room(&mut self, most: usize, now: DateTime<Utc>) {
        while let Some(key) = self.ended(now) {
            self.remove(&key);
        }
        while self.len() >= most
            && let Some(key) = self.first()
        {
            self.remove(&key);
        }
    }
}
