//! What stands in Redis: a window, trimmed as the consumer goes on, and no gap that anybody would step over.

use db::testing::Backend;
use events::{FollowError, Step, WINDOW};
use redis::AsyncCommands;
use rstest::rstest;

use crate::house::{BRIEFLY, House, Transport, worker};

async fn fill(relay: &mut events::Relay) {
    while relay.step().await.expect("relayed") > 0 {}
}

#[rstest]
#[tokio::test]
async fn a_stream_is_bounded_and_trimmed(
    #[values(Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(transport, backend).await;
    let slow = house.another("shelf").await;
    let keys = house.keys.as_ref().expect("over Redis");
    house.write_many(WINDOW + 1500).await;
    let worker = worker(0);
    let (mut follower, mut relay) = (house.follower(&worker), house.relay(&worker).expect("over Redis"));
    let mut asleep = house.follower_of(&worker, &slow);
    // Nobody has asked yet: nothing is kept for nobody.
    fill(&mut relay).await;
    assert!(keys.all().await.is_empty());
    for follower in [&mut follower, &mut asleep] {
        assert_eq!(follower.step(BRIEFLY).await.expect("followed"), Step::Current);
    }
    fill(&mut relay).await;
    assert_eq!((keys.length("desk").await, keys.length("shelf").await), (WINDOW, WINDOW));
    // Who is quick is not held up by who is slow.
    assert_eq!(follower.step(BRIEFLY).await.expect("followed"), Step::Applied(500));
    fill(&mut relay).await;
    assert_eq!(keys.length("desk").await, WINDOW, "500 applied, 500 added: the relay has not heard of it yet");
    while house.distance(&house.ledger).await.0 < WINDOW + 1500 {
        follower.step(BRIEFLY).await.expect("followed");
        fill(&mut relay).await;
    }
    follower.step(BRIEFLY).await.expect("followed");
    fill(&mut relay).await;
    assert_eq!((keys.length("desk").await, keys.length("shelf").await), (0, WINDOW));
    house.check_journal(&house.ledger).await;
}

#[rstest]
#[tokio::test]
async fn a_gap_is_waited_for_and_what_is_not_ours_is_thrown_away(
    #[values(Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(transport, backend).await;
    let keys = house.keys.as_ref().expect("over Redis");
    let mut connection = keys.connection().await;
    house.write(&[("a", 1), ("a", 2), ("a", 3)]).await;
    let worker = worker(0);
    let (mut follower, mut relay) = (house.follower(&worker), house.relay(&worker).expect("over Redis"));
    let entry = [
        ("previous", "2"),
        ("aggregate", "a"),
        ("kind", "Counted"),
        ("payload", "{\"value\":3}"),
        ("occurred_at", "2021-02-01T12:00:00Z"),
    ];
    let () = connection.xadd(keys.stream("desk"), "3-0", &entry).await.expect("added");
    assert_eq!(follower.step(BRIEFLY).await.expect("followed"), Step::Waiting);
    assert!(house.ledger.journal().await.is_empty());
    fill(&mut relay).await;
    assert_eq!(follower.step(BRIEFLY).await.expect("followed"), Step::Applied(3));

    let () = connection.xadd(keys.stream("desk"), "4-0", &[("hello", "world")]).await.expect("added");
    assert!(matches!(follower.step(BRIEFLY).await, Err(FollowError::Streams(_))));
    house.write(&[("b", 4)]).await;
    for _ in 0..3 {
        fill(&mut relay).await;
        follower.step(BRIEFLY).await.expect("followed");
    }
    house.check_journal(&house.ledger).await;
}

#[rstest]
#[tokio::test]
async fn a_consumer_that_is_gone_leaves_nothing_and_may_come_back(
    #[values(Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(transport, backend).await;
    let keys = house.keys.as_ref().expect("over Redis");
    house.write_many(100).await;
    let mut follower = house.follower(&worker(0));
    follower.step(BRIEFLY).await.expect("followed");
    let mut relay = house.relay(&worker(60)).expect("over Redis");
    fill(&mut relay).await;
    assert_eq!(keys.all().await.len(), 2, "{:?}", keys.all().await);
    fill(&mut house.relay(&worker(3700)).expect("over Redis")).await;
    assert!(keys.all().await.is_empty(), "{:?}", keys.all().await);

    let (mut back, mut relay) = (house.follower(&worker(4000)), house.relay(&worker(4000)).expect("over Redis"));
    back.step(BRIEFLY).await.expect("followed");
    fill(&mut relay).await;
    assert_eq!(back.step(BRIEFLY).await.expect("followed"), Step::Applied(100));
}
