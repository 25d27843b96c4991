//! What a subgraph's SDL says of itself: its types, keys, and what of them is external.

use std::collections::{BTreeMap, HashMap, HashSet};

use async_graphql::Value;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{ConstDirective, FieldDefinition, TypeDefinition, TypeKind, TypeSystemDefinition};

use super::selection::Fields;

/// A subgraph's schema, read.
pub(crate) struct View {
    /// The subgraph's name; empty for the merged schema.
    pub(crate) name: String,
    /// Definitions and extensions of one type together.
    pub(crate) types: BTreeMap<String, Vec<TypeDefinition>>,
    keys: HashMap<String, Vec<Fields>>,
    external: HashSet<(String, String)>,
    provides: HashMap<(String, String), Fields>,
}

fn fields_of(directive: &ConstDirective) -> Option<Fields> {
    match &directive.get_argument("fields")?.node {
        Value::String(text) => Some(Fields::parse(text)),
        _ => None,
    }
}

impl View {
    pub(crate) fn read(name: &str, sdl: &str) -> Self {
        let document = parse_schema(sdl).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut view = Self {
            name: name.to_owned(),
            types: BTreeMap::new(),
            keys: HashMap::new(),
            external: HashSet::new(),
            provides: HashMap::new(),
        };
        for definition in document.definitions {
            if let TypeSystemDefinition::Type(definition) = definition {
                view.add(definition.node);
            }
        }
        let keyed: Vec<(String, String)> = view
            .keys
            .iter()
            .flat_map(|(ty, keys)| keys.iter().flat_map(|key| key.names().map(|name| (ty.clone(), name.to_owned()))))
            .collect();
        for field in keyed {
            view.external.remove(&field);
        }
        view
    }

    fn add(&mut self, definition: TypeDefinition) {
        let ty = definition.name.node.to_string();
        for directive in definition.directives.iter().filter(|directive| directive.node.name.node == "key") {
            self.keys.entry(ty.clone()).or_default().extend(fields_of(&directive.node));
        }
        let whole = definition.directives.iter().any(|directive| directive.node.name.node == "external");
        for field in fields(&definition) {
            let place = (ty.clone(), field.name.node.to_string());
            for directive in &field.directives {
                match directive.node.name.node.as_str() {
                    "external" => {
                        self.external.insert(place.clone());
                    }
                    "provides" => {
                        self.provides.insert(place.clone(), fields_of(&directive.node).expect("fields"));
                    }
                    _ => {}
                }
            }
            if whole {
                self.external.insert(place);
            }
        }
        self.types.entry(ty).or_default().push(definition);
    }

    pub(crate) fn keys(&self, ty: &str) -> &[Fields] {
        self.keys.get(ty).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn is_external(&self, ty: &str, field: &str) -> bool {
        self.external.contains(&(ty.to_owned(), field.to_owned()))
    }

    pub(crate) fn provided(&self, ty: &str, field: &str) -> Option<&Fields> {
        self.provides.get(&(ty.to_owned(), field.to_owned()))
    }

    /// Whether a type has no fields.
    pub(crate) fn is_leaf(&self, ty: &str) -> bool {
        self.types.get(ty).is_none_or(|parts| matches!(parts[0].kind, TypeKind::Scalar | TypeKind::Enum(_)))
    }

    pub(crate) fn is_object(&self, ty: &str) -> bool {
        self.types.get(ty).is_some_and(|parts| matches!(parts[0].kind, TypeKind::Object(_)))
    }
}

/// The fields of a type, none where it has none.
pub(crate) fn fields(definition: &TypeDefinition) -> impl Iterator<Item = &FieldDefinition> {
    let fields = match &definition.kind {
        TypeKind::Object(object) => object.fields.as_slice(),
        TypeKind::Interface(interface) => interface.fields.as_slice(),
        _ => &[],
    };
    fields.iter().map(|field| &field.node)
}
