//! Sets of fields as federation's directives write them: `id organization { id } ... on Book { isbn }`.

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, Selection, SelectionSet};
use serde_json::{Map, Value};

use super::world::World;

/// A set of fields; fragments count as what they hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, Fields)>);

impl Fields {
    pub(crate) fn parse(text: &str) -> Self {
        let document = parse_query(format!("{{ {text} }}")).expect("a set of fields");
        let DocumentOperations::Single(operation) = document.operations else { panic!("one set of fields: {text}") };
        Self::of(&operation.node.selection_set.node)
    }

    fn of(set: &SelectionSet) -> Self {
        let mut fields = Vec::new();
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    fields.push((field.node.name.node.to_string(), Self::of(&field.node.selection_set.node)));
                }
                Selection::InlineFragment(inline) => fields.extend(Self::of(&inline.node.selection_set.node).0),
                Selection::FragmentSpread(_) => panic!("a directive has no named fragments"),
            }
        }
        Self(fields)
    }

    /// These and those of `others`.
    pub(crate) fn and(mut self, others: &Fields) -> Self {
        for (name, inner) in &others.0 {
            match self.0.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = std::mem::take(known).and(inner),
                None => self.0.push((name.clone(), inner.clone())),
            }
        }
        self
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn within(&self, name: &str) -> Option<&Fields> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, fields)| fields)
    }

    /// Whether `given` has all of them.
    pub(crate) fn are_in(&self, given: &Map<String, Value>) -> bool {
        self.0.iter().all(|(name, fields)| match given.get(name) {
            None => false,
            Some(Value::Object(inner)) => fields.are_in(inner),
            Some(_) => true,
        })
    }

    /// Whether `given` says of all of them what is so.
    pub(crate) fn agree(&self, world: &World, given: &Map<String, Value>, known: &Map<String, Value>) -> bool {
        self.0.iter().all(|(name, fields)| match (given.get(name), known.get(name)) {
            (Some(Value::Object(given)), Some(known)) => {
                world.object(known).is_some_and(|known| fields.agree(world, given, &known))
            }
            (Some(given), Some(known)) => given == known && !given.is_null(),
            _ => false,
        })
    }
}
