//! What holds of sessions wherever they are kept.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::Clock;
use redis::AsyncCommands;
use rstest::rstest;
use sign_in::sessions::{Attempt, Whose};
use sign_in::{RedisSessions, Session, Sessions, SessionsConfig, StoreAway, session_hash};
use uuid::Uuid;

use crate::harness::{Kept, Shelf};

fn config() -> SessionsConfig {
    SessionsConfig { max_per_person: 3, max_in_memory: 5, ..SessionsConfig::default() }
}

fn now() -> DateTime<Utc> {
    Clock::System.now()
}

fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

fn session(person: Uuid, at: DateTime<Utc>) -> Session {
    Session {
        id: Uuid::now_v7(),
        person,
        provider: "ent".to_owned(),
        subject: format!("subject of {person}"),
        sid: Some(format!("sid of {person}")),
        id_token: Some("a.b.c".to_owned()),
        created_at: at,
        last_seen_at: at,
    }
}

fn attempt(at: DateTime<Utc>) -> Attempt {
    Attempt {
        provider: "ent".to_owned(),
        nonce: "nonce".to_owned(),
        verifier: "verifier".to_owned(),
        browser: "browser".to_owned(),
        return_to: "/".to_owned(),
        created_at: at,
    }
}

fn hashes(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| session_hash(name)).collect()
}

async fn begun(store: &dyn Sessions, names: &[&str], person: Uuid, at: DateTime<Utc>) -> Vec<String> {
    let mut ended = Vec::new();
    for (name, second) in names.iter().zip(0..) {
        let session = session(person, at + TimeDelta::seconds(second));
        ended.extend(store.begin(&session_hash(name), &session).await.expect("begun"));
    }
    ended
}

async fn listed(store: &dyn Sessions, whose: Whose, at: DateTime<Utc>) -> Vec<String> {
    store.of(&whose, at).await.expect("listed").into_iter().map(|held| held.hash).collect()
}

#[rstest]
#[tokio::test]
async fn a_session_is_found_until_it_ends(#[values(Kept::Memory, Kept::Redis)] kept: Kept) {
    let (store, at, hash) = (kept.fresh(&config()), now(), session_hash("a"));
    let own = session(Uuid::now_v7(), at);
    assert!(store.begin(&hash, &own).await.expect("begun").is_empty());
    assert_eq!(store.find(&hash, at).await, Ok(Some(own)));
    assert_eq!(store.find(&session_hash("b"), at).await, Ok(None));
    assert_eq!(store.end(&hash).await, Ok(true));
    assert_eq!(store.end(&hash).await, Ok(false));
    assert_eq!(store.find(&hash, at).await, Ok(None));
}

#[rstest]
#[tokio::test]
async fn who_does_not_use_it_loses_it(#[values(Kept::Memory, Kept::Redis)] kept: Kept) {
    let (store, at, hash) = (kept.fresh(&config()), now(), session_hash("a"));
    begun(&*store, &["a"], Uuid::now_v7(), at).await;
    let seen = store.find(&hash, at + TimeDelta::seconds(59)).await.expect("asked").expect("there");
    assert_eq!(seen.last_seen_at, at, "written down once a minute at most");
    let seen = store.find(&hash, at + minutes(29)).await.expect("asked").expect("there");
    assert_eq!(seen.last_seen_at, at + minutes(29));
    assert!(store.find(&hash, at + minutes(58)).await.expect("asked").is_some(), "its use counted");
    assert_eq!(store.find(&hash, at + minutes(58 + 30)).await, Ok(None));
    assert_eq!(store.find(&hash, at + minutes(58)).await, Ok(None), "it does not come back");
}

/// One request uses it while another ends it.
#[rstest]
#[tokio::test]
async fn what_has_ended_is_not_written_down_as_used(#[values(Kept::Memory, Kept::Redis)] kept: Kept) {
    let (store, at, hash) = (kept.fresh(&config()), now(), session_hash("a"));
    for _ in 0..20 {
        begun(&*store, &["a"], Uuid::now_v7(), at).await;
        let (_, ended) = futures::join!(store.find(&hash, at + minutes(2)), store.end(&hash));
        assert_eq!(ended, Ok(true));
        assert_eq!(store.find(&hash, at + minutes(2)).await, Ok(None));
    }
}

