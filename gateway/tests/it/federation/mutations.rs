//! Mutations across subgraphs: each called once, each finished before the next begins.

use serde_json::json;

use super::Graph;

#[tokio::test]
async fn in_series_across_subgraphs() {
    let graph = Graph::start("mutations").await;
    let query = "mutation { a: add(what: \"x\") b: remove(what: \"y\") c: add(what: \"z\") d: remove(what: \"w\") }";
    let data = json!({"a": "add x", "b": "add x > remove y", "c": "add x > remove y > add z", "d": "add x > remove y > add z > remove w"});
    graph.check(query, data, &[("counts", 2), ("lists", 2)]).await;
}

#[tokio::test]
async fn what_they_give_is_joined() {
    let graph = Graph::start("mutations").await;
    let data = json!({"rename": {"name": "shopping", "count": 3, "owner": {"name": "Ada"}}, "add": "add x"});
    let query = "mutation { rename(to: \"n\") { name count owner { name } } add(what: \"x\") }";
    graph.check(query, data, &[("counts", 1), ("lists", 2), ("users", 1)]).await;
}

#[tokio::test]
async fn one_that_fails_stops_none() {
    let graph = Graph::start("mutations").await;
    let answer = graph.ask("mutation { a: add(what: \"x\") fail b: add(what: \"y\") }", &json!({})).await;
    assert_eq!(answer["data"], json!({"a": "add x", "fail": null, "b": "add x > add y"}));
    assert_eq!(answer["errors"][0]["path"], json!(["fail"]));
}
