//! What the directives on cost say of a supergraph, found once when it is loaded.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::schema::ExtendedType;
use graphql_tools::parser::schema as ast;

use super::directives::{CostDirectives, ListSize};
use crate::supergraph::Supergraph;

/// The weights and sizes of a supergraph; only what it says itself.
#[derive(Debug, Default)]
pub(crate) struct Weights {
    types: HashMap<String, i64>,
    /// By type and field.
    fields: HashMap<String, HashMap<String, OfField>>,
    /// By input object and field.
    inputs: HashMap<String, HashMap<String, i64>>,
}

/// What is said of a field.
#[derive(Debug, Default)]
pub(super) struct OfField {
    weight: Option<i64>,
    pub(super) list_size: Option<ListSize>,
    /// By argument.
    arguments: HashMap<String, i64>,
}

impl OfField {
    /// The weight of one of its arguments.
    pub(super) fn argument(&self, name: &str) -> Option<i64> {
        self.arguments.get(name).copied()
    }

    fn says_something(&self) -> bool {
        self.weight.is_some() || self.list_size.is_some() || !self.arguments.is_empty()
    }
}

impl Weights {
    /// Reads them.
    pub(crate) fn read(directives: &CostDirectives, document: &ast::Document<'static, String>) -> Self {
        let mut weights = Self::default();
        for definition in &document.definitions {
            let ast::Definition::TypeDefinition(definition) = definition else { continue };
            match definition {
                ast::TypeDefinition::Scalar(scalar) => {
                    weights.add_type(&scalar.name, directives.weight(&scalar.directives));
                }
                ast::TypeDefinition::Enum(known) => weights.add_type(&known.name, directives.weight(&known.directives)),
                ast::TypeDefinition::Object(object) => {
                    weights.add_type(&object.name, directives.weight(&object.directives));
                    weights.add_fields(directives, &object.name, &object.fields);
                }
                ast::TypeDefinition::Interface(interface) => {
                    weights.add_fields(directives, &interface.name, &interface.fields);
                }
                ast::TypeDefinition::InputObject(input) => {
                    let named = by_name(directives, &input.fields);
                    if !named.is_empty() {
                        weights.inputs.insert(input.name.clone(), named);
                    }
                }
                ast::TypeDefinition::Union(_) => {}
            }
        }
        weights
    }

    fn add_type(&mut self, name: &str, weight: Option<i64>) {
        if let Some(weight) = weight {
            self.types.insert(name.to_owned(), weight);
        }
    }

    fn add_fields(&mut self, directives: &CostDirectives, ty: &str, fields: &[ast::Field<'static, String>]) {
        for field in fields {
            let of = OfField {
                weight: directives.weight(&field.directives),
                list_size: directives.list_size(&field.directives),
                arguments: by_name(directives, &field.arguments),
            };
            if of.says_something() {
                self.fields.entry(ty.to_owned()).or_default().insert(field.name.clone(), of);
            }
        }
    }

    /// What is said of a field that is selected on `on`; where an interface says nothing, what one of its objects says.
    pub(super) fn of_field(&self, supergraph: &Supergraph, on: &Name, field: &str) -> Option<&OfField> {
        let own = |ty: &Name| self.fields.get(ty.as_str())?.get(field);
        if self.fields.is_empty() {
            return None;
        }
        own(on).or_else(|| supergraph.objects_of(on).into_iter().find_map(own))
    }

    /// What is said of a field of an input object.
    pub(super) fn of_input(&self, ty: &str, field: &str) -> Option<i64> {
        self.inputs.get(ty)?.get(field).copied()
    }

    /// What one object, scalar or enum costs which the field `name`, selected on `on`, gives of type `given`.
    pub(super) fn of_item(&self, supergraph: &Supergraph, on: &Name, name: &Name, given: &Name) -> i64 {
        let own = |ty: &Name| self.fields.get(ty.as_str())?.get(name.as_str())?.weight;
        if let Some(weight) = own(on) {
            return weight;
        }
        let of_type = self.of_type(supergraph, given);
        if !matches!(supergraph.public.types.get(on), Some(ExtendedType::Interface(_))) {
            return of_type;
        }
        // The dearest of those that may stand there.
        let objects = supergraph.objects_of(on);
        objects.into_iter().map(|object| own(object).unwrap_or(of_type)).max().unwrap_or(of_type)
    }

    fn of_type(&self, supergraph: &Supergraph, ty: &Name) -> i64 {
        let known = |ty: &Name| self.types.get(ty.as_str()).copied();
        match supergraph.public.types.get(ty) {
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                supergraph.objects_of(ty).into_iter().map(|object| known(object).unwrap_or(1)).max().unwrap_or(1)
            }
            Some(ExtendedType::Object(_)) => known(ty).unwrap_or(1),
            _ => known(ty).unwrap_or(0),
        }
    }
}

fn by_name(directives: &CostDirectives, inputs: &[ast::InputValue<'static, String>]) -> HashMap<String, i64> {
    let weight =
        |input: &ast::InputValue<'static, String>| Some((input.name.clone(), directives.weight(&input.directives)?));
    inputs.iter().filter_map(weight).collect()
}
