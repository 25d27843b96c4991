//! Entities: what one subgraph names and another knows.

use serde_json::json;

use crate::harness::TestGateway;

#[tokio::test]
async fn a_list_of_entities_is_fetched_by_one_call_and_each_once() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ books { title author { name } } }").await;
    assert_eq!(
        answer,
        json!({"data": {"books": [
            {"title": "Germinal", "author": {"name": "Zola"}},
            {"title": "La Terre", "author": {"name": "Zola"}},
            {"title": "Essais", "author": {"name": "Montaigne"}},
        ]}})
    );
    assert_eq!(gateway.calls(), [1, 1, 0]);
    let call = gateway.people.only_request();
    assert!(call.query().contains("_entities(representations: $representations)"), "{}", call.query());
    assert_eq!(
        call.representations(),
        &json!([{"__typename": "Person", "id": "p1"}, {"__typename": "Person", "id": "p2"}])
    );
}

#[tokio::test]
async fn what_nobody_wrote_is_not_asked_for() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ book(id: \"b4\") { title author { name } } }").await;
    assert_eq!(answer, json!({"data": {"book": {"title": "Brouillon", "author": null}}}));
    assert_eq!(gateway.calls(), [1, 0, 0]);
    let answer = gateway.ask("{ book(id: \"b9\") { title author { name } reviews { stars } } }").await;
    assert_eq!(answer, json!({"data": {"book": null}}));
    assert_eq!(gateway.calls(), [2, 0, 0]);
}

#[tokio::test]
async fn the_key_alone_needs_no_other_subgraph() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ books(first: 1) { author { id } } }").await;
    assert_eq!(answer, json!({"data": {"books": [{"author": {"id": "p1"}}]}}));
    assert_eq!(gateway.calls(), [1, 0, 0]);
}

#[tokio::test]
async fn an_entity_within_an_entity() {
    let gateway = TestGateway::start().await;
    let answer = gateway
        .ask("{ best { of { ... on Book { title author { name mentor { name } } reviews(first: 1) { author { name } } } } } }")
        .await;
    assert_eq!(
        answer,
        json!({"data": {"best": {"of": {
            "title": "Germinal",
            "author": {"name": "Zola", "mentor": {"name": "Montaigne"}},
            "reviews": [{"author": {"name": "Montaigne"}}],
        }}}})
    );
}

#[tokio::test]
async fn an_entity_that_stands_at_two_depths_is_filled_at_both() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ book(id: \"b1\") { reviews { stars } sequel { title reviews { stars } } } }").await;
    assert_eq!(
        answer,
        json!({"data": {"book": {
            "reviews": [{"stars": 5}, {"stars": 2}],
            "sequel": {"title": "La Terre", "reviews": []},
        }}})
    );
}

#[tokio::test]
async fn independent_subgraphs_answer_one_request() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ people { name } latest { stars } books(first: 1) { id } }").await;
    assert_eq!(
        answer,
        json!({"data": {
            "people": [{"name": "Zola"}, {"name": "Montaigne"}],
            "latest": [{"stars": 5}, {"stars": 2}, {"stars": 4}, {"stars": 1}],
            "books": [{"id": "b1"}],
        }})
    );
    assert_eq!(gateway.calls(), [1, 1, 1]);
}

#[tokio::test]
async fn a_required_field_is_fetched_and_sent_along() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ books(first: 2) { postage } }").await;
    assert_eq!(answer, json!({"data": {"books": [{"postage": 420}, {"postage": 300}]}}));
    let sent = gateway.reviews.only_request().representations().clone();
    assert_eq!(
        sent,
        json!([
            {"__typename": "Book", "id": "b1", "weight": 4200},
            {"__typename": "Book", "id": "b2", "weight": 3000},
        ])
    );
}

#[tokio::test]
async fn a_required_field_may_be_none_of_the_clients() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ book(id: \"b3\") { drawer } }").await;
    assert_eq!(answer, json!({"data": {"book": {"drawer": "drawer of S-b3"}}}));
    let answer = gateway.post(&json!({"query": "{ book(id: \"b3\") { shelfMark } }"})).await;
    assert_eq!(answer.code(), "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn a_field_that_the_client_asks_otherwise_is_required_as_it_must_be() {
    let gateway = TestGateway::start().await;
    for (field, key) in
        [("weight(unit: KILOGRAM)", "weight"), ("postage: weight(unit: KILOGRAM) p: postage", "postage")]
    {
        let rest = if key == "weight" { " postage" } else { "" };
        let answer = gateway.ask(&format!("{{ book(id: \"b1\") {{ {field}{rest} }} }}")).await;
        let other = if key == "weight" { "postage" } else { "p" };
        assert_eq!(answer, json!({"data": {"book": {key: 4, other: 420}}}), "{field}");
    }
}
