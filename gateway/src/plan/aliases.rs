//! The names under which fields and variables stand in what is fetched.
//!
//! A client's alias may equal a key or another field's name, and a client's arguments may differ from those that a `@requires`
//! gives to the same field: the planner would then plan a conflict. So such fields get internal names with a prefix that no
//! field of the schema has, and the response is read back by the same rule.

use std::collections::HashSet;

use apollo_compiler::executable::Field;
use apollo_compiler::schema::{ExtendedType, Schema};
use graphql_tools::parser::schema as ast;

/// The planner's own variable, the representations of entities: a client's of this name is renamed.
const TAKEN: &str = "representations";

/// The internal names of a supergraph's fields.
#[derive(Debug)]
pub(crate) struct Aliases {
    /// What internal names begin with: no field of the schema does.
    prefix: String,
    /// Fields to which some `@requires` gives arguments: what a client asks of them may be given others, or none.
    required_with_arguments: HashSet<String>,
}

impl Aliases {
    pub(crate) fn of(document: &ast::Document<'static, String>, public: &Schema) -> Self {
        Self { prefix: prefix(public), required_with_arguments: required_with_arguments(document) }
    }

    /// The key of a field in the fetched tree. A type's name stands there under its own, where what is to be read of an object is
    /// decided.
    pub(crate) fn key(&self, field: &Field) -> String {
        if field.name == "__typename" {
            return field.name.to_string();
        }
        let renamed = field.alias.as_ref().is_some_and(|alias| alias != &field.name);
        let contested = self.required_with_arguments.contains(field.name.as_str());
        if renamed || contested { format!("{}{}", self.prefix, field.response_key()) } else { field.name.to_string() }
    }

    /// The name of a client's variable in what the planner gets.
    pub(super) fn variable(&self, name: &str) -> String {
        if name == TAKEN { format!("{}{name}", self.prefix) } else { name.to_owned() }
    }

    /// The client's name of a variable in a plan.
    pub(crate) fn client_variable<'n>(&self, name: &'n str) -> &'n str {
        name.strip_prefix(&self.prefix).filter(|name| *name == TAKEN).unwrap_or(name)
    }
}

/// A prefix that no field's name begins with, so that an internal name never meets a field or a key.
fn prefix(schema: &Schema) -> String {
    let mut names = Vec::new();
    for definition in schema.types.values() {
        match definition {
            ExtendedType::Object(object) => names.extend(object.fields.keys()),
            ExtendedType::Interface(interface) => names.extend(interface.fields.keys()),
            _ => {}
        }
    }
    let free = |prefix: &String| names.iter().all(|name| !name.as_str().starts_with(prefix.as_str()));
    (0..=names.len()).map(|number| format!("p{number}_")).find(free).expect("each name takes one prefix at most")
}

/// The names before an opening bracket in the field sets of `@join__field(requires:)`.
fn required_with_arguments(document: &ast::Document<'static, String>) -> HashSet<String> {
    let fields = document.definitions.iter().flat_map(|definition| match definition {
        ast::Definition::TypeDefinition(ast::TypeDefinition::Object(object)) => object.fields.as_slice(),
        ast::Definition::TypeDefinition(ast::TypeDefinition::Interface(interface)) => interface.fields.as_slice(),
        _ => &[],
    });
    let marks = fields.flat_map(|field| &field.directives).filter(|mark| mark.name == "join__field");
    let sets = marks.flat_map(|mark| &mark.arguments).filter_map(|(name, value)| match value {
        ast::Value::String(set) if name == "requires" => Some(set.as_str()),
        _ => None,
    });
    sets.flat_map(called).map(str::to_owned).collect()
}

fn called(set: &str) -> impl Iterator<Item = &str> {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    set.match_indices('(').filter_map(move |(at, _)| set[..at].trim_end().rsplit(|c| !name(c)).next())
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn only_fields_that_are_given_arguments() {
        let names: Vec<&str> = called("id price(currency: \"EUR\") size { width (unit: CM) height }").collect();
        assert_eq!(names, ["price", "width"]);
        assert_eq!(called("id size { width }").count(), 0);
    }
}
