//! What arguments cost.

use apollo_compiler::executable::Field;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, ast};

use super::weights::OfField;
use crate::json::Value;
use crate::supergraph::Supergraph;

/// The arguments of a field.
#[derive(Default)]
pub(super) struct Inputs {
    /// What is written in the document costs.
    pub(super) fixed: i64,
    /// What a request gives by variables.
    pub(super) variables: Vec<(Name, Place)>,
}

/// A place that takes a value.
#[derive(Clone)]
pub(super) struct Place {
    weight: Option<i64>,
    ty: Name,
}

impl Inputs {
    /// The arguments that are given to `field`.
    pub(super) fn of(supergraph: &Supergraph, said: Option<&OfField>, field: &Field) -> Self {
        let mut inputs = Self::default();
        for argument in &field.arguments {
            let Some(definition) = field.definition.argument_by_name(&argument.name) else { continue };
            let weight = said.and_then(|said| said.argument(&argument.name));
            let place = Place { weight, ty: definition.ty.inner_named_type().clone() };
            inputs.add(supergraph, place, &argument.value);
        }
        inputs
    }

    fn add(&mut self, supergraph: &Supergraph, place: Place, value: &ast::Value) {
        match value {
            ast::Value::Null => {}
            ast::Value::Variable(name) => self.variables.push((name.clone(), place)),
            ast::Value::List(items) if place.takes_objects(supergraph) => {
                for item in items {
                    self.add(supergraph, place.clone(), item);
                }
            }
            ast::Value::Object(fields) if place.takes_objects(supergraph) => {
                self.fixed = self.fixed.saturating_add(place.weight.unwrap_or(1));
                for (name, value) in fields {
                    if let Some(within) = place.within(supergraph, name) {
                        self.add(supergraph, within, value);
                    }
                }
            }
            _ => self.fixed = self.fixed.saturating_add(place.weight.unwrap_or(0)),
        }
    }
}

impl Place {
    /// What a value costs here; how deep it goes is bounded by who read it.
    pub(super) fn cost(&self, supergraph: &Supergraph, value: &Value) -> i64 {
        match value {
            Value::Null => 0,
            Value::Array(items) if self.takes_objects(supergraph) => {
                items.iter().fold(0, |sum: i64, item| sum.saturating_add(self.cost(supergraph, item)))
            }
            Value::Object(fields) if self.takes_objects(supergraph) => {
                fields.iter().fold(self.weight.unwrap_or(1), |sum, (name, value)| {
                    let within = self.within(supergraph, name.as_str());
                    sum.saturating_add(within.map_or(0, |place| place.cost(supergraph, value)))
                })
            }
            _ => self.weight.unwrap_or(0),
        }
    }

    fn takes_objects(&self, supergraph: &Supergraph) -> bool {
        matches!(supergraph.public.types.get(&self.ty), Some(ExtendedType::InputObject(_)))
    }

    /// The place of a field of the input object that is given here.
    fn within(&self, supergraph: &Supergraph, field: &str) -> Option<Self> {
        let Some(ExtendedType::InputObject(input)) = supergraph.public.types.get(&self.ty) else { return None };
        let ty = input.fields.get(field)?.ty.inner_named_type().clone();
        Some(Self { weight: supergraph.weights.of_input(&self.ty, field), ty })
    }
}
