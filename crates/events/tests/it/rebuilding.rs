//! A projection that is made anew is the one that events have kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use db::testing::Backend;
use events::{RebuildError, Worker};
use kernel::Clock;
use rstest::rstest;

use crate::house::{BRIEFLY, House, SOURCE, Transport, worker};

#[rstest]
#[tokio::test]
async fn it_equals_the_one_that_was_kept(
    #[values(Transport::Direct, Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(transport, backend).await;
    house.write_many(1234).await;
    house.deliver().await;
    let kept = house.ledger.things().await;
    house.ledger.spoil().await;
    let producers = [(SOURCE, house.producer.db.clone())];
    assert_eq!(events::rebuild(&worker(0), &house.ledger, &producers).await.expect("rebuilt"), 1234);
    assert_eq!(house.ledger.things().await, kept);
    house.check_journal(&house.ledger).await;
    // And events go on from there, by the same way as before.
    house.write_many(60).await;
    assert_eq!(house.deliver().await, 60);
    house.check_journal(&house.ledger).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_on_beside_writers_deliverers_and_readers(
    #[values(Transport::Direct, Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = Arc::new(House::new(transport, backend).await);
    house.write_many(2000).await;
    house.deliver().await;
    let over = Arc::new(AtomicBool::new(false));
    let (of_writer, of_reader, of_follower) = (Arc::clone(&house), Arc::clone(&house), Arc::clone(&house));
    let (until_writer, until_reader, until_follower) = (Arc::clone(&over), Arc::clone(&over), Arc::clone(&over));
    let writer = tokio::spawn(async move {
        while !until_writer.load(Ordering::Relaxed) {
            of_writer.write_many(20).await;
        }
    });
    let reader = tokio::spawn(async move {
        while !until_reader.load(Ordering::Relaxed) {
            assert_eq!(of_reader.ledger.things().await.len(), 50, "what was, or what is, and never half");
        }
    });
    let follower = tokio::spawn(async move {
        let worker = Worker::new(Clock::System);
        let (mut follower, mut relay) = (of_follower.follower(&worker), of_follower.relay(&worker));
        while !until_follower.load(Ordering::Relaxed) {
            if let Some(relay) = &mut relay {
                relay.step().await.expect("relayed");
            }
            follower.step(BRIEFLY).await.expect("followed");
        }
        follower.release().await;
        if let Some(relay) = &mut relay {
            relay.release().await;
        }
    });
    let producers = [(SOURCE, house.producer.db.clone())];
    for _ in 0..3 {
        let applied = events::rebuild(&Worker::new(Clock::System), &house.ledger, &producers).await.expect("rebuilt");
        assert!(applied >= 2000, "{applied}");
    }
    over.store(true, Ordering::Relaxed);
    for task in [writer, reader, follower] {
        task.await.expect("no panic");
    }
    house.deliver().await;
    house.check_journal(&house.ledger).await;
}

#[rstest]
#[tokio::test]
async fn without_its_source_it_stays_as_it_is(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(Transport::Direct, backend).await;
    house.write(&[("a", 1)]).await;
    house.deliver().await;
    let refused = events::rebuild(&worker(0), &house.ledger, &[]).await;
    assert!(matches!(refused, Err(RebuildError::Missing(SOURCE))));
    assert_eq!(house.ledger.things().await.len(), 1);
}
