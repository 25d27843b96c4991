//! How many items a list is expected to have.

use apollo_compiler::ast;
use apollo_compiler::executable::Field;
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name};
use kernel::ErrorCode;

use super::directives::ListSize;
use crate::error::GraphqlError;
use crate::json::Value;
use crate::supergraph::Supergraph;

/// Items of a page when nothing says how many.
const PAGE: u64 = 20;
/// Arguments that say how many items a page has, where the schema does not say which do.
const PAGING: [&str; 2] = ["first", "last"];

/// A number of items that arguments may say.
pub(super) struct Slicing {
    arguments: Vec<Slice>,
    otherwise: u64,
    /// Told where not exactly one of them is given.
    exactly_one: Option<Box<GraphqlError>>,
}

struct Slice {
    given: Given,
    /// Where nothing is given.
    default: Option<u64>,
}

enum Given {
    Nothing,
    Null,
    Items(u64),
    Variable(Name),
}

/// What a field says of how many items there are.
pub(super) enum Says {
    /// Nothing.
    Nothing,
    /// How many it gives itself.
    OfItself(Slicing),
    /// How many the lists have that its object holds: those named, or all.
    OfLists(Slicing, Option<Vec<String>>),
}

impl Says {
    /// What `field` says by its directive, else by the arguments of pages.
    pub(super) fn of(
        supergraph: &Supergraph,
        document: &ExecutableDocument,
        directive: Option<&ListSize>,
        field: &Field,
        coordinate: &str,
    ) -> Self {
        let is_list = field.ty().is_list();
        if let Some(list_size) = directive {
            let Some(slicing) = Slicing::by_directive(document, list_size, field, coordinate) else {
                return Self::Nothing;
            };
            let named = (!list_size.sized.is_empty()).then(|| list_size.sized.clone());
            return if is_list { Self::OfItself(slicing) } else { Self::of_page(supergraph, slicing, named, field) };
        }
        let arguments: Vec<Slice> = PAGING.iter().filter_map(|name| Slice::of(field, name)).collect();
        if arguments.is_empty() {
            return Self::Nothing;
        }
        let slicing = Slicing { arguments, otherwise: PAGE, exactly_one: None };
        if is_list { Self::OfItself(slicing) } else { Self::of_page(supergraph, slicing, None, field) }
    }

    /// Arguments may be given in any number.
    pub(super) fn allow_any(&mut self) {
        if let Self::OfItself(slicing) | Self::OfLists(slicing, _) = self {
            slicing.exactly_one = None;
        }
    }

    /// An object without lists is counted itself.
    fn of_page(supergraph: &Supergraph, slicing: Slicing, named: Option<Vec<String>>, field: &Field) -> Self {
        if named.is_some() || holds_lists(supergraph, field) {
            return Self::OfLists(slicing, named);
        }
        Self::OfItself(slicing)
    }
}

/// Whether the object that a field gives has lists, as a connection has.
fn holds_lists(supergraph: &Supergraph, field: &Field) -> bool {
    match supergraph.public.types.get(field.ty().inner_named_type()) {
        Some(ExtendedType::Object(object)) => object.fields.values().any(|field| field.ty.is_list()),
        Some(ExtendedType::Interface(interface)) => interface.fields.values().any(|field| field.ty.is_list()),
        _ => false,
    }
}

impl Slicing {
    /// None where the directive says nothing of how many.
    fn by_directive(
        document: &ExecutableDocument,
        list_size: &ListSize,
        field: &Field,
        coordinate: &str,
    ) -> Option<Self> {
        let arguments: Vec<Slice> = list_size.slicing.iter().filter_map(|name| Slice::of(field, name)).collect();
        let exactly_one = (list_size.one_slicing && !list_size.slicing.is_empty()).then(|| {
            let message = format!("{coordinate} takes exactly one of the arguments {}", list_size.slicing.join(", "));
            let place = field.name.location().and_then(|span| span.line_column_range(&document.sources));
            let error = GraphqlError::new(ErrorCode::GraphqlValidationFailed, message);
            Box::new(error.located(place.map(|range| range.start)))
        });
        // Where arguments are told and none is given, a page has as many as other pages.
        let otherwise = match list_size.assumed {
            None if arguments.is_empty() => return None,
            None => PAGE,
            Some(size) => size,
        };
        Some(Self { arguments, otherwise, exactly_one })
    }

    /// Whether a request's variables say nothing to it.
    pub(super) fn is_fixed(&self) -> bool {
        !self.arguments.iter().any(|slice| matches!(slice.given, Given::Variable(..)))
    }

    /// How many items; the largest where several arguments say so.
    pub(super) fn items(&self, variables: &JsonMap) -> Result<u64, GraphqlError> {
        let given: Vec<u64> = self.arguments.iter().filter_map(|slice| slice.given(variables)).collect();
        let said = if given.is_empty() {
            self.arguments.iter().filter_map(|slice| slice.by_default(variables)).collect()
        } else {
            given
        };
        match &self.exactly_one {
            Some(error) if said.len() != 1 => Err((**error).clone()),
            _ => Ok(said.into_iter().max().unwrap_or(self.otherwise)),
        }
    }
}

impl Slice {
    /// None where the field has no such argument.
    fn of(field: &Field, name: &str) -> Option<Self> {
        let definition = field.definition.argument_by_name(name)?;
        let given = match field.specified_argument_by_name(name).map(|value| &**value) {
            None => Given::Nothing,
            Some(ast::Value::Null) => Given::Null,
            Some(ast::Value::Variable(variable)) => Given::Variable(variable.clone()),
            Some(value) => literal(value).map_or(Given::Nothing, Given::Items),
        };
        Some(Self { given, default: definition.default_value.as_deref().and_then(literal) })
    }

    fn given(&self, variables: &JsonMap) -> Option<u64> {
        match &self.given {
            Given::Nothing | Given::Null => None,
            Given::Items(items) => Some(*items),
            Given::Variable(name) => variables.get(name.as_str()).and_then(number),
        }
    }

    fn by_default(&self, variables: &JsonMap) -> Option<u64> {
        let applies = match &self.given {
            Given::Nothing => true,
            Given::Null | Given::Items(_) => false,
            Given::Variable(name) => !variables.contains_key(name.as_str()),
        };
        self.default.filter(|_| applies)
    }
}

/// A negative number asks for nothing; one that is too large to be read, for as much as there is.
fn literal(value: &ast::Value) -> Option<u64> {
    match value {
        ast::Value::Int(number) => {
            let text = number.as_str();
            Some(if text.starts_with('-') { 0 } else { text.parse().unwrap_or(u64::MAX) })
        }
        _ => None,
    }
}

fn number(value: &Value) -> Option<u64> {
    let number = value.as_i64().map(|number| u64::try_from(number).unwrap_or(0));
    number.or_else(|| value.as_u64())
}
