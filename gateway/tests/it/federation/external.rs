//! Subgraphs written for Federation 1 and 2, and every way in which they say that a field is somebody else's.

use rstest::rstest;
use serde_json::json;

use super::Graph;

#[tokio::test]
async fn extensions_of_the_first_version() {
    let graph = Graph::start("first_version").await;
    let stock =
        json!({"products": [{"name": "pen", "inStock": "stock of p1"}, {"name": "desk", "inStock": "stock of p2"}]});
    graph.check("{ products { name inStock } }", stock, &[("inventory", 1), ("products", 1)]).await;
    let shipping = json!({"products": [{"shipping": "3 x 1"}, {"shipping": "90 x 20"}]});
    graph.check("{ products { shipping } }", shipping, &[("inventory", 1), ("products", 1)]).await;
    let both = json!({"products": [{"inStock": "stock of p1", "shipping": "3 x 1"}, {"inStock": "stock of p2", "shipping": "90 x 20"}]});
    graph.check("{ products { inStock shipping } }", both, &[("inventory", 1), ("products", 1)]).await;
}

#[rstest]
#[case::of_another_subgraph("{ seller { name } }", json!({"seller": {"name": "Ada"}}), &[("sellers", 1), ("users", 1)])]
#[case::of_its_own("{ me { id nick } }", json!({"me": {"id": "u1", "nick": "a"}}), &[("users", 1)])]
#[case::a_key("{ seller { id } }", json!({"seller": {"id": "u1"}}), &[("sellers", 1)])]
#[tokio::test]
async fn extends_of_the_first_version(
    #[case] query: &str,
    #[case] data: serde_json::Value,
    #[case] calls: &[(&str, usize)],
) {
    Graph::start("first_version").await.check(query, data, calls).await;
}

/// The first version says of a value type's field that is external and given all the same.
#[tokio::test]
async fn what_is_provided_in_the_first_version() {
    let graph = Graph::start("first_version").await;
    graph.check("{ seller { nick } }", json!({"seller": {"nick": "a"}}), &[("sellers", 1)]).await;
}

#[rstest]
#[case::required("{ products { tax } }", json!({"products": [{"tax": "tax on 3"}, {"tax": "tax on 90"}]}), &[("products", 1), ("taxes", 1)])]
#[case::a_key_marked_external("{ random { id rank } }", json!({"random": {"id": "u1", "rank": 1}}), &[("ranks", 1)])]
#[case::not_here("{ random { name } }", json!({"random": {"name": "Ada"}}), &[("ranks", 1), ("users", 1)])]
#[case::provided("{ given { name nick rank } }", json!({"given": {"name": "Ada", "nick": "a", "rank": 1}}), &[("ranks", 1)])]
#[case::from_elsewhere("{ me { name rank } }", json!({"me": {"name": "Ada", "rank": 1}}), &[("ranks", 1), ("users", 1)])]
#[case::a_whole_type("{ pinned { price spec { mass } } }", json!({"pinned": {"price": 3, "spec": {"mass": 10}}}), &[("whole", 1)])]
#[tokio::test]
async fn spellings_of_the_second_version(
    #[case] query: &str,
    #[case] data: serde_json::Value,
    #[case] calls: &[(&str, usize)],
) {
    Graph::start("external_spellings").await.check(query, data, calls).await;
}
