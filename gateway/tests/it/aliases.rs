//! Aliases: the client's names, whatever else has that name.

use serde_json::json;

use crate::harness::TestGateway;

#[tokio::test]
async fn an_alias_may_equal_the_key() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ books(first: 2) { id: title reviews { id: stars } author { id: name } } }").await;
    assert_eq!(
        answer,
        json!({"data": {"books": [
            {"id": "Germinal", "reviews": [{"id": 5}, {"id": 2}], "author": {"id": "Zola"}},
            {"id": "La Terre", "reviews": [], "author": {"id": "Zola"}},
        ]}})
    );
    assert_eq!(
        gateway.reviews.only_request().representations(),
        &json!([{"__typename": "Book", "id": "b1"}, {"__typename": "Book", "id": "b2"}])
    );
}

#[tokio::test]
async fn aliases_may_swap_names() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ book(id: \"b1\") { title: id id: title author: sequel { author { name } } } }").await;
    assert_eq!(
        answer,
        json!({"data": {"book": {"title": "b1", "id": "Germinal", "author": {"author": {"name": "Zola"}}}}})
    );
}

#[tokio::test]
async fn an_alias_may_equal_a_required_field() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ book(id: \"b1\") { weight: title shelfMark: id postage drawer } }").await;
    assert_eq!(
        answer,
        json!({"data": {"book": {
            "weight": "Germinal", "shelfMark": "b1", "postage": 420, "drawer": "drawer of S-b1",
        }}})
    );
}

#[tokio::test]
async fn a_field_may_be_asked_twice_with_different_arguments() {
    let gateway = TestGateway::start().await;
    let answer = gateway
        .ask(
            "{ g: book(id: \"b1\") { ...b } e: book(id: \"b3\") { ...b } } \
             fragment b on Book { weight kg: weight(unit: KILOGRAM) one: reviews(first: 1) { stars } reviews { stars } }",
        )
        .await;
    assert_eq!(
        answer,
        json!({"data": {
            "g": {"weight": 4200, "kg": 4, "one": [{"stars": 5}], "reviews": [{"stars": 5}, {"stars": 2}]},
            "e": {"weight": 9000, "kg": 9, "one": [{"stars": 4}], "reviews": [{"stars": 4}]},
        }})
    );
}

#[tokio::test]
async fn an_alias_may_look_like_an_internal_one() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ book(id: \"b1\") { p0_title: id p0_id: title title author { p0_: name } } }").await;
    assert_eq!(
        answer,
        json!({"data": {"book": {
            "p0_title": "b1", "p0_id": "Germinal", "title": "Germinal", "author": {"p0_": "Zola"},
        }}})
    );
}

#[tokio::test]
async fn an_alias_equal_to_the_name_is_the_name() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ books: books(first: 1) { title: title title } books(first: 1) { id } }").await;
    assert_eq!(answer, json!({"data": {"books": [{"title": "Germinal", "id": "b1"}]}}));
}

#[tokio::test]
async fn fields_stand_in_the_order_of_the_document() {
    let gateway = TestGateway::start().await;
    let query = "{ book(id: \"b1\") { title reviews(first: 1) { stars } id author { name } z: kind } __typename }";
    let answer = gateway.post(&json!({"query": query})).await;
    assert_eq!(
        answer.text,
        r#"{"data":{"book":{"title":"Germinal","reviews":[{"stars":5}],"id":"b1","author":{"name":"Zola"},"z":"NOVEL"},"__typename":"Query"}}"#
    );
}
