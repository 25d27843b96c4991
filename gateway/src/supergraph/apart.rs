//! Fields that are not left to the planner: those with `@requires`, and those that a subgraph adds to an interface which it knows
//! as an object (`@interfaceObject`).
//!
//! The planner plans these wrong, or not at all, wherever more than one step leads to them. So it is told that nobody has them.
//! What they need is asked for like any other field; they themselves are asked for by a call of their own, and what is selected of
//! them is planned from a root field that the planner alone knows.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use graphql_tools::parser::schema as ast;

use super::Types;
use super::joins::{Directive, Field, Type, is, moves, text};
use super::needs::{Keys, Needs};

type Document = ast::Document<'static, String>;

/// The fields that are planned apart, by type and name.
#[derive(Debug, Default)]
pub(crate) struct ApartFields {
    fields: ByName,
    /// Plain fields of an object in a subgraph that has fields with `@requires` of it: where one of these is asked for they go
    /// with it, in one call.
    beside: ByName,
}

type ByName = HashMap<String, HashMap<String, Arc<ApartField>>>;

/// A field that is planned apart.
#[derive(Debug)]
pub(crate) struct ApartField {
    pub(crate) name: String,
    /// The type by which the subgraph knows the object: an interface where it knows that as an object.
    pub(crate) on: String,
    /// The enum value of the subgraph.
    pub(crate) graph: String,
    /// What the subgraph must be told of the object.
    pub(crate) needs: Needs,
    /// Whether it is a plain field of an interface which the subgraph knows as an object.
    pub(crate) added: bool,
    /// The root field by which the planner knows it.
    pub(crate) root: String,
}

impl ApartFields {
    /// Takes these fields out of what the planner gets. `prefix` begins no name in the document.
    pub(super) fn take(document: &mut Document, prefix: &str) -> Self {
        let types = Types::read(document);
        let mut finder = Finder { keys: Keys::new(prefix), prefix, roots: Vec::new() };
        let mut all = Self::default();
        let by_name: HashMap<&str, Type<'_>> =
            document.definitions.iter().filter_map(Type::of).map(|ty| (ty.name, ty)).collect();
        // An object may have of its own what a subgraph adds to its interface: then it is not added to this object.
        let has = |object: &str, field: &str| {
            let ty = by_name.get(object);
            ty.is_some_and(|ty| ty.fields.iter().any(|own| own.name == field && ty.is_simply_given(own)))
        };
        for ty in document.definitions.iter().filter_map(Type::of) {
            let found = finder.apart(&ty);
            for field in finder.beside(&ty, &found) {
                all.beside.entry(ty.name.to_owned()).or_default().insert(field.name.clone(), Arc::new(field));
            }
            for field in found {
                let field = Arc::new(field);
                for object in types.objects_of(&field.on).filter(|object| !has(object, &field.name)) {
                    let of_object = all.fields.entry(object.to_owned()).or_default();
                    of_object.entry(field.name.clone()).or_insert_with(|| Arc::clone(&field));
                }
                all.fields.entry(field.on.clone()).or_default().insert(field.name.clone(), field);
            }
        }
        let roots = finder.roots;
        hide(document);
        add_roots(document, roots);
        all
    }

    /// A field that is planned apart wherever it stands.
    pub(crate) fn find(&self, ty: &str, field: &str) -> Option<&Arc<ApartField>> {
        self.fields.get(ty)?.get(field)
    }

    /// A field that is planned apart where another of its subgraph is.
    pub(crate) fn beside(&self, ty: &str, field: &str) -> Option<&Arc<ApartField>> {
        self.beside.get(ty)?.get(field)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<ApartField>> {
        self.fields.values().chain(self.beside.values()).flat_map(HashMap::values)
    }
}

struct Finder<'a> {
    keys: Keys<'a>,
    prefix: &'a str,
    roots: Vec<Field>,
}

