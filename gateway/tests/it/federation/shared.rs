//! `@shareable` root fields that several subgraphs resolve, merged deeply; `@override` of fields of an entity.

use serde_json::json;

use super::Graph;

#[tokio::test]
async fn root_fields_are_merged_from_all_who_know_a_part() {
    let graph = Graph::start("shared").await;
    let shop = json!({"shop": {"name": "Chez Mo", "street": "rue A", "shelf": {"left": "L", "right": "R", "deep": {"one": 1, "two": 2}}}});
    let query = "{ shop { name street shelf { left right deep { one two } } } }";
    graph.check(query, shop, &[("names", 1), ("places", 1)]).await;
}

#[tokio::test]
async fn what_all_know_is_asked_of_one() {
    let graph = Graph::start("shared").await;
    let before = graph.requests("names").len() + graph.requests("places").len();
    let answer = graph.ask("{ version shop { best { id } } }", &json!({})).await;
    assert_eq!(answer, json!({"data": {"version": "v", "shop": {"best": {"id": "b1"}}}}));
    assert_eq!(graph.requests("names").len() + graph.requests("places").len() - before, 1);
}

#[tokio::test]
async fn one_part_alone_is_asked_of_who_knows_it() {
    let graph = Graph::start("shared").await;
    graph.check("{ shop { phone } }", json!({"shop": {"phone": "05"}}), &[("places", 1)]).await;
}

#[tokio::test]
async fn an_overridden_field_comes_from_its_new_owner() {
    let graph = Graph::start("shared").await;
    let books = json!({"books": [{"price": 9, "stock": 4}]});
    graph.check("{ books { price stock } }", books, &[("places", 1), ("stock", 1)]).await;
}

#[tokio::test]
async fn overriding_a_subgraph_that_does_not_exist() {
    let graph = Graph::start("shared").await;
    let answer = graph.ask("{ books { isbn } }", &json!({})).await;
    assert_eq!(answer, json!({"data": {"books": [{"isbn": "old"}]}}));
}
