//! What may be done: who may not do it is refused, and who may gets a whole answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use service_kit::access::ACCESS;
use testkit::client::ask_as;

use super::REFUSED;
use super::callers::{Caller, Pseudonyms, Thing};
use super::scene::Scene;
use super::schema::{Field, Schema};

/// A pseudonym that is nobody's.
const NOBODY: &str = "1-AAAAAAAAAAAAAAAAAAAAAA";
const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

/// What a mutation can be given without harm by whoever may do it.
fn harmless(mutation: &str) -> Value {
    match mutation {
        "decideMergeProposal" => json!({ "id": NO_ID, "accept": false }),
        "endSession" | "undoMerge" => json!({ "id": NO_ID }),
        "eraseUser" => json!({ "userId": NOBODY }),
        "exportMyData" => json!({}),
        "recordAuthorisation" => json!({ "purpose": "TEST", "granted": false }),
        // No name of a client.
        "registerClient" => json!({ "clientId": "", "name": "", "scopes": [] }),
        "revokeClient" => json!({ "clientId": "nobody" }),
        other => panic!("{other} is new: say what it is given here"),
    }
}

/// The types that are looked at here: of all mutations and what they give.
pub(super) fn types(schema: &Schema) -> BTreeSet<&str> {
    let given = schema.fields("Mutation").iter().map(|mutation| mutation.gives.as_str());
    ["Mutation"].into_iter().chain(given).collect()
}

/// Does it, and asks for everything of what came of it. The answer, and the codes of its errors.
async fn tried(url: &str, caller: &Caller, schema: &Schema, mutation: &Field, input: Value) -> (Value, Vec<String>) {
    let fields: Vec<String> = schema.fields(&mutation.gives).iter().map(Field::plain).collect();
    let mut kind = mutation.name[..1].to_uppercase() + &mutation.name[1..];
    kind.push_str("Input");
    let text =
        format!("mutation Try($input: {kind}!) {{ {}(input: $input) {{ {} }} }}", mutation.name, fields.join(" "));
    let answer = ask_as(url, caller.token.as_deref(), &text, json!({ "input": input })).await;
    let errors = answer["errors"].as_array().into_iter().flatten();
    let codes = errors.map(|error| error["extensions"]["code"].as_str().expect("a code").to_owned()).collect();
    (answer["data"][&mutation.name].clone(), codes)
}

pub(super) async fn every_mutation_refuses_who_may_not(url: &str, callers: &[Caller], schema: &Schema) {
    let mut refused = 0;
    for mutation in schema.fields("Mutation") {
        for caller in callers {
            let rule = ACCESS.field("Mutation", &mutation.name).expect("a rule");
            let may = caller.is_person && rule.admits(&caller.seers(Thing::Nothing));
            let (done, codes) = tried(url, caller, schema, mutation, harmless(&mutation.name)).await;
            let told = format!("{}: {} {done} {codes:?}", caller.name, mutation.name);
            if may {
                assert!(!codes.iter().any(|code| REFUSED.contains(&code.as_str())), "{told}");
                continue;
            }
            let code = if caller.token.is_some() { "FORBIDDEN" } else { "UNAUTHENTICATED" };
            assert!(done.is_null() && codes == [code], "{told}");
            refused += 1;
        }
    }
    assert!(refused > 50, "{refused} were refused");
}

/// The pupil's data and what is said in their name, for everybody who comes by the pages of Aliénor's vendor.
pub(super) async fn for_a_child(url: &str, callers: &[Caller], pseudonyms: &Pseudonyms) {
    let schema = Schema::public();
    let mut admitted = BTreeSet::new();
    for (name, value, more) in [
        ("exportMyData", "Mutation.exportMyData: of a person", json!({})),
        (
            "recordAuthorisation",
            "Mutation.recordAuthorisation: for a person",
            json!({ "purpose": "TEST", "granted": false }),
        ),
    ] {
        let mutation = schema.fields("Mutation").iter().find(|one| one.name == name).expect("a mutation");
        for caller in callers {
            let mut input = more.clone();
            input["userId"] = json!(pseudonyms.pupil);
            let (done, codes) = tried(url, caller, &schema, mutation, input).await;
            let may = caller.is_person && ACCESS.admits(value, &caller.seers(Thing::Named));
            assert_eq!(!done.is_null(), may, "{}: {name} {done} {codes:?}", caller.name);
            assert_eq!(codes.is_empty(), may, "{}: {name} {codes:?}", caller.name);
            admitted.extend(may.then_some(caller.name));
        }
    }
    assert_eq!(admitted, ["the pupil", "the pupil's guardian"].into());
}

/// Everything is done once by who may, and gives all that it says.
pub(super) async fn are_done(url: &str, callers: &[Caller], schema: &Schema, scene: &Scene, pseudonyms: &Pseudonyms) {
    let called = |name: &str| callers.iter().find(|caller| caller.name == name).expect("a caller");
    let administrator = called("who administers the installation");
    let (pupil, guardian) = (called("the pupil"), called("the pupil's guardian"));
    let client =
        json!({ "clientId": "portail-neuf", "name": "Portail", "scopes": ["users:read"], "territories": ["ACA-04"] });
    for (name, caller, input, wanted) in [
        ("exportMyData", pupil, json!({}), json!({ "mediaType": "application/json" })),
        ("recordAuthorisation", pupil, harmless("recordAuthorisation"), json!({})),
        (
            "recordAuthorisation",
            guardian,
            json!({ "userId": pseudonyms.pupil, "purpose": "TEST", "granted": true }),
            json!({}),
        ),
        // Nobody has logged in here.
        ("endSession", pupil, harmless("endSession"), json!({ "ended": false })),
        ("registerClient", administrator, client, json!({})),
        ("revokeClient", administrator, json!({ "clientId": "portail-neuf" }), json!({ "revoked": true })),
        (
            "decideMergeProposal",
            administrator,
            json!({ "id": scene.proposal, "accept": false }),
            json!({ "merged": false }),
        ),
        ("undoMerge", administrator, json!({ "id": scene.merge }), json!({ "undone": true })),
        ("eraseUser", guardian, json!({ "userId": pseudonyms.pupil }), json!({ "erased": true })),
    ] {
        let mutation = schema.fields("Mutation").iter().find(|one| one.name == name).expect("a mutation");
        let (done, codes) = tried(url, caller, schema, mutation, input).await;
        assert!(codes.is_empty(), "{name}: {codes:?}");
        for field in schema.fields(&mutation.gives) {
            assert!(!done[&field.name].is_null(), "{}.{} is null", mutation.gives, field.name);
        }
        for (field, value) in wanted.as_object().expect("fields") {
            assert_eq!(done[field], *value, "{name}");
        }
    }
    let gone = ask_as(url, guardian.token.as_deref(), "{ me { children { id } } }", json!({})).await;
    assert_eq!(gone["data"]["me"]["children"], json!([]), "{gone:#}");
}
