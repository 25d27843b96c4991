//! A schema that runs to the letter of the specification: one value a response name, errors to the nearest field that may be
//! null, lists of lists, objects of which nothing is selected. async-graphql's dynamic schemas differ in all of these.

use std::sync::Arc;

use apollo_compiler::ast::{self, Type};
use apollo_compiler::executable::ExecutableDocument;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::resolvers::{Execution, FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::Schema;
use apollo_compiler::validation::Valid;
use serde_json::{Map, Value, json};

use super::resolve;
use super::schema::representation;
use super::selection::Fields;
use super::view::View;
use super::world::{Thing, World};

/// One view of the world, which can be asked.
pub(crate) struct Exact {
    view: Arc<View>,
    world: Arc<World>,
    schema: Valid<Schema>,
}

const FEDERATION: &str = "scalar _Any type _Service { sdl: String }";

impl Exact {
    /// A subgraph's schema, or the merged one (a view without a name).
    pub(crate) fn new(view: &Arc<View>, world: &Arc<World>, sdl: &str) -> Self {
        let mut builder = Schema::builder().adopt_orphan_extensions().parse(sdl, "subgraph.graphql");
        let entities: Vec<&str> = view
            .types
            .keys()
            .map(String::as_str)
            .filter(|ty| view.is_object(ty) && !view.keys(ty).is_empty())
            .collect();
        if !entities.is_empty() {
            let query = if view.types.contains_key("Query") { "extend type" } else { "type" };
            let sdl = format!(
                "{FEDERATION} union _Entity = {} {query} Query {{ _entities(representations: [_Any!]!): [_Entity]! }}",
                entities.join(" | ")
            );
            builder = builder.parse(sdl, "federation.graphql");
        }
        // The federation's directives are not defined in it, which nothing that runs depends on.
        let schema = match builder.build() {
            Ok(schema) => schema,
            Err(failed) => panic!("{}: {}", view.name, failed.errors),
        };
        Self { view: Arc::clone(view), world: Arc::clone(world), schema: Valid::assume_valid(schema) }
    }

    pub(crate) fn schema(&self) -> &Valid<Schema> {
        &self.schema
    }

    /// Answers a request; what is not valid is an error and no data.
    pub(crate) fn answer(&self, request: &Value) -> serde_json_bytes::Value {
        let query = request["query"].as_str().unwrap_or_default();
        let refused = |message: String| serde_json_bytes::json!({"errors": [{"message": message}]});
        let document = match ExecutableDocument::parse_and_validate(&self.schema, query, "query.graphql") {
            Ok(document) => document,
            Err(failed) => return refused(format!("not valid: {}", failed.errors)),
        };
        let Ok(operation) = document.operations.get(None) else { return refused("not one operation".to_owned()) };
        let mut given: JsonMap =
            serde_json::from_value(request.get("variables").cloned().unwrap_or(json!({}))).unwrap_or_default();
        // Defaults are coerced as values are; the library takes them as they are written.
        for variable in &operation.variables {
            if let Some(default) =
                variable.default_value.as_ref().filter(|_| !given.contains_key(variable.name.as_str()))
            {
                given.insert(variable.name.as_str(), constant(default));
            }
        }
        let variables = match coerce_variable_values(&self.schema, operation, &given) {
            Ok(variables) => variables,
            Err(error) => return refused(format!("variables: {error:?}")),
        };
        let root = Object {
            thing: Thing {
                ty: operation.object_type().to_string(),
                known: Arc::default(),
                given: None,
                provided: Fields::default(),
            },
            stands_as: operation.object_type().to_string(),
            of: self,
        };
        let outcome = Execution::new(&self.schema, &document)
            .operation(operation)
            .coerced_variable_values(&variables)
            .enable_schema_introspection(true)
            .execute_sync(&root);
        match outcome {
            Ok(response) => serde_json_bytes::to_value(response).expect("JSON"),
            Err(error) => refused(format!("{error:?}")),
        }
    }

    fn shaped<'e>(&'e self, ty: &Type, value: Value, provided: &Fields) -> Result<ResolvedValue<'e>, FieldError> {
        let error = |message: String| FieldError { message };
        if let Some(why) = value.as_object().filter(|rule| rule.len() == 1).and_then(|rule| rule.get("error")) {
            return Err(error(why.to_string()));
        }
        let name = match (ty, value) {
            (_, Value::Null) => return Ok(ResolvedValue::null()),
            (Type::List(item) | Type::NonNullList(item), Value::Array(items)) => {
                let items: Vec<_> = items.into_iter().map(|value| self.shaped(item, value, provided)).collect();
                return Ok(ResolvedValue::List(Box::new(items.into_iter())));
            }
            (Type::List(_) | Type::NonNullList(_), value) => return Err(error(format!("{value} is no list"))),
            (Type::Named(name) | Type::NonNullNamed(name), value) => (name, value),
        };
        let (name, value) = name;
        if self.view.is_leaf(name) {
            return Ok(ResolvedValue::leaf(serde_json_bytes::to_value(value).expect("JSON")));
        }
        let mut thing = self.world.thing(&value, name).ok_or_else(|| error(format!("{value} is no {name}")))?;
        thing.provided = provided.clone();
        Ok(self.object(name, thing))
    }

    /// A thing where objects of type `ty` stand.
    fn object(&self, ty: &str, thing: Thing) -> ResolvedValue<'_> {
        let stands_as = if self.view.is_object(ty) { ty.to_owned() } else { thing.ty.clone() };
        ResolvedValue::object(Object { thing, stands_as, of: self })
    }

    fn entities(&self, representations: &Value) -> ResolvedValue<'_> {
        let given = representations.as_array().cloned().unwrap_or_default();
        let found = given.into_iter().map(|given| {
            let ty = given["__typename"].as_str().unwrap_or_default().to_owned();
            let found = representation(&self.view, &self.world, given).map_err(|message| FieldError { message })?;
            Ok(found.map_or_else(ResolvedValue::null, |thing| self.object(&ty, thing)))
        });
        let found: Vec<_> = found.collect();
        ResolvedValue::List(Box::new(found.into_iter()))
    }
}

