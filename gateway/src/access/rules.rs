//! What every field of a supergraph asks of a caller, found once when it is loaded.

use std::collections::{BTreeSet, HashMap, HashSet};

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::{Operation, Selection, SelectionSet};
use graphql_tools::parser::schema as ast;
use kernel::Principal;

use super::directives::Directives;
use super::requirement::Requirement;
use crate::config::Policies;
use crate::supergraph::Supergraph;

/// The place of a requirement among those of a supergraph.
pub(super) type Index = usize;

/// The requirements of a supergraph, and the fields that ask for them.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// Each once.
    requirements: Vec<Requirement>,
    /// By type and field; only fields that ask for something.
    fields: HashMap<String, HashMap<String, Vec<Index>>>,
}

/// The requirements that a caller does not meet, of those that a document touches: who have the same share a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Unmet(Vec<Index>);

impl Unmet {
    /// Whether the caller meets all of them.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn holds(&self, index: Index) -> bool {
        self.0.binary_search(&index).is_ok()
    }
}

impl Rules {
    /// Reads the rules of a supergraph.
    pub(crate) fn read(directives: &Directives, document: &ast::Document<'static, String>) -> Self {
        let mut rules = Self::default();
        let types: Vec<&ast::TypeDefinition<'static, String>> = document
            .definitions
            .iter()
            .filter_map(|definition| match definition {
                ast::Definition::TypeDefinition(definition) => Some(definition),
                _ => None,
            })
            .collect();
        let mut of_types: HashMap<&str, Index> = HashMap::new();
        for definition in &types {
            let (name, marks) = match definition {
                ast::TypeDefinition::Scalar(definition) => (&definition.name, &definition.directives),
                ast::TypeDefinition::Object(definition) => (&definition.name, &definition.directives),
                ast::TypeDefinition::Interface(definition) => (&definition.name, &definition.directives),
                ast::TypeDefinition::Union(definition) => (&definition.name, &definition.directives),
                ast::TypeDefinition::Enum(definition) => (&definition.name, &definition.directives),
                ast::TypeDefinition::InputObject(_) => continue,
            };
            if let Some(index) = rules.index(directives.requirement(marks)) {
                of_types.insert(name, index);
            }
        }
        for definition in &types {
            let (name, fields) = match definition {
                ast::TypeDefinition::Object(definition) => (&definition.name, &definition.fields),
                ast::TypeDefinition::Interface(definition) => (&definition.name, &definition.fields),
                _ => continue,
            };
            for field in fields {
                let own = rules.index(directives.requirement(&field.directives));
                let (around, given) = (of_types.get(name.as_str()), of_types.get(field.field_type.inner_type()));
                let all: BTreeSet<Index> = own.iter().chain(around).chain(given).copied().collect();
                if !all.is_empty() {
                    let of_type = rules.fields.entry(name.clone()).or_default();
                    of_type.insert(field.name.clone(), all.into_iter().collect());
                }
            }
        }
        rules
    }

    /// The place of a requirement; none where it asks for nothing.
    fn index(&mut self, requirement: Requirement) -> Option<Index> {
        if requirement.is_none() {
            return None;
        }
        let known = self.requirements.iter().position(|known| *known == requirement);
        Some(known.unwrap_or_else(|| {
            self.requirements.push(requirement);
            self.requirements.len() - 1
        }))
    }

    fn of(&self, ty: &str, field: &str) -> &[Index] {
        self.fields.get(ty).and_then(|fields| fields.get(field)).map_or(&[], Vec::as_slice)
    }

    /// The first requirement of a field of `ty` that is among `unmet`.
    pub(super) fn refusing(&self, unmet: &Unmet, ty: &str, field: &str) -> Option<&Requirement> {
        let index = self.of(ty, field).iter().find(|index| unmet.holds(**index))?;
        self.requirements.get(*index)
    }

    /// Every requirement that a document's operation may meet on its way.
    pub(crate) fn touched(
        &self,
        supergraph: &Supergraph,
        document: &ExecutableDocument,
        operation: &Operation,
    ) -> Vec<usize> {
        let mut touched =
            Touched { rules: self, supergraph, document, fragments: HashSet::new(), found: BTreeSet::new() };
        if !self.requirements.is_empty() {
            touched.within(&operation.selection_set);
        }
        touched.found.into_iter().collect()
    }

    /// Those of `touched` that `principal` does not meet.
    pub(crate) fn unmet(&self, touched: &[usize], principal: &Principal, policies: &Policies) -> Unmet {
        let is_met = |known: &Requirement| known.is_met(principal, policies);
        let unmet = |index: &&Index| self.requirements.get(**index).is_some_and(|known| !is_met(known));
        Unmet(touched.iter().filter(unmet).copied().collect())
    }
}

struct Touched<'a> {
    rules: &'a Rules,
    supergraph: &'a Supergraph,
    document: &'a ExecutableDocument,
    /// Fragments that were gone through: each once.
    fragments: HashSet<&'a str>,
    found: BTreeSet<Index>,
}

impl<'a> Touched<'a> {
    fn within(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.found.extend(self.rules.of(&set.ty, &field.name));
                    for object in self.supergraph.objects_of(&set.ty) {
                        self.found.extend(self.rules.of(object, &field.name));
                    }
                    self.within(&field.selection_set);
                }
                Selection::InlineFragment(inline) => self.within(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment.filter(|_| self.fragments.insert(&spread.fragment_name)) {
                        self.within(&fragment.selection_set);
                    }
                }
            }
        }
    }
}
