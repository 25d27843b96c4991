//! The names by which the planner knows subgraphs.
//!
//! Where several subgraphs can tell an object's type, the planner follows the one whose name comes first. A subgraph that knows
//! an interface as an object (`@interfaceObject`) cannot tell it at all and is followed all the same; so it comes last.

use std::collections::{HashMap, HashSet};

use graphql_tools::parser::schema as ast;

use super::types::{argument, as_object, graph_names};

/// What no other name begins with in the planner's order: it comes behind all letters and digits.
const LAST: char = '~';

/// Subgraphs' own names by those that the planner has for them, where they differ.
#[derive(Debug, Default)]
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// Gives the subgraphs of `document` the names that the planner shall know.
    pub(super) fn give(document: &mut ast::Document<'static, String>) -> Self {
        let graphs = graph_names(document);
        let interfaces = document.definitions.iter().filter_map(|definition| match definition {
            ast::Definition::TypeDefinition(ast::TypeDefinition::Interface(interface)) => Some(interface),
            _ => None,
        });
        let last: HashSet<String> = interfaces
            .flat_map(|interface| &interface.directives)
            .filter_map(|mark| as_object(mark, &graphs))
            .collect();
        let names: HashMap<String, String> = last.into_iter().map(|name| (format!("{LAST}{name}"), name)).collect();
        if !names.is_empty() {
            let given = names.iter().map(|(given, name)| (name.as_str(), given.as_str())).collect();
            rename(document, &given);
        }
        Self(names)
    }

    /// A subgraph's own name.
    pub(crate) fn own<'n>(&'n self, given: &'n str) -> &'n str {
        self.0.get(given).map_or(given, String::as_str)
    }
}

/// Names stand at `join__Graph`, and at fields that are taken over from another subgraph.
fn rename(document: &mut ast::Document<'static, String>, names: &HashMap<&str, &str>) {
    let change = |marks: &mut Vec<ast::Directive<'static, String>>, of: &str, key: &str| {
        for mark in marks.iter_mut().filter(|mark| mark.name == of) {
            let Some(ast::Value::String(name)) = argument(mark, key) else { continue };
            let Some(given) = names.get(name.as_str()).map(|given| (*given).to_owned()) else { continue };
            for (known, value) in &mut mark.arguments {
                if known == key {
                    *value = ast::Value::String(given.clone());
                }
            }
        }
    };
    for definition in &mut document.definitions {
        let ast::Definition::TypeDefinition(definition) = definition else { continue };
        let fields = match definition {
            ast::TypeDefinition::Enum(graphs) if graphs.name == "join__Graph" => {
                for value in &mut graphs.values {
                    change(&mut value.directives, "join__graph", "name");
                }
                continue;
            }
            ast::TypeDefinition::Object(object) => &mut object.fields,
            ast::TypeDefinition::Interface(interface) => &mut interface.fields,
            _ => continue,
        };
        for field in fields {
            change(&mut field.directives, "join__field", "override");
        }
    }
}
