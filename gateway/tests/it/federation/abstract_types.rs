//! Interfaces and unions whose members differ between subgraphs; names under aliases; enums and inputs that differ.

use rstest::rstest;
use serde_json::json;

use super::Graph;

#[rstest]
#[case::reviews("{ shelf { id ... on Book { reviews { stars } } ... on Film { reviews { stars } minutes } } }",
    json!({"shelf": [{"id": "b1", "reviews": [{"stars": 5}]}, {"id": "f1", "reviews": [{"stars": 3}], "minutes": 90}]}), &[("media", 1), ("reviews", 1)])]
#[case::another_interface("{ shelf { ... on Reviewed { reviews { stars } } } }",
    json!({"shelf": [{"reviews": [{"stars": 5}]}, {"reviews": [{"stars": 3}]}]}), &[("media", 1), ("reviews", 1)])]
#[case::an_interface_of_two_subgraphs("{ stack { ... on Ranked { rank } } }", json!({"stack": [{"rank": 3}, {"rank": 1}]}), &[("music", 1)])]
#[case::a_union_within_an_interface("{ shelf { cover { ... on Image { url } ... on Clip { seconds } __typename } } }",
    json!({"shelf": [{"cover": {"url": "u1", "__typename": "Image"}}, {"cover": {"seconds": 8, "__typename": "Clip"}}]}), &[("media", 1)])]
#[case::names_under_aliases("{ shelf { kind: __typename id: __typename t: title } }",
    json!({"shelf": [{"kind": "Book", "id": "Book", "t": "Germinal"}, {"kind": "Film", "id": "Film", "t": "Zazie"}]}), &[("media", 1)])]
#[case::a_member_that_one_subgraph_lacks("{ found { __typename ... on Disc { title tracks } ... on Film { title } ... on Book { isbn } } }",
    json!({"found": [{"__typename": "Film", "title": "Zazie"}, {"__typename": "Disc", "title": "Blue", "tracks": 10}, {"__typename": "Book", "isbn": "978"}]}), &[("media", 1), ("music", 1), ("reviews", 1)])]
#[case::an_alias_named_like_a_key("{ shelf { id: title title: id ... on Book { x: reviews { id: stars } } } }",
    json!({"shelf": [{"id": "Germinal", "title": "b1", "x": [{"id": 5}]}, {"id": "Zazie", "title": "f1"}]}), &[("media", 1), ("reviews", 1)])]
#[case::one_response_name_for_different_fields("{ shelf { ... on Book { size: pages what: title } ... on Film { size: minutes what: title } } }",
    json!({"shelf": [{"size": 300, "what": "Germinal"}, {"size": 90, "what": "Zazie"}]}), &[("media", 1)])]
#[case::beside_introspection("{ __typename pick { title } __type(name: \"Book\") { name } a: __typename }",
    json!({"__typename": "Query", "pick": {"title": "Germinal"}, "__type": {"name": "Book"}, "a": "Query"}), &[("media", 1)])]
#[case::conditions_at_depth("{ pick { ... on Medium { ... on Book { ... on Reviewed { ... on Book { isbn title } } } } } }",
    json!({"pick": {"isbn": "978", "title": "Germinal"}}), &[("media", 1), ("reviews", 1)])]
#[tokio::test]
async fn abstract_types(#[case] query: &str, #[case] data: serde_json::Value, #[case] calls: &[(&str, usize)]) {
    Graph::start("abstract").await.check(query, data, calls).await;
}

/// `Ranked.rank` is of a book in `music` and of a film in `reviews`; a null of one is no null of the other.
#[tokio::test]
async fn an_interface_whose_objects_lie_in_different_subgraphs() {
    let graph = Graph::start("abstract").await;
    let answer = graph.ask("{ found { ... on Ranked { rank } } }", &json!({})).await;
    assert_eq!(answer, json!({"data": {"found": [{"rank": null}, {"rank": 3}, {"rank": 1}]}}));
}

#[tokio::test]
async fn what_a_condition_leaves_out_is_not_fetched() {
    let graph = Graph::start("abstract").await;
    let query = "query($r: Boolean!) { shelf { title ... on Book @include(if: $r) { isbn } ... on Film { reviews @skip(if: $r) { stars } } } }";
    let plain = json!({"shelf": [{"title": "Germinal", "isbn": "978"}, {"title": "Zazie"}]});
    graph.check_with(query, json!({"r": true}), plain, &[("media", 1), ("reviews", 1)]).await;
    let query = "query($r: Boolean!) { shelf { title ... on Book @include(if: $r) { isbn } ... on Film { reviews @include(if: $r) { stars } } } }";
    let plain = json!({"shelf": [{"title": "Germinal"}, {"title": "Zazie"}]});
    graph.check_with(query, json!({"r": false}), plain, &[("media", 1)]).await;
}

#[tokio::test]
async fn enum_values_and_input_fields_that_all_subgraphs_know() {
    let graph = Graph::start("enums").await;
    let users = json!({"users": [{"role": "TEACHER", "past": ["PUPIL", "TEACHER"]}, {"role": "HEAD", "past": []}]});
    graph.check("{ users { role past } }", users, &[("one", 1), ("two", 1)]).await;
    let answer = graph.ask("{ echo(by: {size: 3}) }", &json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{answer}");
    assert_eq!(
        graph.ask("{ echo(by: {name: \"y\"}) }", &json!({})).await,
        json!({"data": {"echo": "{\"name\":\"y\"}"}})
    );
}

/// A field that may be null in one subgraph and not in the other has one name in the public schema, and needs two where both are
/// asked of one subgraph at once.
#[tokio::test]
async fn one_response_name_with_different_nullability() {
    let graph = Graph::start("mismatched").await;
    let query = "{ users { id name } accounts { ... on User { id } ... on Admin { id } } }";
    let data = json!({"users": [{"id": "u1", "name": "Ada"}], "accounts": [{"id": "u1"}, {"id": "a1"}]});
    assert_eq!(graph.ask(query, &json!({})).await, json!({"data": data}));
    let query = "{ accounts { ... on User { id twins { ... on Admin { id } ... on User { id twins { ... on User { id } } } } } } }";
    let twins = json!([{"id": "a1"}, {"id": "u1", "twins": [{}, {"id": "u1"}]}]);
    let answer = graph.ask(query, &json!({})).await;
    assert_eq!(answer, json!({"data": {"accounts": [{"id": "u1", "twins": twins}, {}]}}));
}
