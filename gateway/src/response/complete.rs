//! Reading the client's answer out of the fetched tree, by the public schema: the client's names and order, only what it may
//! see, and GraphQL's rules for null.

use std::collections::HashSet;

use std::collections::HashMap;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast::Type;
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use kernel::ErrorCode;

use super::included;
use crate::access::Access;
use crate::error::GraphqlError;
use crate::json::{ByteString, Object, Step, Value};
use crate::supergraph::Supergraph;
use crate::telemetry::shortened;

/// A value that must not be null has none: the nearest nullable parent becomes null.
struct Null;

/// Values that are told to be missing or of a wrong shape, at most.
const MAX_COMPLAINTS: usize = 100;
/// What a log line tells of the place of such a value, in bytes.
const LONGEST_PLACE: usize = 300;

/// What a completion needs to know.
pub(crate) struct Completion<'a> {
    pub(crate) supergraph: &'a Supergraph,
    /// What the caller may see. What it may not is null, and told already.
    pub(crate) access: Access<'a>,
    pub(crate) document: &'a ExecutableDocument,
    pub(crate) variables: &'a JsonMap,
    /// What was answered of the schema, at the root.
    pub(crate) introspected: Option<&'a JsonMap>,
    /// Places that a failed call left empty: errors tell of the first of them and mean all.
    pub(crate) gaps: &'a HashSet<Vec<Step>>,
    pub(crate) errors: Vec<GraphqlError>,
    /// Errors that completing has added.
    pub(crate) complaints: usize,
}

/// The fields of one response key, in the order of the document.
struct Group<'d> {
    key: ByteString,
    /// Those that the caller may see.
    fields: Vec<&'d Field>,
    /// The type of the first of them, whether it may be seen or not.
    ty: &'d Type,
}

/// The fields of an object by response key, in the order of the document; found by key however many there are.
#[derive(Default)]
struct Groups<'d> {
    in_order: Vec<Group<'d>>,
    places: HashMap<&'d str, usize>,
}

impl<'d> Groups<'d> {
    fn add(&mut self, field: &'d Field, refused: bool) {
        let key = field.response_key().as_str();
        let place = *self.places.entry(key).or_insert(self.in_order.len());
        if place == self.in_order.len() {
            self.in_order.push(Group { key: ByteString::from(key), fields: Vec::new(), ty: &field.definition.ty });
        }
        if !refused {
            self.in_order[place].fields.push(field);
        }
    }
}

impl<'d> Completion<'d> {
    /// The client's data: none where a value that must not be null is missing all the way up.
    pub(crate) fn root(&mut self, set: &'d SelectionSet, data: &Value) -> Option<Object> {
        let empty = Object::new();
        let object = data.as_object().unwrap_or(&empty);
        self.object(&[set], set.ty.as_str(), object, &mut Vec::new()).ok()
    }

