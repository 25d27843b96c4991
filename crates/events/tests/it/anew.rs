//! A producer whose database was made anew is followed from its beginning.

use db::testing::Backend;
use rstest::rstest;

use crate::house::{House, Transport};

#[rstest]
#[tokio::test]
async fn an_outbox_that_ends_before_the_offset_is_read_from_its_beginning(
    #[values(Transport::Direct, Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(transport, backend).await;
    house.write_many(600).await;
    house.deliver().await;
    let house = house.with_new_producer().await;
    house.write(&[("new", 7), ("thing 01", 8)]).await;
    assert_eq!(house.deliver().await, 2);
    let things = house.ledger.things().await;
    assert!(things.contains(&("new".to_owned(), 7, 1)), "{things:?}");
    assert!(things.contains(&("thing 01".to_owned(), 8, 1)), "its state is the new one: {things:?}");
    assert_eq!(things.len(), 2, "what is no more is told by no event, and is gone");
    house.write(&[("new", 9)]).await;
    assert_eq!(house.deliver().await, 1);
}
