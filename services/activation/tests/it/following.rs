//! Following the directory by its events: in order, once in effect, whatever happens twice.

use db::outbox::NewEvent;
use db::testing::Backend;
use kernel::EstablishmentKind;
use kernel::events::EstablishmentChanged;
use rstest::rstest;
use serde_json::json;

use crate::house::{House, period, place};

const COUNT: &str = r#"indicator(code: DIGITAL_LABEL, schoolYear: "2020-2021") { denominator }"#;

fn event(change: &EstablishmentChanged) -> NewEvent {
    NewEvent::new(EstablishmentChanged::KIND, change.uai.clone(), change)
}

#[rstest]
#[tokio::test]
async fn each_event_is_applied_once(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let places: Vec<_> =
        (0..1200).map(|number| place(330_000 + number, period(EstablishmentKind::Ecole, "151"))).collect();
    house.send(places.iter().map(event).collect()).await;
    assert_eq!(house.deliver().await, 1200);
    assert_eq!(house.deliver().await, 0);
    assert_eq!(house.at("DEP-33", COUNT).await, json!({ "denominator": 1200.0 }));

    // One moves to another département: the last event tells all.
    let mut moved = period(EstablishmentKind::Ecole, "151");
    moved.department = Some("DEP-24".to_owned());
    let passing = place(330_000, period(EstablishmentKind::College, "340"));
    house.send(vec![event(&passing), event(&place(330_000, moved))]).await;
    assert_eq!(house.deliver().await, 2);
    assert_eq!(house.at("DEP-33", COUNT).await, json!({ "denominator": 1199.0 }));
    assert_eq!(house.at("DEP-24", COUNT).await, json!({ "denominator": 1.0 }));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_deliverers_apply_each_event_once(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let places: Vec<_> =
        (0..1600).map(|number| place(330_000 + number, period(EstablishmentKind::Ecole, "151"))).collect();
    house.send(places.iter().map(event).collect()).await;
    let (a, b, c) = tokio::join!(house.deliver(), house.deliver(), house.deliver());
    assert_eq!(a + b + c, 1600);
    assert_eq!(house.at("DEP-33", COUNT).await, json!({ "denominator": 1600.0 }));
}

#[rstest]
#[tokio::test]
async fn an_event_that_cannot_be_read_stops_nothing(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    let broken = NewEvent { aggregate: "x".to_owned(), kind: EstablishmentChanged::KIND, payload: json!({ "uai": 1 }) };
    let foreign = NewEvent { aggregate: "x".to_owned(), kind: "SomethingElse", payload: json!({}) };
    house.send(vec![broken, foreign, event(&place(330_001, period(EstablishmentKind::Ecole, "151")))]).await;
    assert_eq!(house.deliver().await, 3);
    assert_eq!(house.at("FR", COUNT).await, json!({ "denominator": 1.0 }));
}

#[rstest]
#[tokio::test]
async fn a_directory_that_was_made_anew_is_followed_from_its_beginning(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let before: Vec<_> = (1..=3).map(|number| place(number, period(EstablishmentKind::Ecole, "151"))).collect();
    house.send(before.iter().map(event).collect()).await;
    house.deliver().await;
    // Its outbox begins again at 1, and this service has already applied 3 events of the old one.
    let anew = House::new(backend).await;
    anew.send(vec![event(&place(4, period(EstablishmentKind::Ecole, "151")))]).await;
    assert_eq!(house.deliver_from(&anew.producer.db).await, 1);
    assert_eq!(house.at("DEP-33", COUNT).await, json!({ "denominator": 1.0 }), "and what is no more in it is gone");
}
