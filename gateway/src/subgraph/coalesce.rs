//! The same question of the same caller, asked once while its answer is awaited.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard};

use ::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};

use super::{CallError, Events, Intent, SubgraphClient, SubgraphRequest};

/// Headers in which calls may differ that share an answer: they say where a request is followed, and nothing of who asks.
const TRACES: [&str; 2] = ["traceparent", "tracestate"];

type Answer = BoxFuture<'static, Result<Bytes, CallError>>;

/// A subgraph whose answer goes to all who asked the same meanwhile.
pub(super) struct Coalesce {
    name: String,
    next: Arc<dyn SubgraphClient>,
    /// Seeded: nobody outside can make questions that fall together.
    hashing: RandomState,
    under_way: Arc<UnderWay>,
}

impl Coalesce {
    pub(super) fn around(name: &str, next: Arc<dyn SubgraphClient>) -> Self {
        Self { name: name.to_owned(), next, hashing: RandomState::new(), under_way: Arc::default() }
    }

    /// The answer to a question. A call that others began may have had no time left, or no place: who joined one asks once more.
    async fn answer(&self, question: Arc<Question>) -> Result<Bytes, CallError> {
        match self.join(Arc::clone(&question)) {
            Joined::Begun(answer) => answer.await,
            Joined::Shared(answer) => match answer.await {
                Err(CallError::TimedOut | CallError::QueueFull | CallError::QueuedTooLong) => {
                    self.join(question).into_answer().await
                }
                answered => answered,
            },
        }
    }

    /// The call that asks the same and is under way, or a new one.
    fn join(&self, question: Arc<Question>) -> Joined {
        let request_id = Arc::clone(&question.request.request_id);
        let mut calls = self.under_way.calls();
        if let Some((call, shared)) = calls.by_question.get(&question).and_then(Call::shared) {
            drop(calls);
            tracing::debug!(
                request_id = &*request_id,
                subgraph = self.name,
                "the answer to the request {} is shared",
                call
            );
            return Joined::Shared(shared);
        }
        calls.begun += 1;
        let number = calls.begun;
        let (next, request) = (Arc::clone(&self.next), question.request.clone());
        let end = End { number, question: Arc::clone(&question), under_way: Arc::clone(&self.under_way) };
        let answer = async move {
            // Dropped with the call, whether it was answered or nobody waits for it any more.
            let _end = end;
            next.call(request).await
        };
        let shared = answer.boxed().shared();
        if let Some(answer) = shared.downgrade() {
            calls.by_question.insert(question, Call { number, request_id, answer });
        }
        Joined::Begun(shared)
    }
}

/// A call, and who began it.
enum Joined {
    Begun(Shared<Answer>),
    Shared(Shared<Answer>),
}

impl Joined {
    fn into_answer(self) -> Shared<Answer> {
        let (Self::Begun(answer) | Self::Shared(answer)) = self;
        answer
    }
}

impl SubgraphClient for Coalesce {
    fn call(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>> {
        match request.intent {
            Intent::Query => self.answer(Question::of(request, &self.hashing)).boxed(),
            Intent::FollowUp => self.next.call(request),
            Intent::Mutation => async move {
                let _changed = Changed(&self.under_way);
                self.next.call(request).await
            }
            .boxed(),
        }
    }

    // Every subscription has a stream of its own.
    fn subscribe(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>> {
        self.next.subscribe(request)
    }
}

/// The calls that are under way.
#[derive(Default)]
struct UnderWay(Mutex<Calls>);

#[derive(Default)]
struct Calls {
    by_question: HashMap<Arc<Question>, Call>,
    /// How many were begun.
    begun: u64,
}

impl UnderWay {
    /// Held for a look or a change, never across an await, and while no call is dropped.
    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().expect("no panic happens under this lock")
    }
}

/// A call under way. It lives as long as somebody waits for it.
struct Call {
    number: u64,
    request_id: Arc<str>,
    answer: WeakShared<Answer>,
}

impl Call {
    /// Its answer, with the id of the request that began it; none where nobody waits any more.
    fn shared(&self) -> Option<(Arc<str>, Shared<Answer>)> {
        Some((Arc::clone(&self.request_id), self.answer.upgrade()?))
    }
}

/// Ends a call: who asks from now on asks anew.
struct End {
    number: u64,
    question: Arc<Question>,
    under_way: Arc<UnderWay>,
}

impl Drop for End {
    fn drop(&mut self) {
        let mut calls = self.under_way.calls();
        // The place may be taken by a later call, begun after the last one who waited for this had gone.
        if calls.by_question.get(&self.question).is_some_and(|call| call.number == self.number) {
            calls.by_question.remove(&self.question);
        }
    }
}

/// Ends a mutation: who asks from now on shares no answer that was begun before it, and sees what it changed.
struct Changed<'a>(&'a UnderWay);

impl Drop for Changed<'_> {
    fn drop(&mut self) {
        self.0.calls().by_question.clear();
    }
}

/// What must be the same for one answer to serve two: all that the subgraph gets, and who asks. It is compared in full.
struct Question {
    hash: u64,
    request: SubgraphRequest,
}

impl Question {
    fn of(request: SubgraphRequest, hashing: &RandomState) -> Arc<Self> {
        let hash = hashing.hash_one((&request.body, &*request.caller));
        // The order of headers says nothing, so it must not change the sum.
        let headers = told(&request.headers).map(|header| hashing.hash_one(header));
        let hash = headers.fold(hash, u64::wrapping_add);
        Arc::new(Self { hash, request })
    }
}

impl Hash for Question {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (&self.request, &other.request);
        one.body == other.body
            && one.principal == other.principal
            && one.caller == other.caller
            && same_headers(&one.headers, &other.headers)
    }
}

impl Eq for Question {}

/// Headers without those of traces.
fn told(headers: &HeaderMap) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
    headers.iter().filter(|(name, _)| !TRACES.contains(&name.as_str()))
}

/// Whether both have the same values under the same names.
fn same_headers(one: &HeaderMap, other: &HeaderMap) -> bool {
    let held = |(name, _): (&HeaderName, _)| one.get_all(name) == other.get_all(name);
    told(one).count() == told(other).count() && told(one).all(held)
}

#[cfg(test)]
mod tests;
