//! The attributes of a record.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Category, map};

/// Attributes by their names, each with its values: without surrounding white space, and none empty.
///
/// An attribute whose values are all empty is there all the same: as a modification it empties what was known.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attributes(BTreeMap<String, Vec<String>>);

impl fmt::Debug for Attributes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Attributes({})", self.0.len())
    }
}

impl Attributes {
    /// The values of an attribute; none where it is not there.
    pub fn get(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The first value of an attribute.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.get(name).first().map(String::as_str)
    }

    /// Whether an attribute is there, be it without values.
    pub fn holds(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// How many attributes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Sets an attribute; false where it was there.
    pub(crate) fn add(&mut self, name: String, values: impl IntoIterator<Item = String>) -> bool {
        let trimmed = |value: String| if value.trim().len() == value.len() { value } else { value.trim().to_owned() };
        let values = values.into_iter().map(trimmed).filter(|value| !value.is_empty()).collect();
        self.0.insert(name, values).is_none()
    }

    /// Applies a modification: each of its attributes takes the place of the one of its name.
    pub fn replace(&mut self, modifications: Self) {
        self.0.extend(modifications.0);
    }

    /// Only what [`crate::person`], [`crate::structure`] and [`crate::mef`] read of a record of this category. Addresses, telephone
    /// numbers, grants and whatever else a file holds are not kept by anybody who keeps this.
    #[must_use]
    pub fn reduced(mut self, category: Category) -> Self {
        self.0.retain(|name, _| map::reads(category, name));
        self
    }
}

impl FromIterator<(String, Vec<String>)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (String, Vec<String>)>>(all: I) -> Self {
        let mut attributes = Self::default();
        for (name, values) in all {
            attributes.add(name, values);
        }
        attributes
    }
}

#[cfg(test)]
mod tests;
