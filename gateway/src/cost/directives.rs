//! The names under which a supergraph links the directives on cost, and what they say.

use graphql_tools::parser::schema as ast;

use crate::supergraph::links::{argument, links, text};

/// The names of `@cost` and `@listSize`; none where the supergraph links no such specification.
#[derive(Debug, Default)]
pub(crate) struct CostDirectives(Option<Names>);

#[derive(Debug)]
struct Names {
    cost: String,
    list_size: String,
}

/// What `@listSize` says of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ListSize {
    /// Items where no argument says how many.
    pub(super) assumed: Option<u64>,
    /// Arguments that say how many.
    pub(super) slicing: Vec<String>,
    /// Fields of the type that is given which have so many items.
    pub(super) sized: Vec<String>,
    /// Whether exactly one of the arguments must be given.
    pub(super) one_slicing: bool,
}

impl CostDirectives {
    /// Finds the names.
    pub(crate) fn linked(document: &ast::Document<'static, String>) -> Self {
        let link = links(document).find(|link| link.feature == "cost");
        Self(link.map(|link| Names { cost: link.name_of("cost"), list_size: link.name_of("listSize") }))
    }

    /// Takes them off a document: neither the planner nor any client has a use for them.
    pub(crate) fn take_off(&self, document: &mut ast::Document<'static, String>) {
        let Some(names) = &self.0 else { return };
        document.definitions.retain(
            |definition| !matches!(definition, ast::Definition::DirectiveDefinition(known) if names.holds(&known.name)),
        );
        for definition in &mut document.definitions {
            if let ast::Definition::TypeDefinition(definition) = definition {
                names.strip_type(definition);
            }
        }
    }

    /// The weight at a place.
    pub(super) fn weight(&self, directives: &[ast::Directive<'static, String>]) -> Option<i64> {
        let names = self.0.as_ref()?;
        let directive = directives.iter().find(|directive| directive.name == names.cost)?;
        argument(directive, "weight").and_then(number)
    }

    /// The size of the list at a field.
    pub(super) fn list_size(&self, directives: &[ast::Directive<'static, String>]) -> Option<ListSize> {
        let names = self.0.as_ref()?;
        let directive = directives.iter().find(|directive| directive.name == names.list_size)?;
        let assumed = argument(directive, "assumedSize").and_then(number);
        let optional = matches!(argument(directive, "requireOneSlicingArgument"), Some(ast::Value::Boolean(false)));
        Some(ListSize {
            assumed: assumed.map(|size| u64::try_from(size).unwrap_or(0)),
            slicing: names_in(argument(directive, "slicingArguments")),
            sized: names_in(argument(directive, "sizedFields")),
            one_slicing: !optional,
        })
    }
}

impl Names {
    fn holds(&self, name: &str) -> bool {
        self.cost == name || self.list_size == name
    }

    fn strip(&self, marks: &mut Vec<ast::Directive<'static, String>>) {
        marks.retain(|mark| !self.holds(&mark.name));
    }

    fn strip_type(&self, definition: &mut ast::TypeDefinition<'static, String>) {
        match definition {
            ast::TypeDefinition::Scalar(scalar) => self.strip(&mut scalar.directives),
            ast::TypeDefinition::Enum(definition) => self.strip(&mut definition.directives),
            ast::TypeDefinition::Object(object) => {
                self.strip(&mut object.directives);
                self.strip_fields(&mut object.fields);
            }
            ast::TypeDefinition::Interface(interface) => self.strip_fields(&mut interface.fields),
            ast::TypeDefinition::InputObject(input) => self.strip_inputs(&mut input.fields),
            ast::TypeDefinition::Union(_) => {}
        }
    }

    fn strip_fields(&self, fields: &mut [ast::Field<'static, String>]) {
        for field in fields {
            self.strip(&mut field.directives);
            self.strip_inputs(&mut field.arguments);
        }
    }

    fn strip_inputs(&self, inputs: &mut [ast::InputValue<'static, String>]) {
        for input in inputs {
            self.strip(&mut input.directives);
        }
    }
}

fn number(value: &ast::Value<'static, String>) -> Option<i64> {
    match value {
        ast::Value::Int(number) => number.as_i64(),
        _ => None,
    }
}

/// A list of names, with GraphQL's coercion of one that stands alone.
fn names_in(value: Option<&ast::Value<'static, String>>) -> Vec<String> {
    match value {
        Some(ast::Value::List(items)) => items.iter().filter_map(text).map(str::to_owned).collect(),
        Some(other) => text(other).map(str::to_owned).into_iter().collect(),
        None => Vec::new(),
    }
}
