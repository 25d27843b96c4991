//! Telling what was refused: one error for each field of the document that the caller may not see.
//!
//! It is told before anything is fetched, and whether or not there is an object for it to stand in. So its path is that of
//! the document, the response names from the root, without places in lists.

use std::collections::HashSet;

use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::{ExecutableDocument, Name};
use kernel::Principal;

use super::seen::{Access, Refused, Seen};
use crate::error::GraphqlError;
use crate::json::{ByteString, Step};
use crate::response::included;
use crate::supergraph::Applies;

/// Fields that are told to be refused, at most.
const MAX_ERRORS: usize = 100;

/// The errors of what `principal` asks for with `variables` and may not see.
pub(crate) fn refusals(
    access: Access<'_>,
    document: &ExecutableDocument,
    root: &SelectionSet,
    variables: &JsonMap,
    principal: &Principal,
) -> Vec<GraphqlError> {
    if access.unmet.is_empty() {
        return Vec::new();
    }
    let mut teller =
        Teller { access, document, variables, principal, told: HashSet::new(), errors: Vec::new(), path: Vec::new() };
    teller.selections(root, &root.ty);
    teller.errors
}

struct Teller<'a> {
    access: Access<'a>,
    document: &'a ExecutableDocument,
    variables: &'a JsonMap,
    principal: &'a Principal,
    told: HashSet<Vec<Step>>,
    errors: Vec<GraphqlError>,
    path: Vec<Step>,
}

impl<'a> Teller<'a> {
    /// Goes through `set`, where objects of type `ty` stand.
    fn selections(&mut self, set: &'a SelectionSet, ty: &'a Name) {
        for selection in &set.selections {
            if self.errors.len() == MAX_ERRORS || !included(selection.directives(), self.variables) {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    self.path.push(Step::Key(ByteString::from(field.response_key().as_str())));
                    let seen = self.access.seen(&set.ty, ty, &field.name);
                    if let Seen::Nowhere(refused) | Seen::Of(_, refused) = &seen {
                        self.tell(refused, &field.name);
                    }
                    if !matches!(seen, Seen::Nowhere(_)) {
                        self.selections(&field.selection_set, &field.selection_set.ty);
                    }
                    self.path.pop();
                }
                Selection::InlineFragment(inline) => {
                    self.fragment(inline.type_condition.as_ref(), &inline.selection_set, ty);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        self.fragment(Some(fragment.type_condition()), &fragment.selection_set, ty);
                    }
                }
            }
        }
    }

    fn fragment(&mut self, on: Option<&'a Name>, set: &'a SelectionSet, ty: &'a Name) {
        match self.access.supergraph.applies(ty, on) {
            Applies::Always => self.selections(set, ty),
            Applies::To(on) => self.selections(set, on),
            Applies::ToSome(objects) => objects.into_iter().for_each(|object| self.selections(set, object)),
            Applies::Never => {}
        }
    }

    fn tell(&mut self, refused: &Refused<'_>, field: &str) {
        if self.told.insert(self.path.clone()) {
            let what = format!("{}.{field}", refused.on);
            let (code, message) = refused.requirement.refusal(self.principal, &what);
            self.errors.push(GraphqlError::new(code, message).at(self.path.clone()));
        }
    }
}
