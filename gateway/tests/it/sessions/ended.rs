//! Sessions that end are forgotten at once, from wherever that is heard.

use std::time::Duration;

use gateway::config::Store;
use redis::AsyncCommands;
use rstest::rstest;
use service_kit::session::{ENDED_HEADER, ended_channel};
use tokio::sync::broadcast;

use super::{builder, gateway, is_known};
use crate::harness::{Answer, Gate, Sessions, SharedRedis, TestGateway, cookie};

/// Waits for what another task brings about, by asking until it is so; much less than what is remembered would last.
async fn soon<F>(what: &str, is_so: impl Fn() -> F + Send + Sync)
where
    F: Future<Output = bool> + Send,
{
    let waiting = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(15), waiting).await.unwrap_or_else(|_| panic!("{what}: never"));
}

async fn call(gateway: &TestGateway, method: &str, path: &str) -> Answer {
    let method = method.parse().expect("a method");
    let request = gateway.client.request(method, format!("{}{path}", gateway.url)).header("cookie", cookie("a"));
    Answer::of(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn a_logout_says_so_in_its_answer_which_no_client_sees() {
    let sessions = Sessions::of(&["a", "b"]);
    let gateway = gateway(&sessions).await;
    assert!(is_known(&gateway, "a").await && is_known(&gateway, "b").await);
    sessions.end("a");
    assert!(is_known(&gateway, "a").await, "it is remembered");
    let answer = call(&gateway, "POST", "/auth/logout").await;
    assert_eq!((answer.text.as_str(), answer.header(ENDED_HEADER)), ("gone", None));
    assert!(!is_known(&gateway, "a").await);
    assert!(is_known(&gateway, "b").await);
    assert_eq!(gateway.reviews.calls(), 3, "of others nothing is forgotten");
}

/// What was read before the end of a session is not the answer to who asks after it.
#[tokio::test]
async fn who_asks_after_the_end_does_not_share_an_answer_with_who_asked_before() {
    let sessions = Sessions::of(&["a"]);
    let gateway = gateway(&sessions).await;
    let gate = Gate::closed();
    gateway.reviews.reply(gate.before(sessions.reply()));
    let before = is_known(&gateway, "a");
    let after = async {
        gate.arrived().await;
        let logout = gateway.client.post(format!("{}/auth/logout", gateway.url)).send();
        assert_eq!(logout.await.expect("an answer").status().as_u16(), 200);
        let later = is_known(&gateway, "a");
        let opened = async {
            gate.arrived().await;
            gate.open();
        };
        tokio::join!(later, opened).0
    };
    assert_eq!(tokio::join!(before, after), (true, true));
    assert_eq!(gateway.reviews.calls(), 2);
}

#[tokio::test]
async fn other_services_end_no_sessions() {
    let sessions = Sessions::of(&["a"]);
    let gateway = gateway(&sessions).await;
    assert!(is_known(&gateway, "a").await);
    let answer = call(&gateway, "GET", "/files/ends").await;
    assert_eq!((answer.status.as_u16(), answer.header(ENDED_HEADER)), (200, None));
    assert!(is_known(&gateway, "a").await);
    assert_eq!(gateway.reviews.calls(), 1);
}

#[tokio::test]
async fn it_is_heard_within_the_process() {
    let (ended, hear) = broadcast::channel(4);
    let sessions = Sessions::of(&["a", "b"]);
    let gateway = builder().sessions_ended(hear).start().await;
    gateway.reviews.reply(sessions.reply());
    assert!(is_known(&gateway, "a").await && is_known(&gateway, "b").await);
    ended.send(sessions.end("a")).expect("it is heard");
    soon("it is forgotten", || async { !is_known(&gateway, "a").await }).await;
    assert!(is_known(&gateway, "b").await);
    assert_eq!(gateway.reviews.calls(), 3, "of others nothing is forgotten");
}

#[tokio::test]
async fn where_too_many_end_to_be_heard_all_are_forgotten() {
    let (ended, hear) = broadcast::channel(1);
    let sessions = Sessions::of(&["a"]);
    let gateway = builder().sessions_ended(hear).start().await;
    gateway.reviews.reply(sessions.reply());
    assert!(is_known(&gateway, "a").await);
    for hash in [sessions.end("a"), Sessions::hash("x"), Sessions::hash("y")] {
        ended.send(hash).expect("it is heard");
    }
    soon("it is forgotten", || async { !is_known(&gateway, "a").await }).await;
}

/// Gateways that know these sessions and hear of their ends over one Redis, where they keep other things, too.
async fn sharing<const N: usize>(store: Store, redis: &SharedRedis, sessions: &Sessions) -> [TestGateway; N] {
    let starting = std::array::from_fn::<_, N, _>(|_| {
        builder().config(|config| config.persisted.store = store).shared(&redis.url, &redis.prefix).start()
    });
    let gateways: [TestGateway; N] =
        futures::future::join_all(starting).await.try_into().unwrap_or_else(|_| panic!("as many as were started"));
    for gateway in &gateways {
        gateway.reviews.reply(sessions.reply());
    }
    gateways
}

/// Publishes a hash; back comes how many gateways listen.
async fn publish(redis: &SharedRedis, hash: &str) -> usize {
    redis.connection().await.publish(ended_channel(&redis.prefix), hash).await.expect("published")
}

/// Waits until `a` is remembered from one question to the next, which it is once the gateway has begun to listen.
async fn remembered(gateway: &TestGateway) {
    soon("it is remembered", || async {
        assert!(is_known(gateway, "a").await);
        let before = gateway.reviews.calls();
        is_known(gateway, "a").await && gateway.reviews.calls() == before
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn every_gateway_hears_it(#[values(Store::Redis)] store: Store) {
    let (redis, sessions) = (SharedRedis::fresh().await, Sessions::of(&["a"]));
    let gateways: [_; 2] = sharing(store, &redis, &sessions).await;
    soon("both listen", || async { publish(&redis, "").await == 2 }).await;
    for gateway in &gateways {
        remembered(gateway).await;
    }
    let hash = sessions.end("a");
    assert_eq!(publish(&redis, &hash).await, 2);
    for gateway in &gateways {
        soon("it is forgotten", || async { !is_known(gateway, "a").await }).await;
    }
}

#[rstest]
#[tokio::test]
async fn what_may_not_have_been_heard_is_forgotten(#[values(Store::Redis)] store: Store) {
    let (redis, sessions) = (SharedRedis::fresh().await, Sessions::of(&["a", "b"]));
    let [gateway] = sharing(store, &redis, &sessions).await;
    soon("it listens", || async { publish(&redis, "").await == 1 }).await;
    remembered(&gateway).await;
    redis.connect(false);
    sessions.end("a");
    soon("it is forgotten", || async { !is_known(&gateway, "a").await }).await;
    assert!(is_known(&gateway, "b").await, "who has a session is known all the while");
    redis.connect(true);
    soon("it listens again", || async { publish(&redis, "").await == 1 }).await;
    let hash = sessions.end("b");
    assert_eq!(publish(&redis, &hash).await, 1);
    soon("it is forgotten", || async { !is_known(&gateway, "b").await }).await;
}

#[rstest]
#[tokio::test]
async fn a_redis_that_was_never_there_stops_nobody(#[values(Store::Redis)] store: Store) {
    let (redis, sessions) = (SharedRedis::fresh().await, Sessions::of(&["a"]));
    redis.connect(false);
    let [gateway] = sharing(store, &redis, &sessions).await;
    assert!(is_known(&gateway, "a").await);
    sessions.end("a");
    soon("it is forgotten", || async { !is_known(&gateway, "a").await }).await;
}