impl Finder<'_> {
    /// The fields of a type that are planned apart wherever they stand.
    fn apart(&mut self, ty: &Type<'_>) -> Vec<ApartField> {
        let mut found = Vec::new();
        for field in ty.fields {
            let (plain, required) = ty.givers(field);
            // One that some subgraph simply has, and can be asked for, is left to the planner; so is one that moves by degrees.
            let simply = |graph: &&str| !ty.as_object(graph) && (required.is_empty() || !ty.keys(graph).is_empty());
            if moves(field) || plain.iter().any(simply) {
                continue;
            }
            let added = plain.iter().find_map(|graph| self.needs(ty, graph, None).map(|needs| (*graph, needs)));
            let is_added = added.is_some();
            let given = added.or_else(|| {
                let mut required = required.into_iter();
                required.find_map(|(graph, requires)| Some((graph, self.needs(ty, graph, Some(requires))?)))
            });
            found.extend(given.map(|(graph, needs)| self.field(ty, field, graph, needs, is_added)));
        }
        found
    }

    /// Those that are simply had by a subgraph, and by no other, which has `found` of the type too.
    fn beside(&mut self, ty: &Type<'_>, found: &[ApartField]) -> Vec<ApartField> {
        let mut beside = Vec::new();
        for field in ty.fields.iter().filter(|field| !ty.is_interface && !moves(field)) {
            let [graph] = ty.givers(field).0[..] else { continue };
            let with = found.iter().any(|found| found.graph == graph);
            let needs = if with { self.needs(ty, graph, None) } else { None };
            let needs = needs.filter(|needs| !needs.has(&field.name));
            beside.extend(needs.map(|needs| self.field(ty, field, graph, needs, false)));
        }
        beside
    }

    fn field(&mut self, ty: &Type<'_>, field: &Field, graph: &str, needs: Needs, added: bool) -> ApartField {
        let root = format!("{}{}", self.prefix, self.roots.len());
        self.roots.push(root_field(field, &root, graph));
        let (name, on, graph) = (field.name.clone(), ty.name.to_owned(), graph.to_owned());
        ApartField { name, on, graph, needs, added, root }
    }

    /// The key of `graph` that most others have too, the smallest of these, and what is required beside it.
    fn needs(&mut self, ty: &Type<'_>, graph: &str, requires: Option<&str>) -> Option<Needs> {
        let shared = |key: &str| ty.joins().filter(|join| text(join, "key") == Some(key)).count();
        let keys = ty.keys(graph).into_iter();
        let keys: Vec<(usize, Needs)> =
            keys.filter_map(|key| Some((shared(key), Needs::parse(key, &mut self.keys)?))).collect();
        let (_, key) = keys.into_iter().min_by_key(|(shared, key)| (Reverse(*shared), key.len()))?;
        match requires {
            Some(requires) => Some(key.and(Needs::parse(requires, &mut self.keys)?)),
            None => Some(key),
        }
    }
}

/// `field` as a root field that `graph` alone has.
fn root_field(field: &Field, name: &str, graph: &str) -> Field {
    let of_graph = field.directives.iter().filter(|join| text(join, "graph") == Some(graph));
    let kept = of_graph.flat_map(|join| &join.arguments);
    let kept = kept.filter(|(name, _)| name == "provides" || name == "type").cloned();
    let graph = ("graph".to_owned(), ast::Value::Enum(graph.to_owned()));
    let join = Directive {
        position: field.position,
        name: "join__field".to_owned(),
        arguments: std::iter::once(graph).chain(kept).collect(),
    };
    Field { name: name.to_owned(), directives: vec![join], ..field.clone() }
}

/// Tells the planner that nobody has what is required for, and that no interface is known as an object.
fn hide(document: &mut Document) {
    for definition in &mut document.definitions {
        let ast::Definition::TypeDefinition(definition) = definition else { continue };
        let fields = match definition {
            ast::TypeDefinition::Object(object) => &mut object.fields,
            ast::TypeDefinition::Interface(interface) => {
                for join in interface.directives.iter_mut().filter(|join| is(join, "isInterfaceObject")) {
                    join.arguments.retain(|(name, _)| name != "resolvable");
                    join.arguments.push(("resolvable".to_owned(), ast::Value::Boolean(false)));
                }
                &mut interface.fields
            }
            _ => continue,
        };
        let fields = fields.iter_mut().filter(|field| !moves(field));
        for join in fields.flat_map(|field| &mut field.directives).filter(|mark| mark.name == "join__field") {
            if text(join, "requires").is_some() {
                join.arguments.retain(|(name, _)| name != "requires" && name != "external" && name != "provides");
                join.arguments.push(("external".to_owned(), ast::Value::Boolean(true)));
            }
        }
    }
}

fn add_roots(document: &mut Document, roots: Vec<Field>) {
    let named = document.definitions.iter().find_map(|definition| match definition {
        ast::Definition::SchemaDefinition(schema) => schema.query.clone(),
        _ => None,
    });
    let name = named.unwrap_or_else(|| "Query".to_owned());
    let query = document.definitions.iter_mut().find_map(|definition| match definition {
        ast::Definition::TypeDefinition(ast::TypeDefinition::Object(object)) if object.name == name => Some(object),
        _ => None,
    });
    if let Some(query) = query {
        query.fields.extend(roots);
    }
}
