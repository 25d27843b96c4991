//! Interfaces and unions.

use serde_json::json;

use crate::harness::{Reply, TestGateway};

#[tokio::test]
async fn a_union_answers_each_member_by_its_own_fields() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ shelf { __typename ... on Film { minutes } ... on Book { title } } }").await;
    assert_eq!(
        answer,
        json!({"data": {"shelf": [{"__typename": "Film", "minutes": 160}, {"__typename": "Book", "title": "Essais"}]}})
    );
}

#[tokio::test]
async fn an_interface_answers_its_fields_and_those_of_what_it_is() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ media { title ... on Film { minutes } ... on Medium { id } } }").await;
    assert_eq!(
        answer,
        json!({"data": {"media": [
            {"title": "Germinal", "id": "b1"},
            {"title": "Germinal, the film", "minutes": 160, "id": "f1"},
        ]}})
    );
}

#[tokio::test]
async fn type_conditions_at_depth_lead_to_other_subgraphs() {
    let gateway = TestGateway::start().await;
    let answer = gateway
        .ask("{ media { ... on Film { book { author { name } } reviews { stars } } ... on Book { reviews { author { name } } } } }")
        .await;
    assert_eq!(
        answer,
        json!({"data": {"media": [
            {"reviews": [{"author": {"name": "Montaigne"}}, {"author": {"name": "Zola"}}]},
            {"book": {"author": {"name": "Zola"}}, "reviews": [{"stars": 1}]},
        ]}})
    );
}

#[tokio::test]
async fn a_union_of_one_subgraph_is_filled_by_another() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ latest { of { ... on Book { title } ... on Film { title minutes } } } }").await;
    assert_eq!(
        answer,
        json!({"data": {"latest": [
            {"of": {"title": "Germinal"}},
            {"of": {"title": "Germinal"}},
            {"of": {"title": "Essais"}},
            {"of": {"title": "Germinal, the film", "minutes": 160}},
        ]}})
    );
}

#[tokio::test]
async fn the_type_name_may_be_asked_under_an_alias() {
    let gateway = TestGateway::start().await;
    let answer =
        gateway.ask("{ kind: __typename media { what: __typename } book(id: \"b1\") { id: __typename } }").await;
    assert_eq!(
        answer,
        json!({"data": {
            "kind": "Query",
            "media": [{"what": "Book"}, {"what": "Film"}],
            "book": {"id": "Book"},
        }})
    );
}

#[tokio::test]
async fn the_type_name_alone_is_enough() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ shelf { __typename } latest { of { __typename } } }").await;
    let of = |name: &str| json!({"of": {"__typename": name}});
    assert_eq!(
        answer,
        json!({"data": {
            "shelf": [{"__typename": "Film"}, {"__typename": "Book"}],
            "latest": [of("Book"), of("Book"), of("Book"), of("Film")],
        }})
    );
}

#[tokio::test]
async fn members_may_give_one_alias_to_different_fields() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ shelf { ... on Film { it: minutes } ... on Book { it: weight } } }").await;
    assert_eq!(answer, json!({"data": {"shelf": [{"it": 160}, {"it": 9000}]}}));
}

#[tokio::test]
async fn a_condition_that_cannot_hold_selects_nothing() {
    let gateway = TestGateway::start().await;
    let answer = gateway.ask("{ book(id: \"b1\") { ... on Medium { ... on Film { minutes } } } }").await;
    assert_eq!(answer, json!({"data": {"book": {}}}));
    let answer = gateway.ask("{ media { ... on Book { ... on Medium { ... on Film { minutes } } } id } }").await;
    assert_eq!(answer, json!({"data": {"media": [{"id": "b1"}, {"id": "f1"}]}}));
}

#[tokio::test]
async fn an_object_of_a_type_that_nobody_knows_is_null() {
    let gateway = TestGateway::start().await;
    gateway.catalogue.reply(Reply::Json(json!({"data": {"shelf": [{"__typename": "Vault", "title": "x"}]}})));
    let answer = gateway.ask("{ shelf { __typename ... on Book { title } } }").await;
    assert_eq!(answer, json!({"data": {"shelf": [null]}}));
}
