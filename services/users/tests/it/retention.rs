//! Who has left is noticed, told, and erased later; who comes back is not.

use db::testing::Backend;
use kernel::Profile;
use kernel::events::PersonErased;
use rstest::rstest;
use serde_json::{Value, json};
use users::{Evidence, Registration, Retained, RetentionOptions};
use uuid::Uuid;

use crate::families::{by_law, child, parent};
use crate::house::{COLLEGE, ECOLE, House, at, clock, registration};

/// The day on which people are noticed, and the day on which they are erased.
const NOTICED: &str = "2018-10-01";
const ERASED: &str = "2018-12-30";

fn options(day: &str) -> RetentionOptions {
    RetentionOptions { grace_days: 30, notice_days: 90, dry_run: false, clock: at(day) }
}

async fn retain(house: &House, day: &str) -> Retained {
    users::retain(&house.store, &options(day)).await.expect("the database answers")
}

async fn tried(house: &House, day: &str) -> Retained {
    let before = house.everything().await;
    let options = RetentionOptions { dry_run: true, ..options(day) };
    let tried = users::retain(&house.store, &options).await.expect("the database answers");
    assert_eq!(house.everything().await, before, "a dry run changes nothing");
    tried
}

fn done(noticed: u64, returned: u64, erased: u64) -> Retained {
    Retained { noticed, returned, erased }
}

fn in_year(year: &str, told: Registration) -> Registration {
    let mut told = told;
    told.affiliations[0].school_year = year.parse().expect("a year");
    told
}

/// Somebody of last year.
fn left(value: &str) -> Registration {
    in_year("2017-2018", registration(value, Profile::Teacher, ECOLE, None))
}

/// The same in this year.
fn back(value: &str) -> Registration {
    registration(value, Profile::Teacher, COLLEGE, None)
}

async fn departure(house: &mut House, person: Uuid) -> Value {
    house.by_person(person).await;
    house.field("{ me { departure { noticedOn erasedOn } } }", json!({}), "me").await["departure"].clone()
}

#[rstest]
#[tokio::test]
async fn who_has_left_is_noticed_after_the_grace_and_erased_after_the_notice(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut house = House::new(backend).await;
    let gone = house.person(left("gone")).await;
    let here = house.person(back("here")).await;
    // A feed that is early speaks of the year that comes.
    let next = house.person(in_year("2019-2020", back("next"))).await;
    assert_eq!(retain(&house, "2018-08-01").await, done(0, 0, 0), "the new year has begun, and feeds are late");
    assert_eq!(retain(&house, "2018-09-30").await, done(0, 0, 0));
    assert_eq!(departure(&mut house, gone).await, Value::Null);
    assert_eq!(tried(&house, NOTICED).await, done(1, 0, 0));
    assert_eq!(retain(&house, NOTICED).await, done(1, 0, 0));
    assert_eq!(retain(&house, NOTICED).await, done(0, 0, 0), "told again");
    assert_eq!(retain(&house, "2018-12-29").await, done(0, 0, 0));
    assert_eq!(departure(&mut house, gone).await, json!({ "noticedOn": NOTICED, "erasedOn": ERASED }));
    for other in [here, next] {
        assert_eq!(departure(&mut house, other).await, Value::Null);
    }
    let told = house.last_event().await;
    assert_eq!(tried(&house, ERASED).await, done(0, 0, 1));
    assert_eq!(retain(&house, ERASED).await, done(0, 0, 1));
    assert_eq!(retain(&house, ERASED).await, done(0, 0, 0), "told again");
    let erased: Vec<String> = house.told(PersonErased::KIND, told).await.into_iter().map(|(about, _)| about).collect();
    assert_eq!(erased, [gone.to_string()]);
    assert_eq!(house.select("SELECT reason FROM erasures").await, ["RETENTION"]);
    assert_eq!(house.bearer("alienor", "gone").await, None);
    assert_eq!(
        (house.bearer("alienor", "here").await, house.bearer("alienor", "next").await),
        (Some(here), Some(next))
    );
    assert_eq!(house.count("departures").await, 0);
}

#[rstest]
#[tokio::test]
async fn who_comes_back_is_no_more_noticed(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let mut house = House::new(backend).await;
    let person = house.person(left("one")).await;
    let other = house.person(left("other")).await;
    assert_eq!(retain(&house, NOTICED).await, done(2, 0, 0));
    house.person(back("one")).await;
    assert_eq!(tried(&house, ERASED).await, done(0, 1, 1), "who is back is not counted among the erased");
    assert_eq!(retain(&house, "2018-11-20").await, done(0, 1, 0));
    assert_eq!(departure(&mut house, person).await, Value::Null);
    assert_ne!(departure(&mut house, other).await, Value::Null);
    assert_eq!(retain(&house, ERASED).await, done(0, 0, 1));
    assert_eq!(house.bearer("alienor", "one").await, Some(person));
    // Who is back by the day of the end alone is spared, too.
    house.person(left("late")).await;
    assert_eq!(retain(&house, "2019-01-10").await, done(1, 0, 0));
    house.person(back("late")).await;
    assert_eq!(retain(&house, "2019-06-01").await, done(0, 1, 0));
    assert_eq!(house.count("erasures").await, 1);
}

#[rstest]
#[tokio::test]
async fn who_was_merged_meanwhile_goes_and_stays_with_the_other(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let house = House::new(backend).await;
    let why = Evidence { rule: "HUMAN".to_owned(), evidence: "both are one".to_owned() };
    let merge = async |from: Uuid, into: Uuid| {
        users::merge(&house.store, &clock(), from, into, &why).await.expect("merged");
    };
    let [gone, here] = [house.person(left("gone")).await, house.person(back("here")).await];
    let [one, other] = [house.person(left("one")).await, house.person(left("other")).await];
    assert_eq!(retain(&house, NOTICED).await, done(3, 0, 0));
    merge(gone, here).await;
    merge(one, other).await;
    assert_eq!(tried(&house, ERASED).await, done(0, 0, 1));
    assert_eq!(retain(&house, ERASED).await, done(0, 0, 1), "two who are one and have left are erased once");
    assert_eq!(house.bearer("alienor", "gone").await, Some(gone), "who is one with somebody here stays");
    assert_eq!((house.bearer("alienor", "one").await, house.bearer("alienor", "other").await), (None, None));
    assert_eq!(house.count("departures").await, 0);
    assert_eq!(retain(&house, ERASED).await, done(0, 0, 0));
}

#[rstest]
#[tokio::test]
async fn guardians_leave_with_their_children(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let house = House::new(backend).await;
    for (value, guardian, year) in [("a", "p", "2017-2018"), ("b", "q", "2018-2019")] {
        house.person(in_year(year, child(value, Some("2008-03-01"), vec![by_law(guardian)]))).await;
        house.person(parent(guardian)).await;
    }
    assert_eq!(retain(&house, NOTICED).await, done(2, 0, 0));
    assert_eq!(retain(&house, ERASED).await, done(0, 0, 2));
    assert_eq!(house.select("SELECT value FROM identifiers ORDER BY value").await, ["b", "q"]);
}