#[rstest]
#[tokio::test]
async fn who_uses_it_all_day_loses_it_too(#[values(Kept::Memory, Kept::Redis)] kept: Kept) {
    let (store, at, hash) = (kept.fresh(&config()), now(), session_hash("a"));
    begun(&*store, &["a"], Uuid::now_v7(), at).await;
    for minute in (20..12 * 60).step_by(20) {
        assert!(store.find(&hash, at + minutes(minute)).await.expect("asked").is_some(), "after {minute} minutes");
    }
    assert_eq!(store.find(&hash, at + minutes(12 * 60)).await, Ok(None));
}

#[rstest]
#[tokio::test]
async fn one_too_many_ends_the_oldest(#[values(Kept::Memory, Kept::Redis)] kept: Kept) {
    let (store, at, person) = (kept.fresh(&config()), now(), Uuid::now_v7());
    let other = begun(&*store, &["other"], Uuid::now_v7(), at).await;
    let ended = begun(&*store, &["a", "b", "c", "d"], person, at).await;
    assert_eq!((other, ended), (hashes(&[]), hashes(&["a"])));
    assert_eq!(listed(&*store, Whose::Person(person), at).await, hashes(&["b", "c", "d"]), "from the oldest");
    assert_eq!(store.find(&session_hash("a"), at).await, Ok(None));
    store.end(&session_hash("b")).await.expect("ended");
    assert!(begun(&*store, &["e"], person, at + minutes(1)).await.is_empty(), "there was room again");
}

#[rstest]
#[tokio::test]
async fn what_is_over_takes_no_room(#[values(Kept::Memory, Kept::Redis)] kept: Kept) {
    let (store, at, person) = (kept.fresh(&config()), now(), Uuid::now_v7());
    begun(&*store, &["a", "b"], person, at).await;
    let later = at + minutes(31);
    assert!(listed(&*store, Whose::Person(person), later).await.is_empty());
    assert_eq!(store.end_of(&Whose::Person(Uuid::now_v7())).await, Ok(Vec::new()));
}

#[rstest]
#[tokio::test]
async fn all_of_somebody_end_together(#[values(Kept::Memory, Kept::Redis)] kept: Kept) {
    let (store, at, person, other) = (kept.fresh(&config()), now(), Uuid::now_v7(), Uuid::now_v7());
    let (provider, subject, sid) = ("ent".to_owned(), format!("subject of {person}"), format!("sid of {person}"));
    for whose in [
        Whose::Person(person),
        Whose::Subject { provider: provider.clone(), subject: subject.clone() },
        Whose::Sid { provider: provider.clone(), sid: sid.clone() },
    ] {
        begun(&*store, &["a", "b"], person, at).await;
        begun(&*store, &["c"], other, at).await;
        assert_eq!(listed(&*store, whose.clone(), at).await, hashes(&["a", "b"]), "{whose:?}");
        for wrong in [
            Whose::Subject { provider: "other".to_owned(), subject: subject.clone() },
            Whose::Sid { provider: "other".to_owned(), sid: sid.clone() },
            Whose::Sid { provider: provider.clone(), sid: subject.clone() },
        ] {
            assert_eq!(store.end_of(&wrong).await, Ok(Vec::new()), "{wrong:?}");
        }
        let mut ended = store.end_of(&whose).await.expect("ended");
        ended.sort();
        let mut both = hashes(&["a", "b"]);
        both.sort();
        assert_eq!(ended, both, "{whose:?}");
        assert_eq!(store.end_of(&whose).await, Ok(Vec::new()));
        assert_eq!(store.find(&session_hash("a"), at).await, Ok(None));
        assert!(store.find(&session_hash("c"), at).await.expect("asked").is_some());
    }
}

