//! From a document to its program: fragments in place, and what needs no variable summed up.
//!
//! How many fields there are with fragments in place is bounded before.

use apollo_compiler::ast::DirectiveList;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::{ExecutableDocument, Name};

use super::inputs::Inputs;
use super::items::Says;
use super::program::{FieldPart, Items, Part, Program, Sum, With};
use crate::config::CostConfig;
use crate::error::GraphqlError;
use crate::supergraph::Supergraph;

/// What a mutation costs beside its fields.
const MUTATION: i64 = 10;

/// Makes the program of an operation.
///
/// # Errors
/// Where the document itself says that not exactly one of the arguments is given of which one must be.
pub(crate) fn compile(
    supergraph: &Supergraph,
    document: &ExecutableDocument,
    operation: &Operation,
    config: &CostConfig,
) -> Result<Program, GraphqlError> {
    let compiler = Compiler { supergraph, document, config, no_variables: JsonMap::new() };
    let parts = compiler.selections(&operation.selection_set, &Around::Nothing)?;
    Ok(Program { base: if operation.is_mutation() { MUTATION } else { 0 }, parts })
}

struct Compiler<'a> {
    supergraph: &'a Supergraph,
    document: &'a ExecutableDocument,
    config: &'a CostConfig,
    no_variables: JsonMap,
}

/// What the field around a selection says of the lists in it.
enum Around {
    Nothing,
    /// These lists, or all of them, have so many items; none where that takes variables.
    Sizes {
        lists: Option<Vec<String>>,
        items: Option<u64>,
    },
}

impl Around {
    fn items(&self, list: &str) -> Option<Items> {
        match self {
            Self::Sizes { lists, items }
                if lists.as_ref().is_none_or(|lists| lists.iter().any(|name| name == list)) =>
            {
                Some(items.map_or(Items::SlicedAbove, Items::So))
            }
            _ => None,
        }
    }
}

impl Compiler<'_> {
    fn selections(&self, set: &SelectionSet, around: &Around) -> Result<Vec<Part>, GraphqlError> {
        let mut fixed = Sum::default();
        let mut parts = Vec::new();
        for selection in &set.selections {
            let Some(conditions) = conditions(selection.directives()) else { continue };
            let found = match selection {
                Selection::Field(field) => vec![self.field(&set.ty, field, around)?],
                Selection::InlineFragment(inline) => self.selections(&inline.selection_set, around)?,
                Selection::FragmentSpread(spread) => match self.document.fragments.get(&spread.fragment_name) {
                    Some(fragment) => self.selections(&fragment.selection_set, around)?,
                    None => Vec::new(),
                },
            };
            if !conditions.is_empty() {
                parts.push(Part::When(conditions, found));
                continue;
            }
            for part in found {
                match part {
                    Part::Fixed(sum) => fixed.add(sum),
                    other => parts.push(other),
                }
            }
        }
        if fixed != Sum::default() {
            parts.push(Part::Fixed(fixed));
        }
        Ok(parts)
    }

    fn field(&self, on: &Name, field: &Field, around: &Around) -> Result<Part, GraphqlError> {
        let supergraph = self.supergraph;
        let said = supergraph.weights.of_field(supergraph, on, &field.name);
        let coordinate = format!("{on}.{}", field.name);
        let directive = said.and_then(|said| said.list_size.as_ref());
        let mut says = Says::of(supergraph, self.document, directive, field, &coordinate);
        if !self.config.enabled {
            says.allow_any();
        }
        let from_around = around.items(&field.name).filter(|_| field.ty().is_list());
        let usual = if field.ty().is_list() { Items::So(self.config.list_size) } else { Items::So(1) };
        let (items, slicing, within) = match says {
            Says::Nothing => (from_around.unwrap_or(usual), None, Around::Nothing),
            Says::OfItself(slicing) => (from_around.unwrap_or(Items::Sliced), Some(slicing), Around::Nothing),
            Says::OfLists(slicing, lists) => {
                let items = slicing.is_fixed().then(|| slicing.items(&self.no_variables)).transpose()?;
                (usual, Some(slicing), Around::Sizes { lists, items })
            }
        };
        let part = FieldPart {
            weight: supergraph.weights.of_item(supergraph, on, &field.name, field.ty().inner_named_type()),
            items,
            slicing,
            inputs: Inputs::of(supergraph, said, field),
            parts: self.selections(&field.selection_set, &within)?,
        };
        if part.is_fixed() {
            let with = With { supergraph, variables: &self.no_variables, above: 1 };
            return part.sum(with).map(Part::Fixed);
        }
        Ok(Part::Field(Box::new(part)))
    }
}

/// The variables that a selection waits for, and what each must be; none where a literal leaves it out.
fn conditions(directives: &DirectiveList) -> Option<Vec<(Name, bool)>> {
    let mut conditions = Vec::new();
    for (directive, wanted) in [("skip", false), ("include", true)] {
        let Some(value) = directives.get(directive).and_then(|found| found.specified_argument_by_name("if")) else {
            continue;
        };
        match (value.as_variable(), value.to_bool()) {
            (Some(variable), _) => conditions.push((variable.clone(), wanted)),
            (None, Some(is)) if is != wanted => return None,
            _ => {}
        }
    }
    Some(conditions)
}
