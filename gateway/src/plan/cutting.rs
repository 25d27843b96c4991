//! Writing what is planned apart: its own part, and where it is asked for what it needs.

use std::collections::HashMap;
use std::sync::Arc;

use apollo_compiler::Name;
use apollo_compiler::executable::Field;
use hive_router_query_planner::planner::plan_nodes::FlattenNodePathSegment;

use super::apart::{Cut, Part, add, on};
use super::document::{Writer, push};
use crate::supergraph::{ApartField, Need, Needs};

/// Fields that need each other, one behind the other: a supergraph may have them need each other in a circle.
const MAX_NEEDS: usize = 32;

/// How far a field is planned apart.
pub(super) enum Apart {
    No,
    Whole(Arc<ApartField>),
    /// Of some of an abstract type's objects: all of these are told apart.
    Of(Vec<Name>),
}

impl Writer<'_> {
    /// How far the field `name` of objects of type `ty` is planned apart.
    pub(super) fn apart(&self, ty: &str, name: &str) -> Apart {
        if self.needing == MAX_NEEDS || self.fields > self.max_fields {
            return Apart::No;
        }
        let fields = &self.supergraph.apart;
        if let Some(field) = fields.find(ty, name) {
            // Where the subgraph gave the object itself it gives the field with it.
            let with_it = field.added && field.on == ty && self.here.as_ref() == Some(&field.graph);
            return if with_it { Apart::No } else { Apart::Whole(Arc::clone(field)) };
        }
        if let Some(field) = fields.beside(ty, name)
            && self.called.contains(&field.graph)
            && self.here.as_ref() != Some(&field.graph)
        {
            return Apart::Whole(Arc::clone(field));
        }
        let types = &self.supergraph.types;
        if !types.objects_of(ty).any(|object| fields.find(object, name).is_some()) {
            return Apart::No;
        }
        let public = |object: &str| self.supergraph.public.types.get_key_value(object).map(|(name, _)| name.clone());
        let mut objects: Vec<Name> = types.objects_of(ty).filter_map(public).collect();
        objects.sort();
        Apart::Of(objects)
    }

    /// The subgraph that alone gives a field, if one does.
    pub(super) fn only_graph(&self, ty: &str, name: &str) -> Option<String> {
        let definitions = &self.supergraph.planner.supergraph.definitions;
        let types = std::iter::once(ty).chain(self.supergraph.types.objects_of(ty));
        let mut only: Option<String> = None;
        for ty in types {
            let definition = definitions.get(ty)?;
            let Some(field) = definition.fields().get(name) else { continue };
            for graph in field.resolvable_in_graphs(definition) {
                if only.as_ref().is_some_and(|only| *only != graph) {
                    return None;
                }
                only = Some(graph);
            }
        }
        only
    }

    /// Writes what a client's field needs; the field itself becomes a part of its own.
    pub(super) fn cut_field(&mut self, apart: &ApartField, field: &Field, ty: &Name, text: &mut String) {
        self.cut(apart, ty, text, |writer, text| {
            writer.named(field, &apart.root, Some(apart.graph.clone()), text);
        });
    }

    /// Makes a part of its own of what `write` writes, and writes what that needs; back comes its level.
    fn cut(
        &mut self,
        apart: &ApartField,
        ty: &str,
        text: &mut String,
        write: impl FnOnce(&mut Self, &mut String),
    ) -> usize {
        self.needing += 1;
        let level = 1 + self.needs(&apart.needs, ty, text);
        self.needing -= 1;
        let around = std::mem::take(&mut self.cuts);
        let open = std::mem::replace(&mut self.open, 2);
        let mut own = String::new();
        write(self, &mut own);
        self.open = open;
        let part = Part { text: own, cuts: std::mem::replace(&mut self.cuts, around) };
        let cut = Cut {
            level,
            graph: apart.graph.clone(),
            place: self.path.clone(),
            on: apart.on.clone(),
            requires: on(&apart.on, apart.needs.representation()),
            fields: HashMap::from([(apart.root.clone(), apart.name.clone())]),
            part,
        };
        add(&mut self.cuts, cut);
        level
    }

    /// Writes what must be known of objects of type `ty`; back comes the level of the last cut that is needed for it.
    fn needs(&mut self, needs: &Needs, ty: &str, text: &mut String) -> usize {
        let mut level = 0;
        for need in &needs.0 {
            level = level.max(match need {
                Need::Field { .. } => self.need(need, ty, text),
                Need::On { ty: on, inner } => self.need_on(on, inner, ty, text),
            });
        }
        level
    }

    fn need(&mut self, need: &Need, ty: &str, text: &mut String) -> usize {
        let Need::Field { name, .. } = need else { return 0 };
        match self.apart(ty, name) {
            Apart::No => self.need_named(need, name, ty, text),
            Apart::Whole(apart) => self.cut(&apart, ty, text, |writer, text| {
                writer.need_named(need, &apart.root, ty, text);
            }),
            Apart::Of(objects) => {
                let mut level = 0;
                for object in objects {
                    self.within(&object, text, |writer, text| level = level.max(writer.need(need, &object, text)));
                }
                level
            }
        }
    }

    fn need_named(&mut self, need: &Need, by: &str, ty: &str, text: &mut String) -> usize {
        let Need::Field { name, key, arguments, inner } = need else { return 0 };
        self.fields += 1;
        if self.fields > self.max_fields {
            return 0;
        }
        if key == by {
            push(text, format_args!("{key}{arguments} "));
        } else {
            push(text, format_args!("{key}: {by}{arguments} "));
        }
        if inner.0.is_empty() {
            return 0;
        }
        let definition = self.supergraph.planner.supergraph.definitions.get(ty);
        let given = definition.and_then(|definition| definition.fields().get(name));
        let given = given.map(|field| field.field_type.inner_type().to_owned()).unwrap_or_default();
        let here = self.only_graph(ty, name);
        let around = (std::mem::replace(&mut self.here, here), std::mem::take(&mut self.called));
        self.path.push(FlattenNodePathSegment::Field(key.clone()));
        self.open(text);
        // Who gets it may have to tell objects apart.
        text.push_str("__typename ");
        let level = self.needs(inner, &given, text);
        self.close(text);
        self.path.pop();
        (self.here, self.called) = around;
        level
    }

    fn need_on(&mut self, on: &str, inner: &Needs, ty: &str, text: &mut String) -> usize {
        let types = &self.supergraph.types;
        if on == ty || !types.is_abstract(ty) && types.is_a(ty, on) {
            return self.needs(inner, ty, text);
        }
        if !types.is_abstract(ty) {
            return 0;
        }
        let mut level = 0;
        self.within(on, text, |writer, text| level = writer.needs(inner, on, text));
        level
    }
}
