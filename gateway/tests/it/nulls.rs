//! Nothing where something must be: GraphQL's rules for null, and one error that says so in the client's names.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Reply, TestGateway};

const MISSING: &str = "a value that must not be null is missing";

fn missing(path: &Value) -> Value {
    json!({"message": MISSING, "path": path, "extensions": {"code": "INTERNAL"}})
}

#[tokio::test]
async fn a_missing_value_nulls_the_nearest_parent_that_may_be_null() {
    let gateway = TestGateway::start().await;
    gateway.catalogue.reply(Reply::Json(json!({"data": {"shelf": [
        {"__typename": "Book", "title": "Germinal"},
        {"__typename": "Book"},
        {"__typename": "Book", "title": null},
    ]}})));
    let answer = gateway.ask("{ shelf { ... on Book { name: title } } }").await;
    // The alias is the gateway's own on the way to the subgraph: nothing was found under it.
    let paths: Vec<Value> = (0..3).map(|index| missing(&json!(["shelf", index, "name"]))).collect();
    assert_eq!(answer, json!({"errors": paths, "data": {"shelf": [null, null, null]}}));
    let answer = gateway.ask("{ shelf { ... on Book { title } } }").await;
    assert_eq!(
        answer,
        json!({
            "errors": [missing(&json!(["shelf", 1, "title"])), missing(&json!(["shelf", 2, "title"]))],
            "data": {"shelf": [{"title": "Germinal"}, null, null]},
        })
    );
}

#[tokio::test]
async fn a_missing_value_in_a_list_that_holds_no_null_goes_up_to_the_root() {
    let gateway = TestGateway::start().await;
    gateway.catalogue.reply(Reply::Json(json!({"data": {"books": [{"title": "Germinal"}, {"title": null}]}})));
    let answer = gateway.ask("{ books { title } best { stars } }").await;
    assert_eq!(answer, json!({"errors": [missing(&json!(["books", 1, "title"]))], "data": null}));
}

#[tokio::test]
async fn a_list_may_itself_become_null() {
    let gateway = TestGateway::start().await;
    let reviews = json!([{"stars": 1}, null]);
    gateway.reviews.reply(Reply::Json(json!({"data": {"_entities": [{"reviews": reviews}]}})));
    let answer = gateway.ask("{ book(id: \"b1\") { title reviews { stars } } }").await;
    assert_eq!(
        answer,
        json!({
            "errors": [missing(&json!(["book", "reviews", 1]))],
            "data": {"book": {"title": "Germinal", "reviews": null}},
        })
    );
}

#[tokio::test]
async fn an_error_is_told_in_the_clients_names_and_once() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ works: books { by: author { tel: phone } } }").await;
    let error = |index: usize| {
        json!({
            "message": "this number is private",
            "path": ["works", index, "by", "tel"],
            "extensions": {"code": "FORBIDDEN", "service": "people"},
        })
    };
    let zola = json!({"by": {"tel": "01"}});
    assert_eq!(answer, json!({"errors": [error(2)], "data": {"works": [zola, zola, {"by": {"tel": null}}]}}));
}

#[tokio::test]
async fn an_entity_that_stands_at_two_places_is_told_at_both() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ latest { stars by: author { tel: phone } } }").await;
    let paths: Vec<&Value> = answer["errors"].as_array().expect("errors").iter().map(|error| &error["path"]).collect();
    assert_eq!(paths, [&json!(["latest", 0, "by", "tel"]), &json!(["latest", 3, "by", "tel"])], "{answer}");
}

#[tokio::test]
async fn an_error_of_the_subgraph_and_the_null_it_leaves_are_one_error() {
    let gateway = TestGateway::start().await;
    gateway.people.reply(Reply::Json(json!({
        "data": {"_entities": [{"__typename": "Person", "name": null}]},
        "errors": [{"message": "gone", "path": ["_entities", 0, "name"], "extensions": {"code": "NOT_FOUND"}}],
    })));
    let answer = gateway.ask("{ book(id: \"b1\") { title author { name } } }").await;
    assert_eq!(
        answer,
        json!({
            "errors": [{
                "message": "gone",
                "path": ["book", "author", "name"],
                "extensions": {"code": "NOT_FOUND", "service": "people"},
            }],
            "data": {"book": {"title": "Germinal", "author": null}},
        })
    );
}

#[tokio::test]
async fn an_entity_that_its_subgraph_does_not_know_is_a_gap() {
    let gateway = TestGateway::start().await;
    gateway.people.reply(Reply::Json(json!({"data": {"_entities": [null, {"name": "Montaigne"}]}})));
    let answer = gateway.ask("{ books { author { id name } } }").await;
    assert_eq!(
        answer,
        json!({
            "errors": [missing(&json!(["books", 0, "author", "name"])), missing(&json!(["books", 1, "author", "name"]))],
            "data": {"books": [{"author": null}, {"author": null}, {"author": {"id": "p2", "name": "Montaigne"}}]},
        })
    );
}

#[rstest]
#[case("genre", json!({"genre": null, "title": "Brouillon"}), json!(null))]
#[case("kind", json!(null), json!([missing(&json!(["book", "kind"]))]))]
#[tokio::test]
async fn an_enum_value_that_is_not_public_is_null(#[case] field: &str, #[case] book: Value, #[case] errors: Value) {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask(&format!("{{ book(id: \"b4\") {{ {field} title }} }}")).await;
    assert_eq!(answer["data"], json!({"book": book}));
    assert_eq!(answer["errors"], errors);
}

#[rstest]
#[case::int("{ book(id: \"b1\") { weight } }", json!({"book": {"weight": "heavy"}}), "Int", json!(["book", "weight"]))]
#[case::long("{ book(id: \"b1\") { weight } }", json!({"book": {"weight": 3_000_000_000_u64}}), "Int", json!(["book", "weight"]))]
#[case::string("{ book(id: \"b1\") { title } }", json!({"book": {"title": 5}}), "String", json!(["book", "title"]))]
#[tokio::test]
async fn a_scalar_of_another_type_is_an_error(
    #[case] query: &str,
    #[case] data: Value,
    #[case] wanted: &str,
    #[case] path: Value,
) {
    let gateway = TestGateway::start().await;
    gateway.catalogue.reply(Reply::Json(json!({"data": data})));
    let answer = gateway.ask(query).await;
    let message = format!("a subgraph answered something that is no {wanted}");
    assert_eq!(
        answer,
        json!({
            "errors": [{"message": message, "path": path, "extensions": {"code": "UPSTREAM_UNAVAILABLE"}}],
            "data": {"book": null},
        })
    );
}

#[tokio::test]
async fn a_long_list_of_nonsense_is_answered_quickly_and_with_few_errors() {
    let gateway = TestGateway::start().await;
    let books: Vec<Value> = (0..50_000).map(|_| json!({"__typename": "Book", "title": 5})).collect();
    gateway.catalogue.reply(Reply::Json(json!({"data": {"shelf": books}})));
    let began = tokio::time::Instant::now();
    let answer = gateway.ask("{ shelf { ... on Book { title } } }").await;
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    assert_eq!(answer["data"]["shelf"].as_array().map(Vec::len), Some(50_000));
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(100));
}