/// A constant of a document as JSON.
fn constant(value: &ast::Value) -> serde_json_bytes::Value {
    use serde_json_bytes::Value;
    match value {
        ast::Value::Null | ast::Value::Variable(_) => Value::Null,
        ast::Value::Enum(name) => Value::from(name.as_str()),
        ast::Value::String(text) => Value::from(text.as_str()),
        ast::Value::Boolean(is) => Value::Bool(*is),
        ast::Value::Int(number) => Value::Number(number.as_str().parse().expect("a number")),
        ast::Value::Float(number) => Value::Number(number.as_str().parse().expect("a number")),
        ast::Value::List(items) => items.iter().map(|item| constant(item)).collect(),
        ast::Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, field)| (name.as_str().into(), constant(field))).collect())
        }
    }
}

/// An object of the world, as one view has it.
struct Object<'e> {
    thing: Thing,
    /// The type that it has in this view.
    stands_as: String,
    of: &'e Exact,
}

impl ObjectValue for Object<'_> {
    fn type_name(&self) -> &str {
        &self.stands_as
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let (view, world, ty, name) = (&self.of.view, &self.of.world, self.stands_as.as_str(), info.field_name());
        let arguments: Map<String, Value> =
            serde_json::to_value(info.arguments()).ok().and_then(|all| all.as_object().cloned()).unwrap_or_default();
        if name == "_entities" {
            return Ok(self.of.entities(&arguments["representations"]));
        }
        let value = resolve::field(world, view, ty, &self.thing, name, &arguments);
        let value = value.map_err(|message| FieldError { message })?;
        let around = self.thing.provided.within(name).cloned().unwrap_or_default();
        let provided = view.provided(ty, name).cloned().unwrap_or_default().and(&around);
        self.of.shaped(&info.field_definition().ty, value, &provided)
    }
}