#[rstest]
#[tokio::test]
async fn an_attempt_is_taken_once(#[values(Kept::Memory, Kept::Redis)] kept: Kept) {
    let (store, at) = (kept.fresh(&config()), now());
    store.put_attempt("k", &attempt(at)).await.expect("kept");
    assert_eq!(store.take_attempt("other", at).await, Ok(None));
    let both = futures::join!(store.take_attempt("k", at), store.take_attempt("k", at));
    let taken = [both.0.expect("asked"), both.1.expect("asked")];
    assert_eq!(taken.iter().flatten().collect::<Vec<_>>(), [&attempt(at)]);
    store.put_attempt("k", &attempt(at)).await.expect("kept");
    assert_eq!(store.take_attempt("k", at + minutes(10)).await, Ok(None), "too late");
}

#[rstest]
#[tokio::test]
async fn a_key_is_used_once(#[values(Kept::Memory, Kept::Redis)] kept: Kept) {
    let (store, at) = (kept.fresh(&config()), now());
    let until = at + minutes(6);
    assert_eq!(store.use_once("k", until, at).await, Ok(true));
    assert_eq!(store.use_once("k", until, at).await, Ok(false));
    assert_eq!(store.use_once("l", until, at).await, Ok(true));
}

#[tokio::test]
async fn memory_is_bounded() {
    let (store, at) = (Kept::Memory.fresh(&config()), now());
    let mut ended = Vec::new();
    for name in ["a", "b", "c", "d", "e", "f"] {
        ended.extend(begun(&*store, &[name], Uuid::now_v7(), at).await);
    }
    assert_eq!(ended.len(), 1, "the sixth ended one");
    for number in 0..6 {
        store.put_attempt(&number.to_string(), &attempt(at + TimeDelta::seconds(number))).await.expect("kept");
    }
    assert_eq!(store.take_attempt("0", at).await, Ok(None), "the oldest gave way");
    assert!(store.take_attempt("1", at).await.expect("asked").is_some());
}

#[rstest]
#[tokio::test]
async fn several_gateways_share_them_and_all_ends_by_itself(#[values(Kept::Redis)] kept: Kept) {
    assert_eq!(kept, Kept::Redis, "there is nothing to share in memory");
    let (shelf, at) = (Shelf::fresh(), now());
    let (one, other) = (shelf.store(&config()), shelf.store(&config()));
    let person = Uuid::now_v7();
    begun(&*one, &["a", "b", "c"], person, at).await;
    assert!(other.find(&session_hash("a"), at).await.expect("asked").is_some());
    assert_eq!(begun(&*other, &["d"], person, at + minutes(1)).await, hashes(&["a"]));
    assert_eq!(one.find(&session_hash("a"), at).await, Ok(None));
    one.put_attempt("k", &attempt(at)).await.expect("kept");
    assert_eq!(other.use_once("k", at + minutes(1), at).await, Ok(true));
    assert_eq!(one.use_once("k", at + minutes(1), at).await, Ok(false));

    let mut connection = shelf.connection().await;
    let keys = shelf.keys().await;
    assert_eq!(keys.len(), 3 + 3 + 1 + 1, "{keys:?}");
    for key in keys {
        let left: i64 = connection.pttl(&key).await.expect("asked");
        assert!((1..=12 * 60 * 60 * 1000).contains(&left), "{key} stays for {left} ms");
        assert!(!key.contains(&person.to_string()) && !key.contains("sid of"), "{key}");
    }
}

#[tokio::test]
async fn a_store_that_is_away_lets_nobody_in() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
    let store = RedisSessions::new(&format!("redis://{nobody}"), "p", &config()).expect("an address");
    assert_eq!(store.find(&session_hash("a"), now()).await, Err(StoreAway));
    assert_eq!(store.begin(&session_hash("a"), &session(Uuid::now_v7(), now())).await, Err(StoreAway));
    assert!(RedisSessions::new("nowhere", "p", &config()).is_err());
    assert_eq!(SessionsConfig::default().idle, Duration::from_mins(30));
}
