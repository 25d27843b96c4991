//! Leases keep others from the same work, and no longer than their holder lives.

use db::testing::Backend;
use events::{Step, Worker};
use kernel::Clock;
use rstest::rstest;

use crate::house::{BRIEFLY, House, SOURCE, Transport, worker};

#[rstest]
#[tokio::test]
async fn one_delivers_at_a_time_and_a_crashed_one_is_waited_for_no_longer_than_its_lease(
    #[values(Transport::Direct, Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(transport, backend).await;
    house.write_many(1400).await;
    let (crashed, beside, after) = (worker(0), worker(14), worker(16));
    let mut relay = house.relay(&crashed);
    let mut first = house.follower(&crashed);
    let mut step = Step::Current;
    while step == Step::Current {
        if let Some(relay) = &mut relay {
            relay.step().await.expect("relayed");
        }
        step = first.step(BRIEFLY).await.expect("followed");
    }
    assert_eq!(step, Step::Applied(500));
    drop((first, relay));

    assert_eq!(house.follower(&beside).step(BRIEFLY).await.expect("looked"), Step::Busy);
    if let Some(mut relay) = house.relay(&beside) {
        assert_eq!(relay.step().await.expect("looked"), 0);
    }
    let mut second = house.follower(&after);
    if let Some(mut relay) = house.relay(&after) {
        // It begins the stream anew, from where it was told that the consumer is.
        assert_eq!(relay.step().await.expect("relayed"), 500);
        relay.step().await.expect("relayed");
    }
    assert_eq!(second.step(BRIEFLY).await.expect("followed"), Step::Applied(500));
    // Its own, it may renew; and given back, anybody may take it.
    let mut third = house.follower(&worker(16));
    assert_eq!(third.step(BRIEFLY).await.expect("looked"), Step::Busy);
    second.release().await;
    assert_ne!(third.step(BRIEFLY).await.expect("followed"), Step::Busy);
}

#[rstest]
#[tokio::test]
async fn a_command_does_not_wait_for_one_that_stands_still(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(Transport::Direct, backend).await;
    house.write_many(1100).await;
    let mut wedged = house.follower(&Worker::new(Clock::System));
    assert_eq!(wedged.step(BRIEFLY).await.expect("followed"), Step::Applied(500));
    let command = Worker::new(Clock::System);
    let applied = events::deliver(&command, &house.ledger, SOURCE, &house.producer.db).await.expect("delivered");
    assert_eq!(applied, 600);
    house.check_journal(&house.ledger).await;
}
