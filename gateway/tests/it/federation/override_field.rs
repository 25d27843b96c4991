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
