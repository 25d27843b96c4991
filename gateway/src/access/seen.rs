//! Which selections of a document a caller may see.

use apollo_compiler::Name;

use super::requirement::Requirement;
use super::rules::{Rules, Unmet};
use crate::supergraph::Supergraph;

/// What one caller may see of a supergraph.
#[derive(Clone, Copy)]
pub(crate) struct Access<'a> {
    pub(crate) supergraph: &'a Supergraph,
    pub(crate) unmet: &'a Unmet,
}

/// How much of a selected field may be seen.
pub(crate) enum Seen<'a> {
    /// All of it.
    Whole,
    /// None of it.
    Nowhere(Refused<'a>),
    /// It, where it stands in an object of these types.
    Of(Vec<&'a Name>, Refused<'a>),
}

/// Where a field is refused, and for want of what.
pub(crate) struct Refused<'a> {
    /// The type that it is selected on or stands in.
    pub(super) on: &'a str,
    pub(super) requirement: &'a Requirement,
}

impl<'a> Access<'a> {
    fn rules(&self) -> &'a Rules {
        &self.supergraph.rules
    }

    /// How much may be seen of the field `name` that is selected on the type `on`, where objects of `within` stand.
    pub(crate) fn seen(&self, on: &'a Name, within: &'a Name, name: &str) -> Seen<'a> {
        if self.unmet.is_empty() {
            return Seen::Whole;
        }
        if let Some(requirement) = self.rules().refusing(self.unmet, on, name) {
            return Seen::Nowhere(Refused { on, requirement });
        }
        let mut first = None;
        let mut free = Vec::new();
        for object in self.supergraph.objects_of(within) {
            match self.rules().refusing(self.unmet, object, name) {
                Some(requirement) => first = first.or(Some(Refused { on: object, requirement })),
                None => free.push(object),
            }
        }
        match first {
            None => Seen::Whole,
            Some(refused) if free.is_empty() => Seen::Nowhere(refused),
            Some(refused) => Seen::Of(free, refused),
        }
    }

    /// Whether what may be seen of objects of the abstract type `ty` depends on which they are: one whose name nobody knows is
    /// then not shown at all.
    pub(crate) fn tells_objects_apart(&self, ty: &str) -> bool {
        let public = |name: &str| self.supergraph.public.types.contains_key(name);
        !self.unmet.is_empty() || !self.supergraph.types.objects_of(ty).all(public)
    }

    /// Whether the field `name`, selected on the type `on`, is refused in an object of type `typename`.
    pub(crate) fn is_refused(&self, on: &str, typename: &str, name: &str) -> bool {
        let refusing = |ty: &str| self.rules().refusing(self.unmet, ty, name).is_some();
        !self.unmet.is_empty() && (refusing(on) || refusing(typename))
    }
}
