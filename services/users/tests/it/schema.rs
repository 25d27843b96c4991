//! The subgraph's own SDL.

#[test]
fn every_type_field_and_argument_has_a_description() {
    assert_eq!(service_kit::testing::undescribed(&users::sdl()), Vec::<String>::new());
}

#[test]
fn every_field_has_a_rule_in_the_access_table() {
    assert_eq!(service_kit::testing::unruled(&users::sdl()), Vec::<String>::new());
}
