//! The entities that one call asks for: each once, with every place that wants it.

use std::collections::HashMap;

use crate::json::{self, Step, Value};
use crate::plan::EntityFetch;
use crate::response::{known, merge, places, representation, rewrite};
use crate::supergraph::Types;

/// The entities that one `_entities` field asks for.
#[derive(Default)]
pub(super) struct Wanted {
    representations: Vec<String>,
    /// By representation.
    places: Vec<Vec<Vec<Step>>>,
}

impl Wanted {
    /// Finds them in what was fetched so far.
    pub(super) fn collect(types: &Types, subgraph: &str, entity: &EntityFetch, data: &Value) -> Self {
        let mut wanted = Self::default();
        let mut known: HashMap<String, usize> = HashMap::new();
        for path in &entity.paths {
            places::visit(data, path, &mut |place, object| {
                if known::is_known(types, &entity.selected, object) {
                    return;
                }
                let Some(mut representation) = representation::of(types, subgraph, entity, object) else {
                    return;
                };
                for rule in &entity.input_rewrites {
                    rewrite::apply(types, rule, &mut representation);
                }
                let json = serde_json::to_string(&representation).expect("a tree of values is JSON");
                let index = *known.entry(json).or_insert_with_key(|json| {
                    wanted.representations.push(json.clone());
                    wanted.places.push(Vec::new());
                    wanted.places.len() - 1
                });
                wanted.places[index].push(place.to_vec());
            });
        }
        wanted
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Every place that wants one.
    pub(super) fn places(&self) -> impl Iterator<Item = &Vec<Step>> {
        self.places.iter().flatten()
    }

    /// The representations as a list in JSON.
    pub(super) fn json(&self) -> String {
        format!("[{}]", self.representations.join(","))
    }

    /// Where an error lies whose path goes on with `path` behind the key of the answer `found`.
    pub(super) fn located(&self, found: Option<&Value>, path: &[Step]) -> Vec<Vec<Step>> {
        let below = |places: &[Vec<Step>], rest: &[Step]| -> Vec<Vec<Step>> {
            places.iter().map(|place| place.iter().chain(rest).cloned().collect()).collect()
        };
        if let [Step::Index(index), rest @ ..] = path {
            return self.places.get(*index).map(|places| below(places, rest)).unwrap_or_default();
        }
        // Some servers do not tell which entity: those are meant that lack what the error is about.
        let items = found.and_then(Value::as_array);
        let lacks = |index: usize| {
            let item = items.and_then(|items| items.get(index));
            item.and_then(|item| json::at(item, path)).is_none_or(Value::is_null)
        };
        let lacking = self.places.iter().enumerate().filter(|(index, _)| lacks(*index));
        lacking.flat_map(|(_, places)| below(places, path)).collect()
    }

    /// Merges what was found into every place; back come the places for which what was found is no entity.
    pub(super) fn write(&self, types: &Types, entity: &EntityFetch, found: Value, data: &mut Value) -> Vec<Vec<Step>> {
        let found = match found {
            Value::Array(found) if found.len() == self.places.len() => found,
            _ => return self.places().cloned().collect(),
        };
        let mut strays = Vec::new();
        for (mut value, places) in found.into_iter().zip(&self.places) {
            match value {
                Value::Object(_) => {}
                Value::Null => continue,
                _ => {
                    strays.extend(places.iter().cloned());
                    continue;
                }
            }
            for rule in &entity.output_rewrites {
                rewrite::apply(types, rule, &mut value);
            }
            for place in places {
                if let Some(at) = json::at_mut(data, place) {
                    merge(at, value.clone());
                }
            }
        }
        strays
    }
}
