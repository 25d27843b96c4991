//! A schema that runs, made of SDL and data: async-graphql's, built at run time.

use std::sync::Arc;

use async_graphql::dynamic::{
    Enum, Field, FieldFuture, FieldValue, InputObject, InputValue, Interface, InterfaceField, Object, ResolverContext,
    Scalar, Schema, SchemaBuilder, Subscription, SubscriptionField, SubscriptionFieldFuture, TypeRef, Union,
};
use async_graphql::parser::types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind};
use async_graphql::{Error, Value};
use futures::StreamExt;
use serde_json::{Map, Value as Json};

use super::nulls::{Absent, Nulls};
use super::resolve;
use super::selection::Fields;
use super::view::{View, fields};
use super::world::{Thing, World};

const BUILT_IN: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];
/// What a subgraph may declare for federation itself.
const OF_FEDERATION: [&str; 6] = ["_Any", "_Entity", "_Service", "FieldSet", "_FieldSet", "federation__FieldSet"];

/// The schema of `view` over `world`.
pub(crate) fn build(view: &Arc<View>, world: &Arc<World>) -> Schema {
    let root = |name: &str| view.types.contains_key(name).then(|| name.to_owned());
    let mut builder =
        Schema::build("Query", root("Mutation").as_deref(), root("Subscription").as_deref()).enable_federation();
    for (name, parts) in &view.types {
        if BUILT_IN.contains(&name.as_str()) || OF_FEDERATION.contains(&name.as_str()) || name.contains("__") {
            continue;
        }
        builder = register(builder, name, parts, view, world);
    }
    if !view.types.contains_key("Query") {
        builder = builder.register(
            Object::new("Query").field(Field::new("_none", TypeRef::named("Boolean"), |_| FieldFuture::Value(None))),
        );
    }
    let (of, about) = (Arc::clone(view), Arc::clone(world));
    let builder = builder.extension(Nulls).entity_resolver(move |ctx| {
        let (view, world) = (Arc::clone(&of), Arc::clone(&about));
        FieldFuture::new(async move {
            let list = arguments(&ctx).remove("representations").unwrap_or_default();
            let mut found = Vec::new();
            for representation in list.as_array().cloned().unwrap_or_default() {
                let place = Place::of(&ctx).item(found.len());
                found.push(entity(&view, &world, representation)?.unwrap_or_else(|| place.null()));
            }
            Ok(Some(FieldValue::list(found)))
        })
    });
    builder.finish().unwrap_or_else(|error| panic!("{}: {error}", view.name))
}

fn register(
    builder: SchemaBuilder,
    name: &str,
    parts: &[TypeDefinition],
    view: &Arc<View>,
    world: &Arc<World>,
) -> SchemaBuilder {
    match &parts[0].kind {
        TypeKind::Scalar => builder.register(Scalar::new(name)),
        TypeKind::Enum(_) => {
            let values = parts.iter().flat_map(|part| match &part.kind {
                TypeKind::Enum(part) => part.values.iter().map(|value| value.node.value.node.to_string()).collect(),
                _ => Vec::new(),
            });
            builder.register(Enum::new(name).items(values))
        }
        TypeKind::Union(_) => {
            let members = parts.iter().flat_map(|part| match &part.kind {
                TypeKind::Union(part) => part.members.iter().map(|member| member.node.to_string()).collect(),
                _ => Vec::new(),
            });
            builder.register(members.fold(Union::new(name), Union::possible_type))
        }
        TypeKind::InputObject(_) => {
            let inputs = parts.iter().flat_map(|part| match &part.kind {
                TypeKind::InputObject(part) => part.fields.iter().map(|field| input(&field.node)).collect(),
                _ => Vec::new(),
            });
            builder.register(inputs.fold(InputObject::new(name), InputObject::field))
        }
        TypeKind::Interface(_) => {
            let mut interface = Interface::new(name);
            for part in parts {
                if let TypeKind::Interface(part) = &part.kind {
                    for implemented in &part.implements {
                        interface = interface.implement(implemented.node.as_str());
                    }
                }
                for field in fields(part) {
                    let declared = InterfaceField::new(field.name.node.as_str(), type_ref(&field.ty.node));
                    let inputs = field.arguments.iter().map(|argument| input(&argument.node));
                    interface = interface.field(inputs.fold(declared, InterfaceField::argument));
                }
            }
            builder.register(interface)
        }
        TypeKind::Object(_) if name == "Subscription" => builder.register(subscription(parts, view, world)),
        TypeKind::Object(_) => builder.register(object(name, parts, view, world)),
    }
}

