//! How a field of a thing comes about in one subgraph.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::view::View;
use super::world::{Thing, World};

/// The value of `field` in `thing`, which stands here as an object of type `ty`.
pub(crate) fn field(
    world: &World,
    view: &View,
    ty: &str,
    thing: &Thing,
    field: &str,
    arguments: &Map<String, Value>,
) -> Result<Value, String> {
    let outside = view.is_external(ty, field) && thing.provided.within(field).is_none();
    if outside {
        let given = thing.given.as_ref().and_then(|given| given.get(field));
        return given.cloned().ok_or_else(|| format!("{ty}.{field} is external to {} and was not given", view.name));
    }
    let rule = world.rule(&view.name, &thing.ty, field).or_else(|| world.rule(&view.name, ty, field));
    let own = world.rule(&view.name, &thing.ty, field).is_some() && !view.name.is_empty();
    match (thing.known.get(field), rule) {
        (Some(known), _) if !own => Ok(known.clone()),
        (Some(known), None) => Ok(known.clone()),
        (_, Some(rule)) => by_rule(world, view, ty, thing, rule, arguments),
        (None, None) => Ok(Value::Null),
    }
}

fn by_rule(
    world: &World,
    view: &View,
    ty: &str,
    thing: &Thing,
    rule: &Value,
    arguments: &Map<String, Value>,
) -> Result<Value, String> {
    let Some((kind, value)) = rule.as_object().filter(|rule| rule.len() == 1).and_then(|rule| rule.iter().next())
    else {
        return Ok(rule.clone());
    };
    match (kind.as_str(), value.as_str()) {
        ("text", Some(template)) => text(world, view, ty, thing, template, arguments).map(Value::from),
        ("log", Some(template)) => Ok(Value::from(world.logged(text(world, view, ty, thing, template, arguments)?))),
        ("by", Some(of)) => {
            let same = |found: &Thing| arguments.iter().all(|(name, value)| found.known.get(name) == Some(value));
            let found = world.all(&view.name, of).into_iter().find(same);
            Ok(found.map_or(Value::Null, |found| {
                let mut known = (*found.known).clone();
                known.insert("__typename".to_owned(), Value::from(found.ty));
                Value::Object(known)
            }))
        }
        ("error", Some(why)) => Err(why.to_owned()),
        _ => Ok(rule.clone()),
    }
}

/// A template with its places filled.
fn text(
    world: &World,
    view: &View,
    ty: &str,
    thing: &Thing,
    template: &str,
    arguments: &Map<String, Value>,
) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}').expect("a place is closed");
        out.push_str(before);
        let value = match place.strip_prefix('$') {
            Some(name) => arguments.get(name).cloned().unwrap_or(Value::Null),
            None => at(world, view, ty, thing, place)?,
        };
        write!(out, "{}", plain(&value)).expect("a string");
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// The value at a path, `a.b(unit=KG).c`; of a list, those of its items.
fn at(world: &World, view: &View, ty: &str, thing: &Thing, path: &str) -> Result<Value, String> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let (name, arguments) = match first.strip_suffix(')').and_then(|call| call.split_once('(')) {
        Some((name, list)) => {
            let pairs = list.split(',').filter_map(|pair| pair.split_once('='));
            (name, pairs.map(|(name, value)| (name.to_owned(), Value::from(value))).collect())
        }
        None => (first, Map::new()),
    };
    let value = if name == "__typename" {
        Value::from(thing.ty.as_str())
    } else {
        field(world, view, ty, thing, name, &arguments)?
    };
    let Some(rest) = rest else { return Ok(value) };
    let within = |value: &Value| match world.thing(value, "") {
        None => Ok(Value::Null),
        Some(mut inner) => {
            // What was given of an object is all that is known of it.
            if thing.given.as_ref().is_some_and(|given| given.contains_key(name)) {
                inner.given = Some(Arc::clone(&inner.known));
            }
            let ty = inner.ty.clone();
            at(world, view, &ty, &inner, rest)
        }
    };
    match &value {
        Value::Array(items) => items.iter().map(within).collect::<Result<Vec<_>, _>>().map(Value::Array),
        other => within(other),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join("+"),
        other => other.to_string(),
    }
}
