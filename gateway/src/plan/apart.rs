//! Parts of an operation that are planned apart, each reached by a call of its own.

use std::collections::HashMap;

use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::{InlineFragmentSelection, SelectionSet};
use hive_router_query_planner::planner::plan_nodes::{FetchNode, FlattenNodePathSegment};

use super::program::{CompileError, EntityFetch, Fetch, inlined};
use super::together::{declared, same};

/// A part of an operation: what the planner gets of it, and what comes after.
#[derive(Default)]
pub(crate) struct Part {
    pub(crate) text: String,
    pub(crate) cuts: Vec<Cut>,
}

/// Fields of one subgraph that are asked of objects which stand in the tree already.
pub(crate) struct Cut {
    /// Cuts of lower levels come first: they fetch what this one needs.
    pub(super) level: usize,
    /// The subgraph.
    pub(super) graph: String,
    /// Where the objects stand.
    pub(super) place: Vec<FlattenNodePathSegment>,
    /// The type by which the subgraph knows them.
    pub(super) on: String,
    /// What a representation is made of.
    pub(super) requires: SelectionSet,
    /// The fields by the root fields that stand for them.
    pub(super) fields: HashMap<String, String>,
    pub(crate) part: Part,
}

impl Part {
    /// Bytes of its text and of what is planned apart of it, each with so many of variables.
    pub(crate) fn bytes(&self, variables: usize) -> usize {
        let cuts = self.cuts.iter().map(|cut| cut.part.bytes(variables));
        self.text.len() + variables + cuts.sum::<usize>()
    }

    /// Adds another part of the same operation.
    pub(super) fn join(&mut self, other: Part) {
        self.text.push_str(&other.text);
        for cut in other.cuts {
            add(&mut self.cuts, cut);
        }
    }
}

impl Cut {
    fn joins(&self, other: &Cut) -> bool {
        (self.level, &self.graph, &self.on) == (other.level, &other.graph, &other.on)
            && self.place == other.place
            && same(&self.requires, &other.requires)
    }

    /// The plan's call for root fields as a call for entities.
    pub(super) fn entered(&self, fetch: FetchNode) -> Result<Fetch, CompileError> {
        let document = fetch.operation.document;
        let declared = declared(&document);
        let mut selections = inlined(&document.operation.selection_set, &document.fragments)?;
        for item in &mut selections.items {
            let SelectionItem::Field(field) = item else { continue };
            if let Some(name) = self.fields.get(&field.name) {
                field.name.clone_from(name);
                field.alias = field.alias.take().filter(|alias| alias != name);
            }
        }
        let entities = EntityFetch {
            paths: vec![self.place.clone()],
            requires: self.requires.clone(),
            selected: on(&self.on, selections),
            output_rewrites: fetch.output_rewrites.unwrap_or_default(),
            ..EntityFetch::default()
        };
        let variables = fetch.variable_usages.into_iter().flatten().collect();
        Ok(Fetch::of_entities(fetch.service_name, variables, declared, vec![entities]))
    }
}

/// A representation of an object of type `ty`.
pub(super) fn on(ty: &str, selections: SelectionSet) -> SelectionSet {
    let on = InlineFragmentSelection { type_condition: ty.to_owned(), selections, skip_if: None, include_if: None };
    SelectionSet { items: vec![SelectionItem::InlineFragment(on)] }
}

/// Adds a cut to others, to one that asks the same objects at the same time where there is one.
pub(super) fn add(cuts: &mut Vec<Cut>, cut: Cut) {
    match cuts.iter_mut().find(|known| known.joins(&cut)) {
        None => cuts.push(cut),
        Some(known) => {
            known.fields.extend(cut.fields);
            known.part.join(cut.part);
        }
    }
}

/// The cuts by level, the lowest first.
pub(crate) fn by_level(mut cuts: Vec<Cut>) -> Vec<Vec<Cut>> {
    cuts.sort_by_key(|cut| cut.level);
    let mut levels: Vec<Vec<Cut>> = Vec::new();
    for cut in cuts {
        match levels.last_mut() {
            Some(level) if level[0].level == cut.level => level.push(cut),
            _ => levels.push(vec![cut]),
        }
    }
    levels
}
