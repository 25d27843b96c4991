//! Several who deliver, several who write, all at once.

use std::sync::Arc;

use db::testing::Backend;
use events::{Background, Worker};
use kernel::Clock;
use rstest::rstest;

use crate::house::{House, SOURCE, Transport};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_of_each_role_and_a_command_apply_each_event_once(
    #[values(Transport::Direct, Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = Arc::new(House::new(transport, backend).await);
    let mut roles = Vec::new();
    for _ in 0..2 {
        let worker = Worker::new(Clock::System);
        roles.push(Background::start(vec![house.follower(&worker)], house.relay(&worker).into_iter().collect()));
    }
    let writers: Vec<_> = (0..3)
        .map(|_| {
            let house = Arc::clone(&house);
            tokio::spawn(async move {
                for _ in 0..10 {
                    house.write_many(60).await;
                    house.write_and_roll_back().await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no panic");
    }
    // A command that writes delivers before it ends, whoever else is at it.
    let command = Worker::new(Clock::System);
    events::deliver(&command, &house.ledger, SOURCE, &house.producer.db).await.expect("delivered");
    house.check_journal(&house.ledger).await;
    house.write_many(5).await;
    for role in roles {
        role.stop().await;
    }
    // Their leases were given back: nobody is waited for.
    house.deliver().await;
    house.check_journal(&house.ledger).await;
    assert_eq!(house.distance(&house.ledger).await.1, 1805, "what was rolled back is in no outbox");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_arrives_without_any_command(
    #[values(Transport::Direct, Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(transport, backend).await;
    let worker = Worker::new(Clock::System);
    let role = Background::start(vec![house.follower(&worker)], house.relay(&worker).into_iter().collect());
    house.write_many(1000).await;
    while house.distance(&house.ledger).await.0 < 1000 {
        tokio::task::yield_now().await;
    }
    role.stop().await;
    house.check_journal(&house.ledger).await;
}
