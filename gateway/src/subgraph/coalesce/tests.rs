//! Calls are held until a test answers them.

use futures::poll;
use kernel::Principal;
use rstest::rstest;
use service_kit::telemetry::TraceContext;
use tokio::sync::oneshot;

use super::*;
use crate::telemetry::Account;

/// A subgraph that answers when it is told to.
#[derive(Default)]
struct Held(Mutex<Vec<oneshot::Sender<Bytes>>>);

impl SubgraphClient for Held {
    fn call(&self, _: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>> {
        async {
            let (answer, answered) = oneshot::channel();
            self.0.lock().expect("no panic").push(answer);
            answered.await.map_err(|_| CallError::TimedOut)
        }
        .boxed()
    }

    fn subscribe(&self, _: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>> {
        async { Err(CallError::Refused) }.boxed()
    }
}

impl Held {
    fn calls(&self) -> usize {
        self.0.lock().expect("no panic").len()
    }

    fn answer(&self, call: usize, answer: &'static str) {
        let mut calls = self.0.lock().expect("no panic");
        let (unused, _) = oneshot::channel();
        let asked = std::mem::replace(&mut calls[call], unused);
        asked.send(Bytes::from_static(answer.as_bytes())).expect("somebody waits");
    }

    fn is_given_up(&self, call: usize) -> bool {
        self.0.lock().expect("no panic")[call].is_closed()
    }
}

fn shared() -> (Arc<Held>, Coalesce) {
    let held = Arc::new(Held::default());
    (Arc::clone(&held), Coalesce::around("people", held))
}

fn question() -> SubgraphRequest {
    SubgraphRequest {
        body: Bytes::from_static(b"{}"),
        principal: Some("token".to_owned()),
        caller: Arc::new(Principal::application("portal")),
        headers: headers("a"),
        request_id: Arc::from("r1"),
        intent: Intent::Query,
        account: Arc::new(Account::new("r1", TraceContext::default())),
    }
}

fn headers(tenant: &'static str) -> HeaderMap {
    [(HeaderName::from_static("x-tenant"), HeaderValue::from_static(tenant))].into_iter().collect()
}

fn with(change: impl FnOnce(&mut SubgraphRequest)) -> SubgraphRequest {
    let mut request = question();
    change(&mut request);
    request
}

fn header(name: &'static str, value: &'static str) -> SubgraphRequest {
    with(|request| request.headers.extend([(HeaderName::from_static(name), HeaderValue::from_static(value))]))
}

#[tokio::test]
async fn who_asks_the_same_meanwhile_shares_the_answer() {
    let (held, client) = shared();
    let mut first = client.call(question());
    assert!(poll!(&mut first).is_pending());
    let mut second = client.call(with(|request| request.request_id = Arc::from("r2")));
    assert!(poll!(&mut second).is_pending());
    assert_eq!(held.calls(), 1);
    held.answer(0, "one");
    assert_eq!((second.await.expect("an answer"), first.await.expect("an answer")), ("one".into(), "one".into()));
    assert!(client.under_way.calls().by_question.is_empty());

    let mut later = client.call(question());
    assert!(poll!(&mut later).is_pending());
    held.answer(1, "two");
    assert_eq!(later.await.expect("an answer"), "two", "who comes later asks anew");
}

#[rstest]
#[case::body(with(|request| request.body = Bytes::from_static(b"{ }")))]
#[case::token(with(|request| request.principal = Some("other".to_owned())))]
#[case::no_token(with(|request| request.principal = None))]
#[case::caller(with(|request| request.caller = Arc::new(Principal::anonymous())))]
#[case::header(with(|request| request.headers = headers("b")))]
#[case::one_more_value(header("x-tenant", "b"))]
#[case::one_more_header(header("x-other", "b"))]
#[case::no_header(with(|request| request.headers.clear()))]
#[case::after_a_mutation(with(|request| request.intent = Intent::FollowUp))]
#[case::mutation(with(|request| request.intent = Intent::Mutation))]
#[tokio::test]
async fn whoever_differs_in_anything_asks_alone(#[case] other: SubgraphRequest) {
    for (one, other) in [(question(), other.clone()), (other.clone(), question())] {
        let (held, client) = shared();
        let (mut one, mut other) = (client.call(one), client.call(other));
        assert!(poll!(&mut one).is_pending() && poll!(&mut other).is_pending());
        assert_eq!(held.calls(), 2);
        held.answer(1, "other");
        held.answer(0, "one");
        assert_eq!((one.await.expect("an answer"), other.await.expect("an answer")), ("one".into(), "other".into()));
    }
    assert!(!Arc::ptr_eq(&question().caller, &question().caller), "callers are compared by what they are");
}

#[test]
fn a_hash_alone_makes_nothing_the_same() {
    let of = |request| Question { hash: 1, request };
    assert!(of(question()) == of(question()));
    assert!(of(question()) != of(with(|request| request.caller = Arc::new(Principal::anonymous()))));
    assert!(of(question()) != of(with(|request| request.body = Bytes::from_static(b"[]"))));
    assert!(of(question()) != of(with(|request| request.principal = None)));
    for headers in [headers("b"), HeaderMap::new(), header("x-tenant", "b").headers, header("x-other", "a").headers] {
        assert!(of(question()) != of(with(|request| request.headers = headers)));
    }
}

#[tokio::test]
async fn where_a_request_is_followed_makes_no_difference() {
    let (held, client) = shared();
    let (mut one, mut other) = (client.call(header("traceparent", "00-1")), client.call(header("traceparent", "00-2")));
    let mut without = client.call(question());
    assert!(poll!(&mut one).is_pending() && poll!(&mut other).is_pending() && poll!(&mut without).is_pending());
    assert_eq!(held.calls(), 1);
}

#[tokio::test]
async fn a_call_goes_on_as_long_as_somebody_waits() {
    let (held, client) = shared();
    let (mut first, mut second) = (client.call(question()), client.call(question()));
    assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
    drop(first);
    assert!(!held.is_given_up(0));
    held.answer(0, "one");
    assert_eq!((second.await.expect("an answer"), held.calls()), ("one".into(), 1));
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_is_given_up() {
    let (held, client) = shared();
    let (mut first, mut second) = (client.call(question()), client.call(question()));
    assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
    drop((first, second));
    assert!(held.is_given_up(0));
    assert!(client.under_way.calls().by_question.is_empty());
    let mut third = client.call(question());
    assert!(poll!(&mut third).is_pending());
    held.answer(1, "two");
    assert_eq!(third.await.expect("an answer"), "two");
}

#[tokio::test]
async fn after_a_mutation_nobody_is_told_what_was_asked_before() {
    let (held, client) = shared();
    let mut before = client.call(question());
    assert!(poll!(&mut before).is_pending());
    let mut mutation = client.call(with(|request| request.intent = Intent::Mutation));
    assert!(poll!(&mut mutation).is_pending());
    held.answer(1, "changed");
    assert_eq!(mutation.await.expect("an answer"), "changed");
    let mut after = client.call(question());
    assert!(poll!(&mut after).is_pending());
    assert_eq!(held.calls(), 3);
    held.answer(0, "old");
    assert_eq!(before.await.expect("an answer"), "old");
    let mut joining = client.call(question());
    assert!(poll!(&mut joining).is_pending());
    assert_eq!(held.calls(), 3, "the end of the older call ends no later one");
    held.answer(2, "new");
    assert_eq!((after.await.expect("an answer"), joining.await.expect("an answer")), ("new".into(), "new".into()));
}

/// A failing call of others, joined late, says nothing of the time that the one who joined has.
#[tokio::test]
async fn who_joined_a_call_that_had_no_time_left_asks_once_more() {
    let (held, shared) = shared();
    let (mut first, mut second) = (shared.call(question()), shared.call(question()));
    assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
    assert_eq!(held.calls(), 1);
    held.0.lock().expect("no panic")[0] = oneshot::channel().0;
    assert!(matches!(first.await, Err(CallError::TimedOut)), "who began it is told");
    assert!(poll!(&mut second).is_pending());
    assert_eq!(held.calls(), 2);
    held.0.lock().expect("no panic")[1] = oneshot::channel().0;
    assert!(matches!(second.await, Err(CallError::TimedOut)), "once");
    assert_eq!(held.calls(), 2);
}
