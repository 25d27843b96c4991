//! Parts of an operation that are planned apart, each reached by a call of its own.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use hive_router_query_planner::ast::document::Document;
use hive_router_query_planner::ast::selection_item::SelectionItem;
use hive_router_query_planner::ast::selection_set::{InlineFragmentSelection, SelectionSet};
use hive_router_query_planner::planner::plan_nodes::{FetchNode, FlattenNodePathSegment};

use super::aliases::REPRESENTATIONS;
use super::program::{EntityFetch, Fetch, Target};

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
            && self.requires == other.requires
    }

    /// The plan's call for root fields as a call for entities.
    pub(super) fn entered(&self, fetch: FetchNode) -> Entry {
        let Document { mut operation, fragments } = fetch.operation.document;
        for item in &mut operation.selection_set.items {
            let SelectionItem::Field(field) = item else { continue };
            if let Some(name) = self.fields.get(&field.name) {
                field.name.clone_from(name);
                field.alias = field.alias.take().filter(|alias| alias != name);
            }
        }
        let definitions = operation.variable_definitions.into_iter().flatten();
        Entry {
            subgraph: fetch.service_name,
            variables: fetch.variable_usages.unwrap_or_default(),
            definitions: definitions.map(|definition| definition.to_string()).collect(),
            fragments: fragments.iter().map(ToString::to_string).collect(),
            entities: EntityFetch {
                key: String::new(),
                variable: String::new(),
                paths: vec![self.place.clone()],
                requires: self.requires.clone(),
                selected: on(&self.on, operation.selection_set),
                input_rewrites: Vec::new(),
                output_rewrites: fetch.output_rewrites.unwrap_or_default(),
            },
        }
    }
}

/// The call by which a part is reached.
pub(super) struct Entry {
    pub(super) subgraph: String,
    variables: BTreeSet<String>,
    /// Of these variables.
    definitions: BTreeSet<String>,
    fragments: Vec<String>,
    entities: EntityFetch,
}

impl Entry {
    /// Whether it may go in one call with others: names of fragments are each call's own.
    pub(super) fn joins(&self, other: &Entry) -> bool {
        self.subgraph == other.subgraph && self.fragments.is_empty() && other.fragments.is_empty()
    }

    /// One call for all of them, which are of one subgraph.
    pub(super) fn call(entries: Vec<Entry>) -> Fetch {
        let mut subgraph = String::new();
        let (mut variables, mut definitions) = (BTreeSet::new(), BTreeSet::new());
        let (mut fields, mut fragments, mut all) = (String::new(), String::new(), Vec::new());
        let alone = entries.len() == 1;
        for (number, mut entry) in entries.into_iter().enumerate() {
            let (key, alias, variable) = if alone {
                ("_entities".to_owned(), String::new(), REPRESENTATIONS.to_owned())
            } else {
                (format!("e{number}"), format!("e{number}: "), format!("{REPRESENTATIONS}{number}"))
            };
            definitions.insert(format!("${variable}:[_Any!]!"));
            let selected = &entry.entities.selected;
            write!(fields, "{alias}_entities(representations: ${variable}){selected} ").expect("a string takes all");
            entry.fragments.iter().for_each(|fragment| fragments.push_str(fragment));
            (entry.entities.key, entry.entities.variable) = (key, variable);
            all.push(entry.entities);
            subgraph = entry.subgraph;
            variables.append(&mut entry.variables);
            definitions.append(&mut entry.definitions);
        }
        let definitions = definitions.into_iter().collect::<Vec<_>>().join(", ");
        let query = format!("query({definitions}){{{}}}{fragments}", fields.trim_end());
        Fetch::new(subgraph, &query, variables.into_iter().collect(), Target::Entities(all))
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
