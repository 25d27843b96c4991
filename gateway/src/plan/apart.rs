//! Parts of an operation that are planned apart, each reached by a call of its own.

use std::collections::HashMap;
use std::fmt::Write;

use hive_router_query_planner::ast::document::Document;
use hive_router_query_planner::ast::operation::SubgraphFetchOperation;
use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::{InlineFragmentSelection, SelectionSet};
use hive_router_query_planner::planner::plan_nodes::FlattenNodePathSegment;

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
        self.level == other.level && self.on == other.on && self.place == other.place && self.requires == other.requires
    }

    /// The plan's call for root fields as a call for entities; with it what it selects of them.
    pub(super) fn entered(&self, operation: SubgraphFetchOperation) -> (String, SelectionSet) {
        let Document { mut operation, fragments } = operation.document;
        for item in &mut operation.selection_set.items {
            let SelectionItem::Field(field) = item else { continue };
            if let Some(name) = self.fields.get(&field.name) {
                field.name.clone_from(name);
                field.alias = field.alias.take().filter(|alias| alias != name);
            }
        }
        let variables = operation.variable_definitions.into_iter().flatten().map(|variable| format!(",{variable}"));
        let selected = on(&self.on, operation.selection_set);
        let mut text = format!(
            "query($representations:[_Any!]!{}){{_entities(representations:$representations){selected}}}",
            variables.collect::<String>()
        );
        for fragment in fragments {
            write!(text, " {fragment}").expect("writing to a string does not fail");
        }
        (text, selected)
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
