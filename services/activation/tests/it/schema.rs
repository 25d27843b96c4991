//! The subgraph's own SDL, and the catalogue that it answers.

use db::testing::Backend;

use crate::house::House;

#[test]
fn every_type_field_and_argument_has_a_description() {
    assert_eq!(service_kit::testing::undescribed(&activation::sdl()), Vec::<String>::new());
}

#[tokio::test]
async fn the_catalogue_tells_what_each_indicator_counts() {
    let house = House::new(Backend::Sqlite).await;
    let query = "{ indicatorCatalogue { code label numeratorDefinition denominatorDefinition unit population \
                 additiveOverTime additiveOverEstablishments version } }";
    let answer = house.data(query).await;
    let catalogue = answer["indicatorCatalogue"].as_array().expect("a list");
    assert_eq!(catalogue.len(), 11);
    let label = catalogue.iter().find(|indicator| indicator["code"] == "DIGITAL_LABEL").expect("there");
    assert_eq!((label["label"].as_str(), label["population"].as_str()), (Some("Label numérique"), Some("DIRECTORY")));
}

#[test]
fn every_field_has_a_rule_in_the_access_table() {
    assert_eq!(service_kit::testing::unruled(&activation::sdl()), Vec::<String>::new());
}
