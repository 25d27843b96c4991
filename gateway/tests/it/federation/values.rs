//! Value types without a key, whose fields are reached again through their parent.

use serde_json::json;

use super::Graph;

#[tokio::test]
async fn fields_of_a_value_type_come_from_where_they_are() {
    let graph = Graph::start("values").await;
    let address = |city: &str, street: &str, lat: i32, lon: i32| json!({"city": city, "street": street, "point": {"lat": lat, "lon": lon}});
    let all = json!({"schools": [{"address": address("Bordeaux", "rue A", 1, 2)}, {"address": address("Pessac", "rue B", 3, 4)}]});
    graph
        .check("{ schools { address { city street point { lat lon } } } }", all, &[("directory", 1), ("maps", 1)])
        .await;
}

#[tokio::test]
async fn what_the_parents_own_subgraph_knows_is_asked_of_it_alone() {
    let graph = Graph::start("values").await;
    let all = json!({"schools": [{"address": {"city": "Bordeaux", "point": {"lat": 1}}, "label": "one"}, {"address": {"city": "Pessac", "point": {"lat": 3}}, "label": "two"}]});
    graph.check("{ schools { address { city point { lat } } label } }", all, &[("directory", 1)]).await;
}

#[tokio::test]
async fn under_aliases() {
    let graph = Graph::start("values").await;
    let school = json!({"uai": {"address": {"street": "Bordeaux", "city": "rue A", "p": {"lat": 2, "lon": 1}}}});
    let query =
        "{ uai: school(uai: \"0331\") { address { street: city city: street p: point { lat: lon lon: lat } } } }";
    graph.check(query, school, &[("directory", 1), ("maps", 1)]).await;
}
