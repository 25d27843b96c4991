//! Fields that the caller may not see: refused before anything is fetched for them, and all else is answered.

use apollo_compiler::Schema;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Reply, TestGateway, guarded};

pub(crate) const KNOWN: &str = "@authenticated";

/// The error of a field that is for known callers.
pub(crate) fn unknown(field: &str, path: &[&str]) -> Value {
    let message = format!("{field} is for known callers: send an access token");
    json!({"message": message, "path": path, "extensions": {"code": "UNAUTHENTICATED"}})
}

/// A gateway that asks this of callers.
pub(crate) async fn guarding(marks: &[(&str, &str)]) -> TestGateway {
    TestGateway::builder().supergraph(&guarded(marks)).with_issuer().start().await
}

#[tokio::test]
async fn a_refused_field_is_null_and_all_else_is_answered() {
    let gateway = guarding(&[("Person.phone", KNOWN)]).await;
    let answer = gateway.ask("{ people { name number: phone } best { stars } }").await;
    assert_eq!(
        answer,
        json!({
            "errors": [unknown("Person.phone", &["people", "number"])],
            "data": {
                "people": [{"name": "Zola", "number": null}, {"name": "Montaigne", "number": null}],
                "best": {"stars": 5},
            },
        })
    );
    assert_eq!(gateway.people.only_request().query(), "{people{name}}");
}

#[tokio::test]
async fn nothing_is_fetched_that_only_served_a_refused_field() {
    let gateway = guarding(&[("Person.name", KNOWN), ("Query.best", KNOWN)]).await;
    let answer =
        gateway.ask("{ best { stars } book(id: \"b1\") { title author { id phone } reviews { stars } } }").await;
    assert_eq!(answer["errors"], json!([unknown("Query.best", &["best"])]));
    assert_eq!(gateway.reviews.calls(), 1, "the reviews of the book alone");
    let gateway = guarding(&[("Person.phone", KNOWN), ("Book.reviews", KNOWN)]).await;
    let answer = gateway.ask("{ book(id: \"b1\") { title author { id phone } reviews { stars } } }").await;
    assert_eq!(
        answer,
        json!({
            "errors": [
                unknown("Person.phone", &["book", "author", "phone"]), unknown("Book.reviews", &["book", "reviews"]),
            ],
            "data": {"book": {"title": "Germinal", "author": {"id": "p1", "phone": null}, "reviews": null}},
        })
    );
    assert_eq!(gateway.calls(), [1, 0, 0], "neither people nor reviews is asked");
}

#[rstest]
#[case("{ book(id: \"b1\") { title } }", json!({"book": null}), &[("Query.book", &["book"][..])])]
#[case("{ a: book(id: \"b1\") { title } b: book(id: \"b2\") { id } }", json!({"a": null, "b": null}),
    &[("Query.book", &["a"][..]), ("Query.book", &["b"][..])])]
#[case("{ ...on Query { book(id: \"b1\") { ...of } } } fragment of on Book { title }", json!({"book": null}),
    &[("Query.book", &["book"][..])])]
#[case("{ books { title } __typename }", Value::Null, &[("Query.books", &["books"][..])])]
#[tokio::test]
async fn a_query_that_is_refused_as_a_whole_calls_nobody(
    #[case] query: &str,
    #[case] data: Value,
    #[case] told: &[(&str, &[&str])],
) {
    let gateway = guarding(&[("Query.book", KNOWN), ("Query.books", KNOWN)]).await;
    let errors: Vec<Value> = told.iter().map(|(field, path)| unknown(field, path)).collect();
    assert_eq!(gateway.ask(query).await, json!({"errors": errors, "data": data}));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}

#[tokio::test]
async fn null_goes_up_by_the_public_schema() {
    let gateway = guarding(&[("Book.title", KNOWN)]).await;
    let answer = gateway.ask("{ book(id: \"b1\") { id sequel { id title } } }").await;
    let path = ["book", "sequel", "title"];
    assert_eq!(
        answer,
        json!({"errors": [unknown("Book.title", &path)], "data": {"book": {"id": "b1", "sequel": null}}})
    );
    let answer = gateway.ask("{ people { name } books { title } }").await;
    assert_eq!(answer, json!({"errors": [unknown("Book.title", &["books", "title"])], "data": null}));
}

#[tokio::test]
async fn a_field_is_told_once_however_often_it_is_asked_for() {
    let gateway = guarding(&[("Person.phone", KNOWN)]).await;
    let query = "{ people { phone ...one ...two ... on Person { phone } } } \
        fragment one on Person { phone name } fragment two on Person { ...one mentor { phone } }";
    let answer = gateway.ask(query).await;
    let told = [unknown("Person.phone", &["people", "phone"]), unknown("Person.phone", &["people", "mentor", "phone"])];
    assert_eq!(answer["errors"], json!(told));
    assert_eq!(
        answer["data"],
        json!({"people": [
            {"phone": null, "name": "Zola", "mentor": {"phone": null}},
            {"phone": null, "name": "Montaigne", "mentor": null},
        ]})
    );
}

