//! What the whole supergraph knows of its types, public or not: which objects an abstract type has, and where an interface stands
//! as an object.

use std::collections::{HashMap, HashSet};

use graphql_tools::parser::schema as ast;

type Document = ast::Document<'static, String>;
type Directive = ast::Directive<'static, String>;

/// The types of a supergraph.
#[derive(Debug, Default)]
pub(crate) struct Types {
    /// The object types of each interface and union.
    objects: HashMap<String, HashSet<String>>,
    /// Subgraphs that know an interface as an object (`@interfaceObject`), by the interface.
    interface_objects: HashMap<String, HashSet<String>>,
}

impl Types {
    pub(crate) fn read(document: &Document) -> Self {
        let mut types = Self::default();
        let graphs = graph_names(document);
        for definition in &document.definitions {
            let ast::Definition::TypeDefinition(definition) = definition else { continue };
            match definition {
                ast::TypeDefinition::Object(object) => {
                    for interface in &object.implements_interfaces {
                        types.objects.entry(interface.clone()).or_default().insert(object.name.clone());
                    }
                }
                ast::TypeDefinition::Union(union) => {
                    types.objects.entry(union.name.clone()).or_default().extend(union.types.iter().cloned());
                }
                ast::TypeDefinition::Interface(interface) => {
                    let known: HashSet<String> =
                        interface.directives.iter().filter_map(|mark| as_object(mark, &graphs)).collect();
                    types.objects.entry(interface.name.clone()).or_default();
                    types.interface_objects.insert(interface.name.clone(), known);
                }
                _ => {}
            }
        }
        types
    }

    /// Whether an object of type `typename` is of `condition` too. An interface's name stands for an object of it that nobody
    /// has named yet.
    pub(crate) fn is_a(&self, typename: &str, condition: &str) -> bool {
        typename == condition || self.objects.get(condition).is_some_and(|objects| objects.contains(typename))
    }

    /// The object types of an abstract type.
    pub(crate) fn objects_of(&self, ty: &str) -> impl Iterator<Item = &str> {
        self.objects.get(ty).into_iter().flatten().map(String::as_str)
    }

    /// Whether objects of this type have other names.
    pub(crate) fn is_abstract(&self, ty: &str) -> bool {
        self.objects.contains_key(ty)
    }

    /// Whether `subgraph` knows the interface `ty` as an object.
    pub(crate) fn is_interface_object(&self, ty: &str, subgraph: &str) -> bool {
        self.interface_objects.get(ty).is_some_and(|graphs| graphs.contains(subgraph))
    }
}

/// The subgraphs' names by the enum values that stand for them.
fn graph_names(document: &Document) -> HashMap<String, String> {
    let mut names = HashMap::new();
    for definition in &document.definitions {
        if let ast::Definition::TypeDefinition(ast::TypeDefinition::Enum(graphs)) = definition
            && graphs.name == "join__Graph"
        {
            for value in &graphs.values {
                let name = value.directives.iter().find_map(|mark| argument(mark, "name"));
                if let Some(ast::Value::String(name)) = name {
                    names.insert(value.name.clone(), name.clone());
                }
            }
        }
    }
    names
}

/// The subgraph of a `@join__type` that says that the interface is an object there.
fn as_object(mark: &Directive, graphs: &HashMap<String, String>) -> Option<String> {
    let is = mark.name == "join__type" && argument(mark, "isInterfaceObject") == Some(&ast::Value::Boolean(true));
    match argument(mark, "graph") {
        Some(ast::Value::Enum(graph)) if is => graphs.get(graph.as_str()).cloned(),
        _ => None,
    }
}

pub(super) fn argument<'d>(mark: &'d Directive, name: &str) -> Option<&'d ast::Value<'static, String>> {
    mark.arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}
