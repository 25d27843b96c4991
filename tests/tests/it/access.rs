//! The access table against the running product: every field of the schema, for every kind of caller.

mod callers;
mod mutations;
mod places;
mod scene;
pub(crate) mod schema;
mod shared;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use service_kit::access::{ACCESS, Seer};
use testkit::client::ask_as;
use testkit::stack::{Database, Site};

use callers::{Caller, callers};
use places::{Place, places};
use scene::{PROVIDER, Scene};
use schema::{Field, Schema};

/// What a caller is told who may not have something.
const REFUSED: [&str; 2] = ["UNAUTHENTICATED", "FORBIDDEN"];
/// Fields that the demonstration has nothing to say in, or nothing in the places that are looked at.
const NULL: [&str; 23] = [
    "Affiliation.endedOn",
    "Deployment.closedOn",
    "Deployment.openedOn",
    "EntProject.succeededBy",
    "EntProject.url",
    "EntProject.vendor",
    "Establishment.closedOn",
    "Establishment.pupils",
    "EstablishmentPeriod.pupils",
    "EstablishmentPeriod.validFrom",
    "EstablishmentPeriod.validTo",
    "Measure.threshold",
    "Perimeter.degree",
    "Perimeter.entProject",
    "Perimeter.kinds",
    "Perimeter.legalStatus",
    "Perimeter.natures",
    // Fewer than five, for who may not see so few.
    "Production.pupilsOfUnknownLevel",
    // An application is nobody.
    "Query.me",
    "Query.user",
    "Query.userByIdentifier",
    "Target.baseline",
    "Territory.zone",
];

/// Somebody has one who has logged in: `people::traces` looks at it.
const ELSEWHERE: [&str; 1] = ["Session"];

#[tokio::test]
async fn every_field_for_every_kind_of_caller() {
    let site = Site::new(Database::Postgres).configured(PROVIDER);
    let serve = site.in_process(true);
    let scene = Scene::find(&site);
    let (callers, pseudonyms) = callers(&site, &serve.url, &scene).await;
    let schema = Schema::public();
    let places = places(&scene, &pseudonyms);
    let mut looked_at: BTreeSet<&str> = places.iter().map(|place| place.of).collect();
    looked_at.extend(mutations::types(&schema));
    looked_at.extend(ELSEWHERE);
    assert_eq!(schema.types().collect::<BTreeSet<_>>(), looked_at, "every type has a place where it is looked at");
    for caller in &callers {
        for place in &places {
            let ruled = |field: &&Field| ACCESS.field(place.of, &field.name).is_some_and(|rule| !rule.is_open());
            let (ruled, open): (Vec<&Field>, Vec<&Field>) = schema.fields(place.of).iter().partition(ruled);
            together(&serve.url, caller, place, &open).await;
            for field in ruled {
                alone(&serve.url, caller, place, field).await;
            }
        }
    }
    shared::audiences(&site, &serve.url, &callers, &scene).await;
    shared::lists_hold_what_may_be_seen(&site, &serve.url, &callers).await;
    shared::values(&serve.url, &callers, &scene).await;
    mutations::every_mutation_refuses_who_may_not(&serve.url, &callers, &schema).await;
    mutations::for_a_child(&serve.url, &callers, &pseudonyms).await;
    mutations::are_done(&serve.url, &callers, &schema, &scene, &pseudonyms).await;
}

async fn ask(url: &str, caller: &Caller, query: &str) -> (Value, BTreeSet<String>) {
    let answer = ask_as(url, caller.token.as_deref(), query, json!({})).await;
    let code = |error: &Value| error["extensions"]["code"].as_str().expect("a code").to_owned();
    let codes: BTreeSet<String> = answer["errors"].as_array().into_iter().flatten().map(code).collect();
    let unexpected = codes.iter().find(|code| !REFUSED.contains(&code.as_str()));
    assert_eq!(unexpected, None, "{}: {query}\n{answer:#}", caller.name);
    (answer["data"].clone(), codes)
}

/// Fields that whoever sees the object gets.
async fn together(url: &str, caller: &Caller, place: &Place, fields: &[&Field]) {
    if fields.is_empty() {
        return;
    }
    let selections: Vec<String> = fields.iter().map(|field| field.selection(place)).collect();
    let query = place.query(&selections.join(" "));
    let (data, refused) = ask(url, caller, &query).await;
    let object = data.pointer(&place.pointer).cloned().unwrap_or_default();
    if !place.is_seen_by(caller) {
        assert_eq!(object, Value::Null, "{} sees {}: {query}", caller.name, place.of);
        return;
    }
    assert!(object.is_object() && refused.is_empty(), "{} does not see {}: {query}\n{data:#}", caller.name, place.of);
    for field in fields {
        let name = format!("{}.{}", place.of, field.name);
        assert!(!object[&field.name].is_null() || NULL.contains(&name.as_str()), "{name} is null for {}", caller.name);
    }
}

/// A field that has a rule of its own.
async fn alone(url: &str, caller: &Caller, place: &Place, field: &Field) {
    let name = format!("{}.{}", place.of, field.name);
    let rule = ACCESS.field(place.of, &field.name).expect("a rule");
    let named = rule.admits(&caller.seers(place.thing_of(&field.name)));
    let admitted = place.is_seen_by(caller) && named && place.gives(&field.name, caller);
    let query = place.query(&field.selection(place));
    let (data, refused) = ask(url, caller, &query).await;
    let value = data.pointer(&format!("{}/{}", place.pointer, field.name)).cloned().unwrap_or_default();
    if admitted {
        let there = !value.is_null() || NULL.contains(&name.as_str());
        assert!(there && refused.is_empty(), "{} does not get {name}: {query}\n{data:#} {refused:?}", caller.name);
    } else {
        assert_eq!(value, Value::Null, "{} gets {name}: {query}", caller.name);
    }
}

#[test]
fn the_table_and_the_schema_have_the_same_fields() {
    let whole = Schema::of(include_str!("../../../schema/supergraph.graphql"));
    let ruled: BTreeSet<String> = ACCESS.fields().map(|(of, name, _)| format!("{of}.{name}")).collect();
    let there: BTreeSet<String> = whole.names().collect();
    assert_eq!(
        ruled.difference(&there).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "rules for fields that are not there"
    );
    assert_eq!(there.difference(&ruled).collect::<Vec<_>>(), Vec::<&String>::new(), "fields without a rule");
    let public: BTreeSet<String> = Schema::public().names().collect();
    let house = ACCESS.fields().filter(|(_, _, rule)| !rule.is_open() && rule.admits(&[Seer::House]));
    let seen: Vec<String> =
        house.map(|(of, name, _)| format!("{of}.{name}")).filter(|name| public.contains(name)).collect();
    assert_eq!(seen, Vec::<String>::new(), "what is the house's own is not public");
}

#[test]
fn no_key_of_a_person_can_be_selected() {
    let text = include_str!("../../../schema/supergraph.graphql");
    let public: BTreeSet<String> = Schema::public().names().collect();
    let keys: BTreeSet<String> =
        schema::keys_of("User", text).into_iter().map(|field| format!("User.{field}")).collect();
    assert_eq!(keys, ["User.personId".to_owned()].into());
    assert!(keys.is_disjoint(&public), "{keys:?}");
    let named: Vec<&String> = public.iter().filter(|name| name.to_lowercase().contains("personid")).collect();
    assert_eq!(named, Vec::<&String>::new());
}
