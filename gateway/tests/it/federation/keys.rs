//! Entities by single, several, composite and nested keys.

use serde_json::json;

use super::Graph;

#[tokio::test]
async fn through_an_intermediate_subgraph() {
    let graph = Graph::start("keys").await;
    let meals = json!({"pupil": {"name": "Ada", "meals": 3}});
    graph
        .check("{ pupil(ine: \"i1\") { name meals } }", meals, &[("canteen", 1), ("numbers", 1), ("register", 1)])
        .await;
}

#[tokio::test]
async fn a_key_that_comes_back_null_and_an_entity_that_nobody_knows() {
    let graph = Graph::start("keys").await;
    let answer = graph.ask("{ pupils { name meals } }", &json!({})).await;
    let pupils = json!([{"name": "Ada", "meals": 3}, {"name": "Bo", "meals": 5}, {"name": "Cy", "meals": null}, {"name": "Di", "meals": null}]);
    assert_eq!(answer, json!({"data": {"pupils": pupils}}));
}

#[tokio::test]
async fn composite_and_nested_keys() {
    let graph = Graph::start("keys").await;
    let seats = json!({"pupils": [{"seat": {"comfort": "hard"}}, {"seat": null}, {"seat": {"comfort": "hard"}}, {"seat": {"comfort": "soft"}}]});
    graph.check("{ pupils { seat { comfort } } }", seats, &[("furniture", 1), ("register", 1)]).await;
    let [request] = &graph.requests("furniture")[..] else { panic!("one call") };
    assert_eq!(request.representations().as_array().map(Vec::len), Some(2), "each entity once");
    let desks = json!({"pupils": [{"desk": {"wood": "oak", "place": 4}}, {"desk": {"wood": "ash", "place": 5}}, {"desk": null}, {"desk": {"wood": "oak", "place": 4}}]});
    graph.check("{ pupils { desk { wood place } } }", desks, &[("furniture", 1), ("register", 1)]).await;
}

#[tokio::test]
async fn a_key_that_is_not_resolvable_here_is_there() {
    let graph = Graph::start("keys").await;
    let floors = json!({"pupil": {"desk": {"room": {"building": {"floors": 2, "code": "N"}}}}});
    graph
        .check(
            "{ pupil(ine: \"i1\") { desk { room { building { floors code } } } } }",
            floors,
            &[("numbers", 1), ("register", 1)],
        )
        .await;
}

#[tokio::test]
async fn what_is_known_is_not_asked_for() {
    let graph = Graph::start("keys").await;
    let known = json!({"pupil": {"ine": "i2", "desk": {"place": 5, "room": {"name": "101", "building": {"code": "N"}}}, "seat": null}});
    graph
        .check(
            "{ pupil(ine: \"i2\") { ine desk { place room { name building { code } } } seat { row column } } }",
            known,
            &[("register", 1)],
        )
        .await;
}
