//! Supergraphs composed of the stubs' schemas.
//!
//! `node xtask/compose/compose.mjs SUPERGRAPH PUBLIC SUBGRAPH...` makes `supergraph.graphql` and `plain.graphql` of the three
//! files named like the subgraphs, and `smaller.graphql` of `catalogue` and `people` alone.

use service_kit::sdl::complete;

use super::{catalogue, people, reviews};

/// All three subgraphs.
pub(crate) const SUPERGRAPH: &str = include_str!("../../fixtures/supergraph.graphql");
/// The supergraph before `reviews` joined it.
pub(crate) const SMALLER: &str = include_str!("../../fixtures/smaller.graphql");
/// The schema that clients see: it links no join specification.
pub(crate) const PLAIN: &str = include_str!("../../fixtures/plain.graphql");

/// A failure prints the text to write into the fixture; then compose anew.
#[test]
fn the_fixtures_are_what_the_stubs_serve() {
    assert_eq!(complete(&catalogue::schema()), include_str!("../../fixtures/catalogue.graphql"));
    assert_eq!(complete(&people::schema()), include_str!("../../fixtures/people.graphql"));
    assert_eq!(complete(&reviews::schema()), include_str!("../../fixtures/reviews.graphql"));
}
