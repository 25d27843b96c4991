//! What a composed supergraph says of its types: which subgraphs have what of them (`@join__type`, `@join__field`).

use graphql_tools::parser::schema as ast;

use super::types::argument;

pub(super) type Directive = ast::Directive<'static, String>;
pub(super) type Field = ast::Field<'static, String>;

/// A type with fields.
pub(super) struct Type<'d> {
    pub(super) name: &'d str,
    directives: &'d [Directive],
    pub(super) fields: &'d [Field],
    pub(super) is_interface: bool,
}

impl<'d> Type<'d> {
    pub(super) fn of(definition: &'d ast::Definition<'static, String>) -> Option<Self> {
        match definition {
            ast::Definition::TypeDefinition(ast::TypeDefinition::Object(object)) => Some(Self {
                name: &object.name,
                directives: &object.directives,
                fields: &object.fields,
                is_interface: false,
            }),
            ast::Definition::TypeDefinition(ast::TypeDefinition::Interface(interface)) => Some(Self {
                name: &interface.name,
                directives: &interface.directives,
                fields: &interface.fields,
                is_interface: true,
            }),
            _ => None,
        }
    }

    pub(super) fn joins(&self) -> impl Iterator<Item = &'d Directive> {
        self.directives.iter().filter(|mark| mark.name == "join__type")
    }

    fn graphs(&self) -> Vec<&'d str> {
        self.joins().filter_map(|join| text(join, "graph")).collect()
    }

    /// The subgraphs that simply have a field, and those that require something for it.
    pub(super) fn givers(&self, field: &'d Field) -> (Vec<&'d str>, Vec<(&'d str, &'d str)>) {
        let joins = || field.directives.iter().filter(|mark| mark.name == "join__field");
        if joins().next().is_none() {
            return (self.graphs(), Vec::new());
        }
        let (mut plain, mut with_needs) = (Vec::new(), Vec::new());
        for join in joins().filter(|join| resolves(join)) {
            match (text(join, "graph"), text(join, "requires")) {
                (Some(graph), Some(requires)) => with_needs.push((graph, requires)),
                (Some(graph), None) => plain.push(graph),
                (None, _) => {}
            }
        }
        (plain, with_needs)
    }

    /// Whether some subgraph has the field as it is, that knows the type for what it is.
    pub(super) fn is_simply_given(&self, field: &'d Field) -> bool {
        self.givers(field).0.iter().any(|graph| !self.as_object(graph))
    }

    pub(super) fn as_object(&self, graph: &str) -> bool {
        self.is_interface
            && self.joins().any(|join| is(join, "isInterfaceObject") && text(join, "graph") == Some(graph))
    }

    /// The keys by which `graph` resolves objects of this type.
    pub(super) fn keys(&self, graph: &str) -> Vec<&'d str> {
        let resolvable = |join: &&Directive| argument(join, "resolvable") != Some(&ast::Value::Boolean(false));
        let of_graph = self.joins().filter(|join| text(join, "graph") == Some(graph)).filter(resolvable);
        of_graph.filter_map(|join| text(join, "key")).collect()
    }
}

/// Whether the subgraph of a `@join__field` gives the field. What it requires for it is marked external by some composers.
fn resolves(join: &Directive) -> bool {
    !is(join, "usedOverridden") && (text(join, "requires").is_some() || !is(join, "external"))
}

/// Whether a field goes over from one subgraph to another by degrees (`@override(label:)`): who gives it is drawn for each request.
pub(super) fn moves(field: &Field) -> bool {
    field.directives.iter().any(|mark| mark.name == "join__field" && text(mark, "overrideLabel").is_some())
}

pub(super) fn text<'d>(mark: &'d Directive, name: &str) -> Option<&'d str> {
    match argument(mark, name)? {
        ast::Value::String(text) | ast::Value::Enum(text) => Some(text),
        _ => None,
    }
}

pub(super) fn is(mark: &Directive, name: &str) -> bool {
    argument(mark, name) == Some(&ast::Value::Boolean(true))
}
