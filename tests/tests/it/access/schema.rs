//! The types of a schema, their fields, and how each is selected.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition};

use super::places::Place;

/// A field of an object.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// The type that it gives, or gives a list of.
    pub(super) gives: String,
    /// Whether that is an object.
    composite: bool,
    /// Arguments that must be given.
    required: Vec<String>,
}

/// Objects and their fields, GraphQL's and federation's own left out.
#[derive(Debug)]
pub(crate) struct Schema(BTreeMap<String, Vec<Field>>);

impl Schema {
    pub(crate) fn public() -> Self {
        Self::of(include_str!("../../../../schema/public.graphql"))
    }

    pub(super) fn of(sdl: &str) -> Self {
        let document = parse_schema(sdl).expect("an SDL");
        let mut objects = BTreeMap::new();
        let mut leaves: BTreeSet<String> =
            ["ID", "String", "Int", "Float", "Boolean"].into_iter().map(str::to_owned).collect();
        for definition in &document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            match &definition.node.kind {
                TypeKind::Object(object) => {
                    objects.insert(name, object.fields.iter().map(|field| field.node.clone()).collect::<Vec<_>>());
                }
                TypeKind::Scalar | TypeKind::Enum(_) => {
                    leaves.insert(name);
                }
                _ => {}
            }
        }
        let field = |field: &FieldDefinition| Field {
            name: field.name.node.to_string(),
            gives: named(&field.ty.node).to_owned(),
            composite: !leaves.contains(named(&field.ty.node)),
            required: field
                .arguments
                .iter()
                .filter(|argument| !argument.node.ty.node.nullable && argument.node.default_value.is_none())
                .map(|argument| argument.node.name.node.to_string())
                .collect(),
        };
        Self(objects.into_iter().map(|(name, fields)| (name, fields.iter().map(field).collect())).collect())
    }

    pub(super) fn types(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(crate) fn fields(&self, of: &str) -> &[Field] {
        &self.0[of]
    }

    /// `Type.field` of every field.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.0.iter().flat_map(|(of, fields)| fields.iter().map(move |field| format!("{of}.{}", field.name)))
    }
}

impl Field {
    /// How it is asked for in a place.
    pub(super) fn selection(&self, place: &Place) -> String {
        let arguments = place.arguments(&self.name);
        assert!(
            self.required.iter().all(|name| arguments.contains(name)),
            "{}.{} needs {:?}",
            place.of,
            self.name,
            self.required
        );
        format!("{}{arguments}{}", self.name, self.inner())
    }

    /// How it is asked for where it needs no argument.
    pub(super) fn plain(&self) -> String {
        assert!(self.required.is_empty(), "{} needs {:?}", self.name, self.required);
        format!("{}{}", self.name, self.inner())
    }

    fn inner(&self) -> &'static str {
        if self.composite { " { __typename }" } else { "" }
    }
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}

/// The fields that are keys of a type in a supergraph, as composition writes them: `@join__type(graph: X, key: "a b")`.
pub(super) fn keys_of(of: &str, supergraph: &str) -> BTreeSet<String> {
    let document = parse_schema(supergraph).expect("an SDL");
    let mut keys = BTreeSet::new();
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        if definition.node.name.node != of {
            continue;
        }
        for directive in definition.node.directives.iter().filter(|directive| directive.node.name.node == "join__type")
        {
            let key = directive.node.arguments.iter().find(|(name, _)| name.node == "key");
            let text = key.map(|(_, value)| value.node.to_string()).unwrap_or_default();
            keys.extend(text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned));
        }
    }
    keys
}
