//! What random operations have found, one by one.

use rstest::rstest;
use serde_json::json;

use super::compare::{Outcome, ask};
use crate::federation::Graph;

#[rstest]
// Conditions: of a fragment at the root, of all that an object is asked for, of a fragment whose type is its object's own.
#[case::a_fragment_at_the_root("atlas", "query($a: Boolean!) { ... @skip(if: $a) { people { fines } } }", json!({"a": true}))]
#[case::nothing_is_left("atlas", "{ people { ... on Teacher { mentor @include(if: false) { id } } } }", json!({}))]
#[case::a_fragment_within_a_fragment("atlas", "query($a: Boolean!) { copies { book { related { creators { ... on Author { ... @skip(if: $a) { pen } } } } } } }", json!({"a": false}))]
#[case::around_what_requires("atlas", "query($a: Boolean!) { works { ... on Book { blurb @include(if: $a) } title } }", json!({"a": true}))]
// Fragments that no object can meet, and such that all do.
#[case::impossible_within_an_interface("atlas", "{ loans { by { fines ... on Contact { ... on Email { address } } } } }", json!({}))]
#[case::of_some_objects("atlas", "{ contacts { ... on Person { loans { returned } } ... on School { borrowed } } }", json!({}))]
#[case::of_an_interface_around("atlas", "{ borrowers { ... on Node { id ... on Pupil { level } } } }", json!({}))]
// The arguments of a required field beside a client's own, or none.
#[case::arguments_beside_none("atlas", "{ copies { book { label title } } }", json!({}))]
#[case::arguments_beside_others("atlas", "{ works { ... on Book { label title(lang: DE) spine } } loans { fee } }", json!({}))]
// What is required in a subgraph that is reached through another, by a key that it does not have.
#[case::another_key("atlas", "{ book(isbn: \"978-1\") { blurb } }", json!({}))]
#[case::through_another_subgraph("atlas", "{ copies { book { blurb } } }", json!({}))]
#[case::from_its_own_subgraph("atlas", "{ loans { of { ... on Book { label blurb } } } }", json!({}))]
#[case::within_its_own_type("atlas", "mutation { publish(isbn: \"978-1\") { loans { of { ... on Book { blurb } } } } }", json!({}))]
#[case::of_several_objects("atlas", "{ works { ... on Book { summary(n: 3) digest { person { greeting } works { id } } } } }", json!({}))]
// Interfaces that a subgraph knows as an object.
#[case::one_object("atlas", "{ me { greeting } }", json!({}))]
#[case::beside_the_objects_own("atlas", "{ school(uai: \"0331\") { head { degrees greeting motto } } }", json!({}))]
#[case::objects_apart("atlas", "{ borrowers { ... on Pupil { fines } ... on Author { id } } }", json!({}))]
#[case::within_itself("atlas", "{ people { loans { by { ... on Teacher { fines } } } } }", json!({}))]
#[case::reached_through_another("atlas", "{ prices { ... on Book { loans { by { ... on Teacher { id } } } } } }", json!({}))]
#[case::named_before_the_interfaces_own("atlas", "{ borrowers { ... on Teacher { subject { weight } } } }", json!({}))]
#[case::by_several_subgraphs("interface_objects", "{ people { sign email card badge posts } }", json!({}))]
#[case::by_a_composite_key("atlas", "{ assets { remark value owner { value room { number } } ... on Laptop { cpu club { id } } } }", json!({}))]
#[case::objects_by_several_subgraphs(
    "interface_objects",
    "{ owner { sign ... on Teacher { subject posts card } ... on Pupil { level } } }",
    json!({})
)]
#[case::of_some_objects_of_an_interface("atlas", "{ described { label } prices { ... on Described { label } price } }", json!({}))]
#[tokio::test]
async fn found(#[case] graph: &str, #[case] query: &str, #[case] variables: serde_json::Value) {
    // Plans follow the order of hash maps: once may not show it.
    for _ in 0..3 {
        let graph = Graph::start_exact(graph, str::to_owned, |_| {}).await;
        if let Outcome::Differs(how) = ask(&graph, &json!({"query": query, "variables": variables})).await {
            panic!("{query}\n{how}");
        }
    }
}
