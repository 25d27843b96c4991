//! `@interfaceObject`: subgraphs that know an interface as an object.

use rstest::rstest;
use serde_json::json;

use super::Graph;
use crate::harness::Reply;

#[rstest]
#[case::fields_added("{ people { name posts email } }",
    json!({"people": [{"name": "Mme D", "posts": 2, "email": "t1@x"}, {"name": "Ada", "posts": 7, "email": "p1@x"}]}), &[("people", 1), ("posts", 1)])]
#[case::from_the_object("{ authors { id posts } }", json!({"authors": [{"id": "p1", "posts": 7}, {"id": "t1", "posts": 2}]}), &[("posts", 1)])]
#[case::names_from_the_interface("{ authors { __typename id posts } }",
    json!({"authors": [{"__typename": "Pupil", "id": "p1", "posts": 7}, {"__typename": "Teacher", "id": "t1", "posts": 2}]}), &[("people", 1), ("posts", 1)])]
#[case::fragments("{ authors { posts ... on Pupil { level } ... on Teacher { subject posts } } }",
    json!({"authors": [{"posts": 7, "level": "CM2"}, {"posts": 2, "subject": "maths"}]}), &[("people", 1), ("posts", 1)])]
#[case::not_resolvable("{ members { id } }", json!({"members": [{"id": "p1"}]}), &[("clubs", 1)])]
#[case::not_resolvable_and_more("{ members { name posts } }", json!({"members": [{"name": "Ada", "posts": 7}]}), &[("clubs", 1), ("people", 1), ("posts", 1)])]
#[case::extended_indirectly("{ people { ... on Teacher { room } ... on Pupil { room } } }",
    json!({"people": [{"room": "r12"}, {"room": "r3"}]}), &[("people", 1), ("rooms", 1)])]
#[case::extended_from_an_object("{ authors { ... on Pupil { room level } } }", json!({"authors": [{"room": "r3", "level": "CM2"}, {}]}), &[("people", 1), ("posts", 1), ("rooms", 1)])]
#[case::own_of_an_object("{ people { ... on Teacher { email } } }", json!({"people": [{"email": "t1@x"}, {}]}), &[("people", 1)])]
#[case::own_of_an_object_that_is_not_told_apart("{ authors { ... on Teacher { email } } }", json!({"authors": [{}, {"email": "t1@x"}]}), &[("people", 1), ("posts", 1)])]
#[case::own_of_some_objects("{ people { email } }", json!({"people": [{"email": "t1@x"}, {"email": "p1@x"}]}), &[("people", 1), ("posts", 1)])]
#[tokio::test]
async fn known_as_an_object(#[case] query: &str, #[case] data: serde_json::Value, #[case] calls: &[(&str, usize)]) {
    Graph::start("interface_object").await.check(query, data, calls).await;
}

#[rstest]
#[case::requires("{ people { card } }", json!({"people": [{"card": "card of Mme D"}, {"card": "card of Ada"}]}), &[("cards", 1), ("people", 1)])]
#[case::requires_from_an_object("{ owner { card name } }", json!({"owner": {"card": "card of Mme D", "name": "Mme D"}}), &[("cards", 2), ("people", 1)])]
#[case::requires_and_name("{ owner { __typename card } }", json!({"owner": {"__typename": "Teacher", "card": "card of Mme D"}}), &[("cards", 2), ("people", 1)])]
#[case::requires_of_another_object("{ owner { sign } }", json!({"owner": {"sign": "sign B1"}}), &[("cards", 1), ("signs", 1)])]
#[case::within_fragments("{ people { ... on Teacher { posts card } ... on Pupil { email } } }",
    json!({"people": [{"posts": 2, "card": "card of Mme D"}, {"email": "p1@x"}]}), &[("cards", 1), ("people", 1), ("posts", 1)])]
#[tokio::test]
async fn known_as_an_object_by_several(
    #[case] query: &str,
    #[case] data: serde_json::Value,
    #[case] calls: &[(&str, usize)],
) {
    Graph::start("interface_objects").await.check(query, data, calls).await;
}

/// `members` is of a subgraph that cannot tell a ghost, which is not public, from a teacher.
#[tokio::test]
async fn what_nobody_can_name_is_not_shown_where_the_name_decides_whether_it_is_public() {
    let graph = Graph::start("hidden_object").await;
    let answer = graph.ask("{ members { id posts } all { id } }", &json!({})).await;
    let all = json!([{"id": "t1"}, {"id": "p1"}, null]);
    assert_eq!(answer["data"], json!({"members": [{"id": "t1", "posts": 2}, null], "all": all}));
    graph.subgraph("people").reply(Reply::html());
    let answer = graph.ask("{ members { id posts } }", &json!({})).await;
    assert_eq!(answer["data"], json!({"members": [null, null]}), "{answer}");
    assert!(!answer.to_string().contains("g1"), "{answer}");
}
