//! Writing what is selected of objects.

use std::collections::BTreeSet;

use apollo_compiler::Name;
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use hive_router_query_planner::planner::plan_nodes::FlattenNodePathSegment;

use super::cutting::Apart;
use super::document::{Writer, brackets, push};
use crate::access::Seen;
use crate::supergraph::Applies;

impl Writer<'_> {
    /// Writes a field of objects of type `ty`, or what is needed for it where it is planned apart.
    pub(super) fn field(&mut self, field: &Field, ty: &Name, text: &mut String) {
        match self.apart(ty, &field.name) {
            Apart::No => {
                let here = self.only_graph(ty, &field.name);
                self.named(field, &field.name, here, text);
            }
            Apart::Whole(apart) => self.cut_field(&apart, field, ty, text),
            Apart::Of(objects) => {
                for object in objects {
                    self.within(&object, text, |writer, text| writer.field(field, &object, text));
                }
            }
        }
    }

    /// Writes a field under the name by which the planner knows it, whose objects only the subgraph `here` can give.
    pub(super) fn named(&mut self, field: &Field, name: &str, here: Option<String>, text: &mut String) {
        self.fields += 1;
        if self.fields > self.max_fields {
            return;
        }
        let key = self.supergraph.aliases.key(field);
        if key == name {
            text.push_str(&key);
        } else {
            push(text, format_args!("{key}: {name}"));
        }
        if !field.arguments.is_empty() {
            let arguments: Vec<String> = field
                .arguments
                .iter()
                .map(|argument| format!("{}: {}", argument.name, self.value(&argument.value)))
                .collect();
            let brackets = field.arguments.iter().map(|argument| brackets(&argument.value)).max().unwrap_or(0);
            self.nesting = self.nesting.max(self.open + 1 + brackets);
            push(text, format_args!("({})", arguments.join(", ")));
        }
        text.push(' ');
        if !field.selection_set.selections.is_empty() {
            let around = std::mem::replace(&mut self.here, here);
            self.path.push(FlattenNodePathSegment::Field(key));
            self.open(text);
            // What an object is decides what is read of it.
            if self.needs_names(&field.selection_set) {
                text.push_str("__typename ");
            }
            self.selections(&field.selection_set, &field.selection_set.ty, text);
            self.close(text);
            self.path.pop();
            self.here = around;
        }
    }

    /// Whether the names of an abstract type's objects must be fetched although the client asks neither for them nor for
    /// fields of some types only (for which the planner fetches them itself). Where nothing depends on them, nobody is asked:
    /// a subgraph may know an interface as an object only, and another be called for the name alone.
    fn needs_names(&self, set: &SelectionSet) -> bool {
        let Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) = self.supergraph.public.types.get(&set.ty)
        else {
            return false;
        };
        self.access.tells_objects_apart(&set.ty)
    }

    /// Writes `set` where objects of type `ty` are selected from.
    fn selections(&mut self, set: &SelectionSet, ty: &Name, text: &mut String) {
        let mut called = BTreeSet::new();
        self.called(set, ty, &mut called);
        let around = std::mem::replace(&mut self.called, called);
        self.each(set, ty, text);
        self.called = around;
    }

    /// The subgraphs that will be called for fields of `set` which are planned apart.
    fn called(&self, set: &SelectionSet, ty: &Name, graphs: &mut BTreeSet<String>) {
        let within = |on: Option<&Name>, set: &SelectionSet, graphs: &mut BTreeSet<String>| {
            if matches!(self.supergraph.applies(ty, on), Applies::Always) {
                self.called(set, ty, graphs);
            }
        };
        for selection in set.selections.iter().filter(|selection| !self.is_left_out(selection)) {
            match selection {
                Selection::Field(field) if matches!(self.access.seen(&set.ty, ty, &field.name), Seen::Nowhere(_)) => {}
                Selection::Field(field) => {
                    let apart = self.supergraph.apart.find(ty, &field.name);
                    graphs.extend(apart.map(|apart| apart.graph.clone()));
                }
                Selection::InlineFragment(inline) => {
                    within(inline.type_condition.as_ref(), &inline.selection_set, graphs);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        within(Some(fragment.type_condition()), &fragment.selection_set, graphs);
                    }
                }
            }
        }
    }

    fn each(&mut self, set: &SelectionSet, ty: &Name, text: &mut String) {
        for selection in &set.selections {
            if self.is_left_out(selection) {
                continue;
            }
            match selection {
                Selection::Field(field) => self.seen_field(field, &set.ty, ty, text),
                Selection::InlineFragment(inline) => {
                    self.fragment(inline.type_condition.as_ref(), &inline.selection_set, ty, text);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        self.fragment(Some(fragment.type_condition()), &fragment.selection_set, ty, text);
                    }
                }
            }
        }
    }

    /// Writes a field that is selected on the type `on`, where the caller may see it.
    fn seen_field(&mut self, field: &Field, on: &Name, ty: &Name, text: &mut String) {
        match self.access.seen(on, ty, &field.name) {
            Seen::Whole => self.field(field, ty, text),
            Seen::Nowhere(_) => {}
            Seen::Of(objects, _) => {
                for object in objects {
                    self.within(object, text, |writer, text| writer.field(field, object, text));
                }
            }
        }
    }

    /// Writes a fragment, or what it holds where the fragment itself says nothing. Where only some of its type's objects can
    /// stand, it is written for each of these: what stands in it may be about the others.
    fn fragment(&mut self, on: Option<&Name>, set: &SelectionSet, ty: &Name, text: &mut String) {
        match self.supergraph.applies(ty, on) {
            Applies::Always => self.each(set, ty, text),
            Applies::To(on) => self.within(on, text, |writer, text| writer.selections(set, on, text)),
            Applies::ToSome(objects) => {
                for object in objects {
                    self.within(object, text, |writer, text| writer.selections(set, object, text));
                }
            }
            Applies::Never => {}
        }
    }

    /// Writes a fragment on the type `on`.
    pub(super) fn within(&mut self, on: &str, text: &mut String, write: impl FnOnce(&mut Self, &mut String)) {
        let types = &self.supergraph.types;
        let objects = if types.is_abstract(on) {
            types.objects_of(on).map(str::to_owned).collect()
        } else {
            [on.to_owned()].into()
        };
        push(text, format_args!("... on {on} "));
        self.path.push(FlattenNodePathSegment::TypeCondition(objects));
        self.open(text);
        write(self, text);
        self.close(text);
        self.path.pop();
    }
}
