//! Named fragments, inline fragments, and both within each other.

use serde_json::json;

use crate::harness::TestGateway;

#[tokio::test]
async fn fragments_within_fragments() {
    let gateway = TestGateway::start().await;
    let answer = gateway
        .ask(
            "query { ...root } \
             fragment root on Query { book(id: \"b1\") { ...b } } \
             fragment b on Book { title ... { kind } ... on Book { author { ...p } } ... on Medium { id } } \
             fragment p on Person { name mentor { ...m } } \
             fragment m on Person { name }",
        )
        .await;
    assert_eq!(
        answer,
        json!({"data": {"book": {
            "title": "Germinal", "kind": "NOVEL", "author": {"name": "Zola", "mentor": {"name": "Montaigne"}}, "id": "b1",
        }}})
    );
}

#[tokio::test]
async fn selections_of_one_key_are_one() {
    let gateway = TestGateway::start().await;
    let answer = gateway
        .ask(
            "{ book(id: \"b1\") { author { name } } ...more ... on Query { book(id: \"b1\") { author { mentor { id } } } } } \
             fragment more on Query { book(id: \"b1\") { title author { id } } }",
        )
        .await;
    assert_eq!(
        answer,
        json!({"data": {"book": {
            "author": {"name": "Zola", "id": "p1", "mentor": {"id": "p2"}}, "title": "Germinal",
        }}})
    );
    assert_eq!(gateway.calls(), [1, 1, 0]);
}

#[tokio::test]
async fn a_fragment_on_an_interface_within_a_member() {
    let gateway = TestGateway::start().await;
    let answer = gateway
        .ask("{ shelf { ...medium } } fragment medium on Medium { title ... on Film { book { ...medium } } }")
        .await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "it contains itself");
    let answer =
        gateway.ask("{ shelf { ...medium } } fragment medium on Medium { title ... on Film { minutes } }").await;
    assert_eq!(
        answer,
        json!({"data": {"shelf": [{"title": "Germinal, the film", "minutes": 160}, {"title": "Essais"}]}})
    );
}

#[tokio::test]
async fn a_fragment_that_is_spread_twice_is_read_once() {
    let gateway = TestGateway::start().await;
    let answer = gateway
        .ask("{ book(id: \"b1\") { ...t ...t sequel { ...t } } } fragment t on Book { title author { name } }")
        .await;
    let author = json!({"name": "Zola"});
    assert_eq!(
        answer,
        json!({"data": {"book": {
            "title": "Germinal", "author": author, "sequel": {"title": "La Terre", "author": author},
        }}})
    );
}
