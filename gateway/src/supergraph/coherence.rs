//! What a supergraph says of its subgraphs must fit together: the planner would panic on it, or plan nothing at all.

use std::collections::{HashMap, HashSet};

use graphql_tools::ast::TypeDefinitionFields;
use graphql_tools::parser::schema as ast;

use super::joins::{Directive, Field};
use super::needs::{Keys, Need, Needs};

type Type = ast::TypeDefinition<'static, String>;

/// The types of a supergraph, and its subgraphs as `join__Graph` names them.
struct Names<'a> {
    graphs: HashSet<&'a str>,
    /// The fields of objects and interfaces with their types; none for unions.
    fields: HashMap<&'a str, HashMap<&'a str, &'a str>>,
}

/// Checks that what the directives of the join specification name is there.
///
/// # Errors
/// The first thing that is not, in a sentence.
pub(super) fn check(document: &ast::Document<'static, String>) -> Result<(), String> {
    let types = document.definitions.iter().filter_map(|definition| match definition {
        ast::Definition::TypeDefinition(definition) => Some(definition),
        _ => None,
    });
    let types: Vec<&Type> = types.collect();
    let names = Names::read(&types);
    types.into_iter().try_for_each(|definition| names.check(definition))
}

impl<'a> Names<'a> {
    fn read(types: &[&'a Type]) -> Self {
        let mut names = Self { graphs: HashSet::new(), fields: HashMap::new() };
        for definition in types {
            match definition {
                Type::Enum(graphs) if graphs.name == "join__Graph" => {
                    names.graphs.extend(graphs.values.iter().map(|value| value.name.as_str()));
                }
                Type::Object(object) => drop(names.fields.insert(&object.name, fields(&object.fields))),
                Type::Interface(interface) => drop(names.fields.insert(&interface.name, fields(&interface.fields))),
                Type::Union(union) => drop(names.fields.insert(&union.name, HashMap::new())),
                Type::Enum(_) | Type::Scalar(_) | Type::InputObject(_) => {}
            }
        }
        names
    }

    fn check(&self, definition: &Type) -> Result<(), String> {
        let name = definition.name();
        let marks = definition.directives().unwrap_or_default();
        self.graph_of(marks, name)?;
        self.selected(marks, "key", name, name)?;
        let place = |field: &str| format!("{name}.{field}");
        match definition.fields() {
            Some(TypeDefinitionFields::Fields(fields)) => fields.iter().try_for_each(|field| {
                let place = place(&field.name);
                self.graph_of(&field.directives, &place)?;
                self.selected(&field.directives, "requires", name, &place)?;
                self.selected(&field.directives, "provides", field.field_type.inner_type(), &place)
            }),
            Some(TypeDefinitionFields::InputValues(fields)) => {
                fields.iter().try_for_each(|field| self.graph_of(&field.directives, &place(&field.name)))
            }
            Some(TypeDefinitionFields::EnumValues(values)) => {
                values.iter().try_for_each(|value| self.graph_of(&value.directives, &place(&value.name)))
            }
            None => Ok(()),
        }
    }

    /// Subgraphs that are named are there.
    fn graph_of(&self, marks: &[Directive], place: &str) -> Result<(), String> {
        for (name, value) in arguments(marks, "graph") {
            let ast::Value::Enum(graph) = value else { continue };
            if !self.graphs.contains(graph.as_str()) {
                return Err(format!("{place}: @{name} names the subgraph {graph}, which join__Graph does not have"));
            }
        }
        Ok(())
    }

    /// Fields that are named of the type `of` are there.
    fn selected(&self, marks: &[Directive], argument: &str, of: &str, place: &str) -> Result<(), String> {
        for (name, value) in arguments(marks, argument) {
            let ast::Value::String(text) = value else { continue };
            let told = |why: &str| format!("{place}: @{name}({argument}: {text:?}) {why}");
            let needs = Needs::parse(text, &mut Keys::new("")).ok_or_else(|| told("is no set of fields"))?;
            self.has(&needs, of).map_err(|missing| told(&format!("names {missing}, which is not there")))?;
        }
        Ok(())
    }

    /// The error side is what is missing.
    fn has(&self, needs: &Needs, of: &str) -> Result<(), String> {
        let known = self.fields.get(of).ok_or_else(|| of.to_owned())?;
        needs.0.iter().try_for_each(|need| match need {
            Need::On { ty, inner } => self.has(inner, ty),
            Need::Field { name, inner, .. } => match known.get(name.as_str()) {
                None => Err(format!("{of}.{name}")),
                Some(_) if inner.0.is_empty() => Ok(()),
                Some(given) => self.has(inner, given),
            },
        })
    }
}

fn fields(fields: &[Field]) -> HashMap<&str, &str> {
    fields.iter().map(|field| (field.name.as_str(), field.field_type.inner_type())).collect()
}

/// The values of this argument in directives of the join specification, each with the directive's name.
fn arguments<'a>(
    marks: &'a [Directive],
    argument: &'a str,
) -> impl Iterator<Item = (&'a str, &'a ast::Value<'static, String>)> {
    let of_join = marks.iter().filter(|mark| mark.name.starts_with("join__"));
    of_join.flat_map(move |mark| {
        let given = mark.arguments.iter().filter(move |(name, _)| name == argument);
        given.map(|(_, value)| (mark.name.as_str(), value))
    })
}
