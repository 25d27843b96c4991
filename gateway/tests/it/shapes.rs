//! JSON of a wrong shape: what it says is not believed, and what others said stays.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Reply, TestGateway, failed};

#[rstest]
#[case::number(json!({"data": 5}))]
#[case::list(json!({"data": []}))]
#[case::string(json!({"data": "hello"}))]
#[case::errors_no_list(json!({"data": null, "errors": "bad"}))]
#[case::errors_empty(json!({"data": null, "errors": []}))]
#[case::errors_only_empty(json!({"errors": []}))]
#[tokio::test]
async fn data_that_is_no_object_erases_nothing(#[case] reply: Value) {
    let gateway = TestGateway::start().await;
    gateway.reviews.reply(Reply::Json(reply));
    let answer = gateway.ask("{ people { name } best { stars } }").await;
    let people = json!([{"name": "Zola"}, {"name": "Montaigne"}]);
    let errors = json!([failed("reviews", &json!(["best"]))]);
    assert_eq!(answer, json!({"errors": errors, "data": {"people": people, "best": null}}));
}

#[rstest]
#[case::missing(json!({"data": {}}))]
#[case::null(json!({"data": {"_entities": null}}))]
#[case::object(json!({"data": {"_entities": {"name": "x"}}}))]
#[case::too_short(json!({"data": {"_entities": []}}))]
#[case::too_long(json!({"data": {"_entities": [{"name": "a"}, {"name": "b"}]}}))]
#[case::item_is_text(json!({"data": {"_entities": ["x"]}}))]
#[case::item_is_a_list(json!({"data": {"_entities": [[]]}}))]
#[tokio::test]
async fn entities_that_are_none_erase_nothing(#[case] reply: Value) {
    let gateway = TestGateway::start().await;
    gateway.people.reply(Reply::Json(reply));
    let answer = gateway.ask("{ book(id: \"b1\") { title author { id phone } } }").await;
    let author = json!({"id": "p1", "phone": null});
    let errors = json!([failed("people", &json!(["book", "author"]))]);
    assert_eq!(answer, json!({"errors": errors, "data": {"book": {"title": "Germinal", "author": author}}}));
}

#[rstest]
#[case::object_for_list(json!({"shelf": {"title": "x"}}), "{ shelf { __typename } }", json!(["shelf"]), "no list")]
#[case::text_for_object(json!({"book": "b1"}), "{ book(id: 1) { title } }", json!(["book"]), "no object")]
#[case::list_for_object(json!({"book": []}), "{ book(id: 1) { title } }", json!(["book"]), "no object")]
#[tokio::test]
async fn a_part_of_another_shape_is_null(
    #[case] data: Value,
    #[case] query: &str,
    #[case] path: Value,
    #[case] what: &str,
) {
    let gateway = TestGateway::start().await;
    gateway.catalogue.reply(Reply::Json(json!({"data": data})));
    let key = path[0].as_str().expect("a key");
    let error = json!({
        "message": format!("a subgraph answered something that is {what}"),
        "path": path,
        "extensions": {"code": "UPSTREAM_UNAVAILABLE"},
    });
    assert_eq!(gateway.ask(query).await, json!({"errors": [error], "data": {key: null}}));
}

#[tokio::test]
async fn more_than_was_asked_is_not_passed_on() {
    let gateway = TestGateway::start().await;
    gateway
        .reviews
        .reply(Reply::Json(json!({"data": {"best": {"stars": 3, "secret": 1}, "vault": 2}, "extensions": {"a": 1}})));
    assert_eq!(gateway.ask("{ best { stars } }").await, json!({"data": {"best": {"stars": 3}}}));
}
