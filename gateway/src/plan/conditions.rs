//! `@skip` and `@include` are decided before anything is planned: a plan is made of what is left.
//!
//! Planning around conditions is where the planner goes wrong most, and a plan without them is smaller. An operation then has as
//! many plans as there are answers to its conditions that clients give.

use std::collections::HashSet;

use apollo_compiler::executable::{Operation, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::{ExecutableDocument, Name};

use crate::json::{ByteString, Value};

/// The variables that an operation's conditions look at.
pub(crate) struct Conditions(Vec<Name>);

/// What these variables say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Decided(Box<[Option<bool>]>);

impl Conditions {
    pub(crate) fn of(document: &ExecutableDocument, operation: &Operation) -> Self {
        let mut found = Found { document, variables: HashSet::new(), fragments: HashSet::new() };
        found.collect(&operation.selection_set);
        let variables = operation.variables.iter().map(|variable| &variable.name);
        Self(variables.filter(|name| found.variables.contains(name)).cloned().collect())
    }

    /// What `variables` say to them.
    pub(crate) fn decided(&self, variables: &JsonMap) -> Decided {
        Decided(self.0.iter().map(|name| variables.get(name.as_str()).and_then(Value::as_bool)).collect())
    }

    /// The variables alone, as `decided` has them.
    pub(crate) fn variables(&self, decided: &Decided) -> JsonMap {
        let said = self.0.iter().zip(&decided.0).filter_map(|(name, said)| Some((name, (*said)?)));
        said.map(|(name, said)| (ByteString::from(name.as_str()), Value::Bool(said))).collect()
    }
}

/// Each fragment is gone through once.
struct Found<'a> {
    document: &'a ExecutableDocument,
    variables: HashSet<&'a Name>,
    fragments: HashSet<&'a Name>,
}

impl<'a> Found<'a> {
    fn collect(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            for name in ["skip", "include"] {
                let condition = selection.directives().get(name).and_then(|mark| mark.specified_argument_by_name("if"));
                self.variables.extend(condition.and_then(|value| value.as_variable()));
            }
            match selection {
                Selection::Field(field) => self.collect(&field.selection_set),
                Selection::InlineFragment(inline) => self.collect(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment.filter(|_| self.fragments.insert(&spread.fragment_name)) {
                        self.collect(&fragment.selection_set);
                    }
                }
            }
        }
    }
}