    fn object(
        &mut self,
        sets: &[&'d SelectionSet],
        typename: &str,
        object: &Object,
        path: &mut Vec<Step>,
    ) -> Result<Object, Null> {
        let mut groups = Groups::default();
        for set in sets {
            self.collect(set, typename, &mut groups);
        }
        let mut out = Object::with_capacity(groups.in_order.len());
        for Group { key, fields, ty } in groups.in_order {
            let Some(field) = fields.first() else {
                if ty.is_non_null() {
                    return Err(Null);
                }
                out.insert(key, Value::Null);
                continue;
            };
            if field.name == "__typename" {
                out.insert(key, Value::from(typename));
                continue;
            }
            if path.is_empty() && field.name.starts_with("__") {
                let answered = self.introspected.and_then(|answered| answered.get(key.as_str())).cloned();
                out.insert(key, answered.unwrap_or(Value::Null));
                continue;
            }
            let internal = self.supergraph.aliases.key(field);
            let value = object.get(internal.as_str()).unwrap_or(&Value::Null);
            let inner: Vec<&SelectionSet> = fields.iter().map(|field| &field.selection_set).collect();
            path.push(Step::Key(key.clone()));
            let completed = self.value(&field.definition.ty, value, &inner, path);
            path.pop();
            out.insert(key, completed?);
        }
        Ok(out)
    }

    /// `CollectFields` of the GraphQL specification.
    fn collect(&self, set: &'d SelectionSet, typename: &str, groups: &mut Groups<'d>) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    if included(&field.directives, self.variables) {
                        groups.add(field, self.access.is_refused(&set.ty, typename, &field.name));
                    }
                }
                Selection::InlineFragment(inline) => {
                    let applies = inline
                        .type_condition
                        .as_ref()
                        .is_none_or(|condition| self.supergraph.is_a(typename, condition.as_str()));
                    if applies && included(&inline.directives, self.variables) {
                        self.collect(&inline.selection_set, typename, groups);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.document.fragments.get(&spread.fragment_name) else { continue };
                    if included(&spread.directives, self.variables)
                        && self.supergraph.is_a(typename, fragment.type_condition().as_str())
                    {
                        self.collect(&fragment.selection_set, typename, groups);
                    }
                }
            }
        }
    }

    fn value(
        &mut self,
        ty: &Type,
        value: &Value,
        sets: &[&'d SelectionSet],
        path: &mut Vec<Step>,
    ) -> Result<Value, Null> {
        let completed = match (value, ty) {
            (Value::Null, _) => Some(Value::Null),
            (_, Type::NonNullNamed(name) | Type::Named(name)) => self.named(name.as_str(), value, sets, path),
            (_, Type::NonNullList(item) | Type::List(item)) => self.list(item, value, sets, path),
        };
        match completed {
            Some(Value::Null) if ty.is_non_null() => {
                self.complain(path, ErrorCode::Internal, "a value that must not be null is missing");
                Err(Null)
            }
            None if ty.is_non_null() => Err(Null),
            completed => Ok(completed.unwrap_or(Value::Null)),
        }
    }

    /// None here and below: nothing can be given, and why is told already.
    fn list(&mut self, item: &Type, value: &Value, sets: &[&'d SelectionSet], path: &mut Vec<Step>) -> Option<Value> {
        let Value::Array(items) = value else { return self.nonsense(path, "list") };
        let mut out = Vec::with_capacity(items.len());
        for (index, value) in items.iter().enumerate() {
            path.push(Step::Index(index));
            let completed = self.value(item, value, sets, path);
            path.pop();
            match completed {
                Ok(value) => out.push(value),
                Err(Null) => return None,
            }
        }
        Some(Value::Array(out))
    }

    fn named(&mut self, name: &str, value: &Value, sets: &[&'d SelectionSet], path: &mut Vec<Step>) -> Option<Value> {
        match self.supergraph.public.types.get(name) {
            Some(ExtendedType::Scalar(_)) => scalar(name, value).or_else(|| self.nonsense(path, name)),
            // A value that is not public becomes null and never leaks.
            Some(ExtendedType::Enum(definition)) => {
                let known = value.as_str().is_some_and(|value| definition.values.contains_key(value));
                Some(if known { value.clone() } else { Value::Null })
            }
            Some(ExtendedType::Object(_)) => self.composite(Some(name), name, value, sets, path),
            _ => self.composite(None, name, value, sets, path),
        }
    }

    /// An object of type `ty`; of an interface or a union (no `name`), what it is stands in it.
    fn composite(
        &mut self,
        name: Option<&str>,
        ty: &str,
        value: &Value,
        sets: &[&'d SelectionSet],
        path: &mut Vec<Step>,
    ) -> Option<Value> {
        let Value::Object(object) = value else { return self.nonsense(path, "object") };
        let public = |name: &&str| matches!(self.supergraph.public.types.get(*name), Some(ExtendedType::Object(_)));
        let found = object.get("__typename").and_then(Value::as_str);
        let typename = match name.or_else(|| found.filter(public)) {
            Some(name) => name,
            // Which object it is was not asked, or nobody who was asked knows it; and nothing depends on it.
            None if found.is_none_or(|found| found == ty)
                && !self.access.tells_objects_apart(ty)
                && !self.names_decide(sets) =>
            {
                ty
            }
            // An object of a type that is not public is null to the client.
            None => return Some(Value::Null),
        };
        self.object(sets, typename, object, path).ok().map(Value::Object)
    }

    fn names_decide(&self, sets: &[&SelectionSet]) -> bool {
        sets.iter().any(|set| self.supergraph.names_decide(self.document, self.variables, set))
    }

    fn nonsense(&mut self, path: &[Step], wanted: &str) -> Option<Value> {
        let message = format!("a subgraph answered something that is no {wanted}");
        self.complain(path, ErrorCode::UpstreamUnavailable, &message);
        None
    }

    /// Tells that a value cannot be given, unless an error at or around this place says why already.
    fn complain(&mut self, path: &[Step], code: ErrorCode, message: &str) {
        let told = |known: &Vec<Step>| path.starts_with(known) || known.starts_with(path);
        if self.complaints == MAX_COMPLAINTS
            || (1..=path.len()).any(|length| self.gaps.contains(&path[..length]))
            || self.errors.iter().any(|error| error.path.as_ref().is_some_and(told))
        {
            return;
        }
        self.complaints += 1;
        if self.complaints == 1 {
            log(path, message);
        }
        self.errors.push(GraphqlError::new(code, message).at(path.to_vec()));
    }
}

/// Logs the first of an answer's.
fn log(path: &[Step], told: &str) {
    let path = serde_json::to_string(path).unwrap_or_default();
    let path = shortened(&path, LONGEST_PLACE);
    tracing::warn!(path, told, "what a subgraph answered does not fit the schema");
}

/// A built-in scalar as its result coercion has it; none where the value is of another type. Custom scalars are the subgraph's.
fn scalar(name: &str, value: &Value) -> Option<Value> {
    let fits = match (name, value) {
        ("Int", Value::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        ("Float", Value::Number(_)) | ("String" | "ID", Value::String(_)) | ("Boolean", Value::Bool(_)) => true,
        ("ID", Value::Number(number)) => return number.as_i64().map(|number| Value::from(number.to_string())),
        ("Int" | "Float" | "String" | "ID" | "Boolean", _) => false,
        _ => true,
    };
    fits.then(|| value.clone())
}
