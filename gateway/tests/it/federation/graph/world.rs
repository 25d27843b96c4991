//! What is so: the entities of a case, and how fields come about. Each subgraph knows its part of it, and the merged schema all.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use serde_json::{Map, Value};

/// A case's `data.json`.
///
/// `"@Book:b1"` refers to an entity. A field of an entity is what the entity says, else what `fields` says under
/// `Type.field`; `of` says otherwise for one subgraph. A rule of `fields` is a value, or one of:
/// `{"text": "{weight} g in {$unit}"}`, made of other fields and arguments; `{"by": "Book"}`, the entity that the arguments
/// describe; `{"error": "why"}`; `{"log": "text"}`, which adds to a log that all subgraphs share and gives all of it;
/// `{"events": [...]}`, one after the other.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct World {
    entities: BTreeMap<String, BTreeMap<String, Map<String, Value>>>,
    fields: HashMap<String, Value>,
    of: HashMap<String, HashMap<String, Value>>,
    /// The object types of an interface, for subgraphs that know it as an object.
    interfaces: HashMap<String, Vec<String>>,
    /// Entities that a subgraph does not know.
    unknown: HashMap<String, Vec<String>>,
    #[serde(skip)]
    log: Mutex<Vec<String>>,
}

/// An object.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    /// Its own type, also where a subgraph knows it as an object of an interface's name.
    pub(crate) ty: String,
    pub(crate) known: Arc<Map<String, Value>>,
    /// What a representation says of it.
    pub(crate) given: Option<Arc<Map<String, Value>>>,
    /// The fields that are provided where it stands.
    pub(crate) provided: super::selection::Fields,
}

impl World {
    /// The entity that a text refers to.
    fn entity(&self, text: &str) -> Option<(&str, &Map<String, Value>)> {
        let (ty, name) = text.strip_prefix('@')?.split_once(':')?;
        let (ty, all) = self.entities.get_key_value(ty).unwrap_or_else(|| panic!("no entities of type {ty}"));
        Some((ty, all.get(name).unwrap_or_else(|| panic!("no entity {text}"))))
    }

    /// The object that a value is or refers to.
    pub(crate) fn object(&self, value: &Value) -> Option<Map<String, Value>> {
        match value {
            Value::Object(object) => Some(object.clone()),
            Value::String(text) => self.entity(text).map(|(_, known)| known.clone()),
            _ => None,
        }
    }

    /// The thing that a value is or refers to, where objects of type `ty` stand.
    pub(crate) fn thing(&self, value: &Value, ty: &str) -> Option<Thing> {
        let (ty, known) = match value {
            Value::Object(object) => {
                (object.get("__typename").and_then(Value::as_str).unwrap_or(ty).to_owned(), object.clone())
            }
            Value::String(text) => self.entity(text).map(|(ty, known)| (ty.to_owned(), known.clone()))?,
            _ => return None,
        };
        Some(Thing { ty, known: Arc::new(known), given: None, provided: super::selection::Fields::default() })
    }

    /// All entities that a subgraph may know as `ty`.
    pub(crate) fn all(&self, subgraph: &str, ty: &str) -> Vec<Thing> {
        let own = ty.to_owned();
        let types = self.interfaces.get(ty).map_or_else(|| std::slice::from_ref(&own), Vec::as_slice);
        let unknown =
            |ty: &str, name: &str| self.unknown.get(subgraph).is_some_and(|all| all.contains(&format!("@{ty}:{name}")));
        types
            .iter()
            .flat_map(|ty| {
                let of_type = self.entities.get(ty).into_iter().flatten();
                of_type.filter(|(name, _)| !unknown(ty, name)).map(move |(name, _)| format!("@{ty}:{name}"))
            })
            .filter_map(|text| self.thing(&Value::String(text), ty))
            .collect()
    }

    /// How `ty.field` comes about in `subgraph`, where that is said by a rule.
    pub(crate) fn rule(&self, subgraph: &str, ty: &str, field: &str) -> Option<&Value> {
        let name = format!("{ty}.{field}");
        self.of.get(subgraph).and_then(|rules| rules.get(&name)).or_else(|| self.fields.get(&name))
    }

    /// The entities, by type and name.
    pub(crate) fn entities(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.entities.values().flat_map(BTreeMap::values)
    }

    /// Adds to the log, and gives all of it.
    pub(crate) fn logged(&self, text: String) -> String {
        let mut log = self.log.lock().expect("no panic under this lock");
        log.push(text);
        log.join(" > ")
    }

    /// Empties the log.
    pub(crate) fn forget(&self) {
        self.log.lock().expect("no panic under this lock").clear();
    }
}
