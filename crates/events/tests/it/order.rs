//! Each event once in effect, in the order of commits, by each way and on each database.

use std::io::Write;
use std::sync::{Arc, Mutex};

use db::outbox::NewEvent;
use db::testing::Backend;
use events::Step;
use rstest::rstest;
use serde_json::json;

use crate::house::{BRIEFLY, House, Transport, worker};

#[rstest]
#[tokio::test]
async fn everything_arrives_once_and_in_order(
    #[values(Transport::Direct, Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(transport, backend).await;
    house.write(&[("a", 1), ("b", 2)]).await;
    house.write_and_roll_back().await;
    house.write(&[("a", 3)]).await;
    assert_eq!(house.deliver().await, 3);
    assert_eq!(house.ledger.things().await, [("a".to_owned(), 3, 2), ("b".to_owned(), 2, 1)]);
    house.write_many(1300).await;
    house.write_and_roll_back().await;
    assert_eq!(house.deliver().await, 1300);
    assert_eq!(house.deliver().await, 0);
    house.check_journal(&house.ledger).await;
}

#[rstest]
#[tokio::test]
async fn what_is_sent_twice_is_applied_once(
    #[values(Transport::Direct, Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(transport, backend).await;
    house.write_many(700).await;
    // Two who read the same batch: the offsets decide, whatever the leases say.
    let (early, late) = (worker(0), worker(3600));
    let (mut first, mut second) = (house.follower(&early), house.follower(&late));
    let mut relays = [house.relay(&early), house.relay(&late)];
    for _ in 0..8 {
        for relay in relays.iter_mut().flatten() {
            relay.step().await.expect("relayed");
        }
        let (one, two) = tokio::join!(first.step(BRIEFLY), second.step(BRIEFLY));
        let (_, _) = (one.expect("followed"), two.expect("followed"));
    }
    for follower in [&mut first, &mut second] {
        follower.release().await;
    }
    for relay in relays.iter_mut().flatten() {
        relay.release().await;
    }
    // What was delivered by hand in between is known to the way that comes after.
    house.write_many(40).await;
    events::deliver(&worker(7200), &house.ledger, crate::house::SOURCE, &house.producer.db).await.expect("delivered");
    house.write_many(40).await;
    house.deliver().await;
    house.check_journal(&house.ledger).await;
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[rstest]
#[tokio::test]
async fn an_event_that_cannot_be_read_is_told_and_stops_nothing(
    #[values(Transport::Direct, Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(transport, backend).await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    let _told = tracing::subscriber::set_default(subscriber);
    house.write(&[("a", 1)]).await;
    house.append(vec![NewEvent::new("Counted", "a", &json!({ "value": "two" }))]).await;
    house.write(&[("b", 3)]).await;
    assert_eq!(house.deliver().await, 3);
    assert_eq!(house.ledger.things().await, [("a".to_owned(), 1, 1), ("b".to_owned(), 3, 1)]);
    let told = String::from_utf8(log.0.lock().expect("no panic").clone()).expect("text");
    assert!(told.contains("an event cannot be read and is passed over") && told.contains("seq=2"), "{told}");
}

#[rstest]
#[tokio::test]
async fn a_consumer_that_comes_late_gets_everything(
    #[values(Transport::Direct, Transport::Redis)] transport: Transport,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(transport, backend).await;
    house.write_many(900).await;
    house.deliver().await;
    let late = house.another("shelf").await;
    house.write_many(300).await;
    assert_eq!(house.deliver_to(&late).await, 1200);
    assert_eq!(house.deliver().await, 300);
    house.check_journal(&late).await;
    house.check_journal(&house.ledger).await;
    assert_eq!(house.ledger.things().await, late.things().await);
}

#[rstest]
#[tokio::test]
async fn nothing_to_do_takes_no_lease(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(Transport::Direct, backend).await;
    let mut follower = house.follower(&worker(0));
    assert_eq!(follower.step(BRIEFLY).await.expect("followed"), Step::Current);
    let other = worker(0);
    house.write(&[("a", 1)]).await;
    assert_eq!(house.follower(&other).step(BRIEFLY).await.expect("followed"), Step::Applied(1));
}
