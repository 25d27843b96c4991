//! The subgraph's own SDL.

#[test]
fn every_type_field_and_argument_has_a_description() {
    let missing = service_kit::testing::undescribed(&establishments::sdl());
    assert_eq!(missing, Vec::<String>::new());
}

#[tokio::test]
async fn the_service_field_answers_the_completed_sdl() {
    let house = crate::house::House::new(db::testing::Backend::Sqlite).await;
    let answer = house.data("{ _service { sdl } }").await;
    assert_eq!(answer["_service"]["sdl"], establishments::sdl());
    assert!(establishments::sdl().contains("federation/v2.9"));
}

#[test]
fn every_field_has_a_rule_in_the_access_table() {
    assert_eq!(service_kit::testing::unruled(&establishments::sdl()), Vec::<String>::new());
}
