//! `@provides`: what a subgraph knows where it says so, and nowhere else.

use serde_json::json;

use super::Graph;

#[tokio::test]
async fn a_provided_field_is_not_asked_for_again() {
    let graph = Graph::start("provides").await;
    graph.check("{ latest { by { name } } }", json!({"latest": {"by": {"name": "Ada"}}}), &[("reviews", 1)]).await;
    let elsewhere = json!({"reviews": [{"by": {"name": "Ada"}}, {"by": {"name": "Bo"}}]});
    graph.check("{ reviews { by { name } } }", elsewhere, &[("people", 1), ("reviews", 1)]).await;
}

#[tokio::test]
async fn nested() {
    let graph = Graph::start("provides").await;
    let cities = json!({"reviews": [{"by": {"home": {"city": "Dax"}}}, {"by": {"home": {"city": "Pau"}}}]});
    graph.check("{ reviews { by { home { city } } } }", cities, &[("reviews", 1)]).await;
    let more = json!({"latest": {"by": {"born": 1990, "home": {"city": "Dax", "zip": "40100"}}}});
    graph.check("{ latest { by { born home { city zip } } } }", more, &[("people", 1), ("reviews", 1)]).await;
}

#[tokio::test]
async fn on_an_interface_for_some_of_its_objects() {
    let graph = Graph::start("provides").await;
    let titles = json!({"reviews": [{"of": {"title": "Germinal"}}, {"of": {"id": "f1"}}]});
    let query = "{ reviews { of { ... on Book { title } ... on Film { id } } } }";
    graph.check(query, titles, &[("reviews", 1)]).await;
    let all = json!({"reviews": [{"of": {"title": "Germinal"}}, {"of": {"title": "Zazie"}}]});
    graph.check("{ reviews { of { title } } }", all, &[("media", 1), ("reviews", 1)]).await;
}

#[tokio::test]
async fn on_a_union() {
    let graph = Graph::start("provides").await;
    let titles = json!({"reviews": [{"near": {"title": "Germinal"}}, {"near": {"title": "Zazie"}}]});
    let query = "{ reviews { near { ... on Book { title } ... on Film { title } } } }";
    graph.check(query, titles, &[("reviews", 1)]).await;
}
