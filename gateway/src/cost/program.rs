//! The program that gives a request's variables their cost.

use apollo_compiler::Name;
use apollo_compiler::response::JsonMap;

use super::inputs::Inputs;
use super::items::Slicing;
use crate::error::GraphqlError;
use crate::json::Value;
use crate::supergraph::Supergraph;

/// What a document costs, as far as that can be said without variables, and how the rest is found.
pub(crate) struct Program {
    /// What the operation costs beside its fields.
    pub(super) base: i64,
    pub(super) parts: Vec<Part>,
}

/// What a request is expected to cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Estimate {
    /// In points.
    pub(crate) cost: u64,
    /// Values that the answer is expected to have.
    pub(crate) values: u64,
}

/// A part of a selection.
pub(super) enum Part {
    /// It costs this, whatever the variables are.
    Fixed(Sum),
    Field(Box<FieldPart>),
    /// Only where each variable is what it must be.
    When(Vec<(Name, bool)>, Vec<Part>),
}

pub(super) struct FieldPart {
    /// Of one item.
    pub(super) weight: i64,
    pub(super) items: Items,
    /// What says how many items this field, or the lists of its object have.
    pub(super) slicing: Option<Slicing>,
    pub(super) inputs: Inputs,
    pub(super) parts: Vec<Part>,
}

/// How often a field is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Items {
    So(u64),
    /// As its own slicing says.
    Sliced,
    /// As the slicing of the field around it says.
    SlicedAbove,
}

/// A sum on its way: weights may be negative, a field's whole cost is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) cost: i64,
    pub(super) values: u64,
}

impl Sum {
    pub(super) fn add(&mut self, other: Self) {
        self.cost = self.cost.saturating_add(other.cost);
        self.values = self.values.saturating_add(other.values);
    }
}

/// What parts are looked at with.
#[derive(Clone, Copy)]
pub(super) struct With<'a> {
    pub(super) supergraph: &'a Supergraph,
    pub(super) variables: &'a JsonMap,
    /// Items that the slicing of the field around says.
    pub(super) above: u64,
}

impl Program {
    /// What a request with these variables costs.
    ///
    /// # Errors
    /// Where a list is asked for by none or several of the arguments of which exactly one must be given.
    pub(crate) fn estimate(&self, supergraph: &Supergraph, variables: &JsonMap) -> Result<Estimate, GraphqlError> {
        let sum = sum(&self.parts, With { supergraph, variables, above: 1 })?;
        let cost = u64::try_from(sum.cost.saturating_add(self.base)).unwrap_or(0);
        Ok(Estimate { cost, values: sum.values })
    }
}

fn sum(parts: &[Part], with: With<'_>) -> Result<Sum, GraphqlError> {
    let mut total = Sum::default();
    for part in parts {
        match part {
            Part::Fixed(sum) => total.add(*sum),
            Part::Field(field) => total.add(field.sum(with)?),
            Part::When(conditions, parts) => {
                let is = |name: &Name| with.variables.get(name.as_str()).and_then(Value::as_bool);
                if conditions.iter().all(|(name, wanted)| is(name).unwrap_or(*wanted) == *wanted) {
                    total.add(sum(parts, with)?);
                }
            }
        }
    }
    Ok(total)
}

impl FieldPart {
    pub(super) fn sum(&self, with: With<'_>) -> Result<Sum, GraphqlError> {
        let sliced = match &self.slicing {
            Some(slicing) => slicing.items(with.variables)?,
            None => 1,
        };
        let items = match self.items {
            Items::So(items) => items,
            Items::Sliced => sliced,
            Items::SlicedAbove => with.above,
        };
        let inner = sum(&self.parts, With { above: sliced, ..with })?;
        let each = inner.cost.saturating_add(self.weight).max(0);
        let mut cost = each.saturating_mul(i64::try_from(items).unwrap_or(i64::MAX)).saturating_add(self.inputs.fixed);
        for (name, place) in &self.inputs.variables {
            if let Some(value) = with.variables.get(name.as_str()) {
                cost = cost.saturating_add(place.cost(with.supergraph, value));
            }
        }
        // An empty list is a value too.
        let values = inner.values.saturating_add(1).saturating_mul(items.max(1));
        Ok(Sum { cost: cost.max(0), values })
    }

    /// Whether a request's variables, or what is asked for around it, say nothing to it.
    pub(super) fn is_fixed(&self) -> bool {
        self.items != Items::SlicedAbove
            && self.inputs.variables.is_empty()
            && self.slicing.as_ref().is_none_or(Slicing::is_fixed)
            && self.parts.iter().all(|part| matches!(part, Part::Fixed(_)))
    }
}