fn object(name: &str, parts: &[TypeDefinition], view: &Arc<View>, world: &Arc<World>) -> Object {
    let mut object = Object::new(name);
    for part in parts {
        if let TypeKind::Object(part) = &part.kind {
            for implemented in &part.implements {
                object = object.implement(implemented.node.as_str());
            }
        }
        for field in fields(part) {
            object = object.field(resolved(name, field, view, world));
        }
    }
    // A type of one key is an entity; which keys it has is looked at when it is asked for.
    if view.keys(name).is_empty() { object } else { object.key("__typename") }
}

fn resolved(ty: &str, definition: &FieldDefinition, view: &Arc<View>, world: &Arc<World>) -> Field {
    let (view, world) = (Arc::clone(view), Arc::clone(world));
    let (ty, name, given) = (ty.to_owned(), definition.name.node.to_string(), definition.ty.node.clone());
    let field = Field::new(name.clone(), type_ref(&given), move |ctx| {
        let (view, world) = (Arc::clone(&view), Arc::clone(&world));
        let (ty, name, given) = (ty.clone(), name.clone(), given.clone());
        FieldFuture::new(async move {
            let thing = ctx.parent_value.try_downcast_ref::<Thing>().cloned().unwrap_or_else(|_| root(&ty));
            let value = resolve::field(&world, &view, &ty, &thing, &name, &arguments(&ctx)).map_err(Error::new)?;
            let around = thing.provided.within(&name).cloned().unwrap_or_default();
            let provided = view.provided(&ty, &name).cloned().unwrap_or_default().and(&around);
            if value.is_null() {
                return Ok(None);
            }
            let place = Place::of(&ctx);
            Shaping { view: &view, world: &world }.shaped(&given, &value, &provided, &place).map(Some)
        })
    });
    definition.arguments.iter().map(|argument| input(&argument.node)).fold(field, Field::argument)
}

fn subscription(parts: &[TypeDefinition], view: &Arc<View>, world: &Arc<World>) -> Subscription {
    let mut subscription = Subscription::new("Subscription");
    for definition in parts.iter().flat_map(fields) {
        let (view, world) = (Arc::clone(view), Arc::clone(world));
        let (name, given) = (definition.name.node.to_string(), definition.ty.node.clone());
        let field = SubscriptionField::new(name.clone(), type_ref(&given), move |ctx| {
            let (view, world) = (Arc::clone(&view), Arc::clone(&world));
            let (name, given) = (name.clone(), given.clone());
            SubscriptionFieldFuture::new(async move {
                let here = root("Subscription");
                let found = resolve::field(&world, &view, "Subscription", &here, &name, &arguments(&ctx));
                let events = found.map_err(Error::new)?["events"].as_array().cloned().unwrap_or_default();
                let place = Place::of(&ctx);
                Ok(futures::stream::iter(events).map(move |event| {
                    Shaping { view: &view, world: &world }.shaped(&given, &event, &Fields::default(), &place)
                }))
            })
        });
        let inputs = definition.arguments.iter().map(|argument| input(&argument.node));
        subscription = subscription.field(inputs.fold(field, SubscriptionField::argument));
    }
    subscription
}

fn root(ty: &str) -> Thing {
    Thing { ty: ty.to_owned(), known: Arc::default(), given: None, provided: Fields::default() }
}

/// The arguments that a field was given, or has by default.
fn arguments(ctx: &ResolverContext<'_>) -> Map<String, Json> {
    let all =
        ctx.args.iter().map(|(name, value)| (name.to_string(), value.as_value().clone().into_json().expect("JSON")));
    all.collect()
}

/// Where a value stands in the answer.
struct Place {
    path: Vec<String>,
    absent: Absent,
}

impl Place {
    fn of(ctx: &ResolverContext<'_>) -> Self {
        let path = ctx.path_node.as_ref().map(|node| node.to_string_vec()).unwrap_or_default();
        Self { path, absent: ctx.data::<Absent>().cloned().unwrap_or_default() }
    }

