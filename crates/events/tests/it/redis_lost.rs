//! Redis is emptied, restarted, or away: delivery lags and loses nothing.

use db::testing::Backend;
use events::{Background, FollowError, Follower, Relay, Source, Step, Streams, Worker};
use kernel::Clock;
use rstest::rstest;

use crate::house::{BRIEFLY, House, SOURCE, Transport, worker};

#[rstest]
#[tokio::test]
async fn an_emptied_redis_is_filled_again(
    #[values(Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(transport, backend).await;
    let keys = house.keys.as_ref().expect("over Redis");
    house.write_many(2400).await;
    let worker = worker(0);
    let (mut follower, mut relay) = (house.follower(&worker), house.relay(&worker).expect("over Redis"));
    let mut applied = 0;
    for round in 0..40 {
        // Lost at every point of the round in turn, six times.
        if round < 18 && round % 3 == 0 {
            keys.lose().await;
        }
        if let Step::Applied(count) = follower.step(BRIEFLY).await.expect("followed") {
            applied += count;
        }
        if round < 18 && round % 3 == 1 {
            keys.lose().await;
        }
        relay.step().await.expect("relayed");
    }
    assert_eq!(applied, 2400);
    house.check_journal(&house.ledger).await;
}

#[rstest]
#[tokio::test]
async fn a_redis_that_is_away_stops_nobody_else(
    #[values(Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(transport, backend).await;
    house.write_many(30).await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address");
    let away = Streams::new(&format!("redis://{nobody}"), "test").expect("an address");
    let worker = Worker::new(Clock::System);
    let desk = std::sync::Arc::new(house.ledger.clone());
    let mut follower = Follower::new(&worker, desk, SOURCE, Source::Streams(away.clone()));
    assert!(matches!(follower.step(BRIEFLY).await, Err(FollowError::Streams(_))));
    let relay = Relay::new(&worker, SOURCE, house.producer.db.clone(), &away);
    let role = Background::start(vec![follower], vec![relay]);
    // A command with both databases at hand delivers all the same.
    let command = Worker::new(Clock::System);
    assert_eq!(events::deliver(&command, &house.ledger, SOURCE, &house.producer.db).await.expect("delivered"), 30);
    role.stop().await;
    house.check_journal(&house.ledger).await;
}

#[test]
fn an_address_that_is_none_is_refused_and_a_password_is_never_shown() {
    assert!(Streams::new("http://127.0.0.1", "p").is_err());
    let streams = Streams::new("redis://default:secret@127.0.0.1:1/0", "p").expect("an address");
    assert!(!format!("{streams:?}").contains("secret"));
}
