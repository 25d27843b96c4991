//! The names under which fields and variables stand in what is fetched.
//!
//! A client's alias may equal a key or another field's name, and a client may give arguments to what a `@requires` asks for
//! without: the planner would then plan a conflict. So such fields get internal names with a prefix that no field of the schema
//! has, and the response is read back by the same rule.

use std::collections::HashSet;

use apollo_compiler::executable::Field;
use graphql_tools::parser::schema as ast;
use service_kit::subgraph::is_of_representations;

use crate::supergraph::ApartFields;

/// What variables of representations begin with; those that the planner names begin otherwise.
pub(super) const REPRESENTATIONS: &str = "representations";

/// The internal names of a supergraph's fields.
#[derive(Debug)]
pub(crate) struct Aliases {
    /// What internal names begin with: no field of the schema does.
    prefix: String,
    /// Fields that some `@requires` asks for without arguments.
    required: HashSet<String>,
}

impl Aliases {
    pub(crate) fn of(prefix: &str, apart: &ApartFields) -> Self {
        let mut required = HashSet::new();
        for field in apart.all() {
            field.needs.each_plain(&mut |name| {
                required.insert(name.to_owned());
            });
        }
        Self { prefix: prefix.to_owned(), required }
    }

    /// The key of a field in the fetched tree. A type's name stands there under its own, where what is to be read of an object is
    /// decided.
    pub(crate) fn key(&self, field: &Field) -> String {
        if field.name == "__typename" {
            return field.name.to_string();
        }
        let renamed = field.alias.as_ref().is_some_and(|alias| alias != &field.name);
        let contested = !field.arguments.is_empty() && self.required.contains(field.name.as_str());
        if renamed || contested { format!("{}{}", self.prefix, field.response_key()) } else { field.name.to_string() }
    }

    /// The name of a client's variable in what the planner gets.
    pub(super) fn variable(&self, name: &str) -> String {
        if is_of_representations(name) { format!("{}{name}", self.prefix) } else { name.to_owned() }
    }

    /// The client's name of a variable in a plan.
    pub(crate) fn client_variable<'n>(&self, name: &'n str) -> &'n str {
        name.strip_prefix(&self.prefix).filter(|name| is_of_representations(name)).unwrap_or(name)
    }
}

/// Prefixes that no field's name begins with, so that an internal name never meets a field or a key: one for what a client asks
/// for, one for what the gateway does.
pub(crate) fn free_prefixes(document: &ast::Document<'static, String>) -> [String; 2] {
    let mut names: Vec<&str> = Vec::new();
    for definition in &document.definitions {
        let fields = match definition {
            ast::Definition::TypeDefinition(ast::TypeDefinition::Object(object)) => &object.fields,
            ast::Definition::TypeDefinition(ast::TypeDefinition::Interface(interface)) => &interface.fields,
            _ => continue,
        };
        names.extend(fields.iter().map(|field| field.name.as_str()));
    }
    let free = |prefix: &String| names.iter().all(|name| !name.starts_with(prefix.as_str()));
    let mut free = (0..names.len() + 2).map(|number| format!("p{number}_")).filter(free);
    [(); 2].map(|()| free.next().expect("each name takes one prefix at most"))
}