#[tokio::test]
async fn what_is_left_out_by_a_condition_is_not_refused() {
    let gateway = guarding(&[("Person.phone", KNOWN)]).await;
    let query = "query($with: Boolean!) { people { name phone @include(if: $with) ... @skip(if: $with) { id } } }";
    let answer = gateway.ask_with(query, json!({"with": false})).await;
    assert_eq!(answer, json!({"data": {"people": [{"name": "Zola", "id": "p1"}, {"name": "Montaigne", "id": "p2"}]}}));
    let answer = gateway.ask_with(query, json!({"with": true})).await;
    assert_eq!(answer["errors"], json!([unknown("Person.phone", &["people", "phone"])]));
    assert_eq!(answer["data"]["people"][0], json!({"name": "Zola", "phone": null}));
}

#[tokio::test]
async fn an_alias_hides_nothing_and_a_name_lends_nothing() {
    let gateway = guarding(&[("Person.phone", KNOWN)]).await;
    let answer = gateway.ask("{ people { name: phone phone: name } }").await;
    assert_eq!(
        answer,
        json!({
            "errors": [unknown("Person.phone", &["people", "name"])],
            "data": {"people": [{"name": null, "phone": "Zola"}, {"name": null, "phone": "Montaigne"}]},
        })
    );
    assert!(!gateway.people.only_request().query().contains("phone}"), "{}", gateway.people.only_request().query());
}

#[tokio::test]
async fn a_refused_mutation_is_not_run_and_the_others_are() {
    let gateway = guarding(&[("Mutation.rename", "@requiresScopes(scopes: [[\"people:write\"]])")]).await;
    let query = "mutation { rename(id: \"p1\", name: \"n\") { name } addBook(title: \"B\") { title } }";
    let rest = json!({"rename": null, "addBook": {"title": "B"}});
    let answer = gateway.ask(query).await;
    assert_eq!(answer, json!({"errors": [unknown("Mutation.rename", &["rename"])], "data": rest}));
    assert_eq!(gateway.calls(), [1, 0, 0]);
    let answer = gateway.ask_as(&gateway.token_with(&["people:write"]), query).await;
    assert_eq!(answer, json!({"data": {"rename": {"name": "n"}, "addBook": {"title": "B"}}}));
    assert_eq!(gateway.calls(), [2, 1, 0]);
}

#[tokio::test]
async fn what_the_planner_needs_for_itself_is_fetched() {
    // A key, and what `@requires` names.
    let gateway = guarding(&[("Book.id", KNOWN), ("Book.weight", KNOWN), ("Person.id", KNOWN)]).await;
    let answer = gateway.ask("{ book(id: \"b1\") { postage author { name } } }").await;
    assert_eq!(answer, json!({"data": {"book": {"postage": 420, "author": {"name": "Zola"}}}}));
    let answer = gateway.ask("{ book(id: \"b1\") { postage weight author { name } } }").await;
    assert_eq!(
        answer,
        json!({"errors": [unknown("Book.weight", &["book", "weight"])], "data": {"book": null}}),
        "what was fetched for a requirement is not the client's"
    );
}

#[tokio::test]
async fn a_service_that_is_down_is_told_beside_what_is_refused() {
    let gateway = guarding(&[("Person.phone", KNOWN)]).await;
    gateway.people.reply(Reply::html());
    let answer = gateway.ask("{ book(id: \"b1\") { author { id phone name } } }").await;
    let codes: Vec<&str> = answer["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|error| error["extensions"]["code"].as_str())
        .collect();
    assert_eq!(codes, ["UNAUTHENTICATED", "UPSTREAM_UNAVAILABLE"]);
}

#[tokio::test]
async fn the_public_schema_and_introspection_have_everything_but_the_directives() {
    let marks = [
        ("Person.phone", "@requiresScopes(scopes: [[\"a\"]]) @policy(policies: [[\"p\"]])"),
        ("Film", KNOWN),
        ("Kind", "@policy(policies: [[\"p\"]])"),
    ];
    let gateway = guarding(&marks).await;
    let public = gateway.get("/schema.graphql").await.text;
    for word in ["authenticated", "requiresScopes", "policy", "Policy"] {
        assert!(!public.contains(word), "{word} in {public}");
    }
    Schema::parse_and_validate(&public, "schema.graphql").expect("a schema");
    let query = "{ __schema { directives { name } } __type(name: \"Person\") { fields { name } } __typename }";
    let answer = gateway.ask(query).await;
    let names = json!(["id", "mentor", "name", "phone"].map(|name| json!({"name": name})));
    assert_eq!(answer["data"]["__type"]["fields"], names);
    assert_eq!((&answer["errors"], &answer["data"]["__typename"]), (&Value::Null, &json!("Query")));
    assert!(!answer.to_string().contains("authenticated"));
    assert_eq!(gateway.calls(), [0, 0, 0]);
}