    fn item(&self, index: usize) -> Self {
        let path = self.path.iter().cloned().chain([index.to_string()]).collect();
        Self { path, absent: self.absent.clone() }
    }

    /// Null, told where it stands.
    fn null<'v>(self) -> FieldValue<'v> {
        self.absent.add(self.path);
        FieldValue::NULL
    }
}

struct Shaping<'a> {
    view: &'a View,
    world: &'a World,
}

impl Shaping<'_> {
    /// `value` as async-graphql wants it where the type is `ty`.
    fn shaped<'v>(&self, ty: &Type, value: &Json, provided: &Fields, place: &Place) -> Result<FieldValue<'v>, Error> {
        match (value, &ty.base) {
            (Json::Null, _) => Ok(FieldValue::NULL),
            (Json::Object(rule), _) if rule.len() == 1 && rule.contains_key("error") => {
                Err(Error::new(rule["error"].as_str().unwrap_or_default()))
            }
            (Json::Array(items), BaseType::List(item)) => {
                let shape = |(index, value): (usize, &Json)| {
                    let place = place.item(index);
                    if value.is_null() { Ok(place.null()) } else { self.shaped(item, value, provided, &place) }
                };
                Ok(FieldValue::list(items.iter().enumerate().map(shape).collect::<Result<Vec<_>, Error>>()?))
            }
            (_, BaseType::List(_)) => Err(Error::new("the data has no list here")),
            (value, BaseType::Named(name)) if self.view.is_leaf(name) => {
                Ok(FieldValue::value(Value::from_json(value.clone()).map_err(|error| Error::new(error.to_string()))?))
            }
            (value, BaseType::Named(name)) => {
                let thing = self.world.thing(value, name);
                let mut thing = thing.ok_or_else(|| Error::new(format!("{value} is no {name}")))?;
                thing.provided = provided.clone();
                Ok(placed(self.view, name, thing))
            }
        }
    }
}

/// A thing where objects of type `ty` stand.
fn placed<'v>(view: &View, ty: &str, thing: Thing) -> FieldValue<'v> {
    if view.is_object(ty) {
        return FieldValue::owned_any(thing);
    }
    let own = thing.ty.clone();
    FieldValue::owned_any(thing).with_type(own)
}

/// The entity that a representation describes; null where there is none.
fn entity<'v>(view: &View, world: &World, given: Json) -> Result<Option<FieldValue<'v>>, Error> {
    let ty = given["__typename"].as_str().unwrap_or_default().to_owned();
    let Some(thing) = representation(view, world, given).map_err(Error::new)? else { return Ok(None) };
    let stands_as = if view.is_object(&ty) { ty } else { thing.ty.clone() };
    Ok(Some(FieldValue::owned_any(thing).with_type(stands_as)))
}

/// The thing that a representation describes, with what it says; none where this view knows none.
pub(super) fn representation(view: &View, world: &World, representation: Json) -> Result<Option<Thing>, String> {
    let Json::Object(given) = representation else { return Err("a representation is an object".to_owned()) };
    let ty = given.get("__typename").and_then(Json::as_str).unwrap_or_default().to_owned();
    let keys: Vec<&Fields> = view.keys(&ty).iter().filter(|key| key.are_in(&given)).collect();
    if keys.is_empty() {
        return Err(format!("no key of {ty} in {} is among {given:?}", view.name));
    }
    let found = world
        .all(&view.name, &ty)
        .into_iter()
        .find(|thing| keys.iter().any(|key| key.agree(world, &given, &thing.known)));
    let Some(mut thing) = found else { return Ok(None) };
    thing.given = Some(Arc::new(given));
    Ok(Some(thing))
}

fn input(definition: &InputValueDefinition) -> InputValue {
    let value = InputValue::new(definition.name.node.as_str(), type_ref(&definition.ty.node));
    match &definition.default_value {
        Some(default) => value.default_value(default.node.clone()),
        None => value,
    }
}

fn type_ref(ty: &Type) -> TypeRef {
    let base = match &ty.base {
        BaseType::Named(name) => TypeRef::Named(name.to_string().into()),
        BaseType::List(item) => TypeRef::List(Box::new(type_ref(item))),
    };
    if ty.nullable { base } else { TypeRef::NonNull(Box::new(base)) }
}
