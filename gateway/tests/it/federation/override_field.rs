//! `@override` together with interfaces and `@requires`.

use serde_json::json;

use super::Graph;

#[tokio::test]
async fn on_objects_of_an_interface() {
    let graph = Graph::start("override").await;
    let feed = json!({"feed": [{"id": "p1", "created": "new"}, {"id": "n1", "created": "note"}]});
    graph.check("{ feed { id created } }", feed, &[("after", 1)]).await;
    let posts = json!({"posts": [{"created": "new"}]});
    graph.check("{ posts { created } }", posts, &[("after", 1), ("before", 1)]).await;
}

#[tokio::test]
async fn beside_requires() {
    let graph = Graph::start("override").await;
    let posts = json!({"posts": [{"slug": "new-one", "mark": "mark one", "author": {"name": "Ada"}}]});
    graph.check("{ posts { slug mark author { name } } }", posts, &[("after", 1), ("before", 1)]).await;
    let feed = json!({"feed": [{"slug": "new-one"}, {}]});
    graph.check("{ feed { ... on Post { slug } } }", feed, &[("after", 2), ("before", 1)]).await;
}

#[tokio::test]
async fn a_share_of_the_requests() {
    let graph = Graph::start("progressive").await;
    let all = json!({"post": {"gone": "new", "flag": "old"}});
    let answer = graph.ask("{ post { gone flag } }", &json!({})).await;
    assert_eq!(answer, json!({"data": all}));
    let mut old = 0;
    for _ in 0..60 {
        let answer = graph.ask("{ post { half } }", &json!({})).await;
        match answer["data"]["post"]["half"].as_str() {
            Some("old") => old += 1,
            half => assert_eq!(half, Some("new"), "{answer}"),
        }
    }
    // All of one kind comes about once in 2^59 runs.
    assert!((1..60).contains(&old), "{old}");
    assert!(graph.requests("after").len() < 63);
}

#[tokio::test]
async fn a_label_that_is_switched_on() {
    let graph = Graph::start_with("progressive", |config| {
        config.override_labels.insert("new-flag".to_owned());
    })
    .await;
    let answer = graph.ask("{ post { title flag } }", &json!({})).await;
    assert_eq!(answer, json!({"data": {"post": {"title": "one", "flag": "new"}}}));
}
