//! What the service of people said, remembered for a while. Whoever asks the same at the same time waits for one answer.

use std::borrow::Borrow;
use std::convert::Infallible;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::time::Instant;

/// How long an answer is taken for true: a right that ended is gone after this.
const KNOWN: Duration = Duration::from_secs(30);
/// How long it is that there is nobody.
const NOBODY: Duration = Duration::from_secs(2);
/// How long a failure is: who asks meanwhile is not made to wait for it again.
const FAILED: Duration = Duration::from_secs(1);
/// Answers remembered at most.
const MOST: usize = 4096;

/// What came of a question.
pub(super) enum Learned<V> {
    /// This.
    Known(Arc<V>),
    /// There is nobody.
    Nobody,
    /// There was no answer that could be used.
    Failed,
}

impl<V> Clone for Learned<V> {
    fn clone(&self) -> Self {
        match self {
            Self::Known(value) => Self::Known(Arc::clone(value)),
            Self::Nobody => Self::Nobody,
            Self::Failed => Self::Failed,
        }
    }
}

/// Answers by what was asked about.
pub(super) struct Memory<K, V>(Cache<K, Kept<V>>);

struct Kept<V> {
    learned: Learned<V>,
    until: Instant,
}

impl<V> Kept<V> {
    fn of(learned: Learned<V>, asked: Instant, answered: Instant) -> Self {
        let until = match &learned {
            // True when it was asked, and perhaps no more when the answer is here.
            Learned::Known(_) => asked + KNOWN,
            Learned::Nobody => asked + NOBODY,
            Learned::Failed => answered + FAILED,
        };
        Self { learned, until }
    }
}

impl<V> Clone for Kept<V> {
    fn clone(&self) -> Self {
        Self { learned: self.learned.clone(), until: self.until }
    }
}

impl<K: Eq + Hash, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl<K: Eq + Hash + Clone + Send + Sync, V: Send + Sync> Memory<K, V> {
    /// What is remembered of `key`, or what comes of `asking`.
    pub(super) async fn learn(&self, key: &K, asking: impl Future<Output = Learned<V>> + Send) -> Learned<V> {
        let now = Instant::now();
        self.0.remove_if(key, |kept| kept.until <= now);
        let learning = async {
            let asked = Instant::now();
            let learned = asking.await;
            Ok::<_, Infallible>(Kept::of(learned, asked, Instant::now()))
        };
        let Ok(kept) = self.0.get_or_insert_async(key, learning).await;
        kept.learned
    }

    /// Forgets what is remembered of `key`. An answer that is under way serves those who wait for it, and is not remembered.
    pub(super) fn forget<Q: Eq + Hash + ?Sized>(&self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.0.remove(key);
    }

    /// Forgets everything, and what is under way likewise.
    pub(super) fn forget_all(&self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;

    use super::*;

    /// Who answers, and counts how often.
    #[derive(Default)]
    struct Service(AtomicUsize);

    impl Service {
        async fn asked(&self, memory: &Memory<String, usize>, answer: fn(usize) -> Learned<usize>) -> Option<usize> {
            let asking = async { answer(self.0.fetch_add(1, Ordering::Relaxed)) };
            value(memory.learn(&"a".to_owned(), asking).await)
        }

        fn questions(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    fn value(learned: Learned<usize>) -> Option<usize> {
        if let Learned::Known(value) = learned { Some(*value) } else { None }
    }

    fn known(value: usize) -> Learned<usize> {
        Learned::Known(Arc::new(value))
    }

    #[test]
    fn each_kind_of_answer_has_its_time() {
        let asked = Instant::now();
        let seconds = Duration::from_secs;
        let until = |learned| Kept::of(learned, asked, asked + seconds(5)).until;
        assert_eq!(until(known(1)), asked + seconds(30));
        assert_eq!(until(Learned::Nobody), asked + seconds(2));
        assert_eq!(until(Learned::Failed), asked + seconds(6), "who waited for it is not made to wait at once again");
    }

    #[tokio::test]
    async fn what_was_true_too_long_ago_is_asked_again() {
        let (service, memory) = (Service::default(), Memory::default());
        let now = Instant::now();
        for (until, answers) in [(now, 0), (now + KNOWN, 7)] {
            memory.0.insert("a".to_owned(), Kept { learned: known(7), until });
            assert_eq!(service.asked(&memory, known).await, Some(answers));
        }
        assert_eq!(service.questions(), 1);
    }

    #[tokio::test]
    async fn what_is_forgotten_is_asked_again() {
        let (service, memory) = (Service::default(), Memory::default());
        assert_eq!(service.asked(&memory, known).await, Some(0));
        memory.forget("b");
        assert_eq!(service.asked(&memory, known).await, Some(0));
        memory.forget("a");
        assert_eq!(service.asked(&memory, known).await, Some(1));
        memory.forget_all();
        assert_eq!(service.asked(&memory, known).await, Some(2));
    }

    #[tokio::test]
    async fn who_asks_at_the_same_time_waits_for_one_answer() {
        let (service, memory, answered) = (Service::default(), Memory::default(), Notify::new());
        let key = "a".to_owned();
        let first = memory.learn(&key, async {
            answered.notified().await;
            known(7)
        });
        let second = async {
            let waiting = std::pin::pin!(service.asked(&memory, known));
            let (waited, ()) = tokio::join!(waiting, async { answered.notify_one() });
            waited
        };
        let (first, second) = tokio::join!(first, second);
        assert_eq!((value(first), second, service.questions()), (Some(7), Some(7), 0));
    }

    /// The answer may have been made before what is forgotten came to its end.
    #[tokio::test]
    async fn an_answer_under_way_is_not_remembered_when_it_is_forgotten() {
        let one: fn(&Memory<String, usize>) = |memory| memory.forget("a");
        for forget in [one, Memory::forget_all] {
            let (service, memory, answered) = (Service::default(), Memory::default(), Notify::new());
            let key = "a".to_owned();
            let early = memory.learn(&key, async {
                answered.notified().await;
                known(7)
            });
            let later = async {
                forget(&memory);
                answered.notify_one();
            };
            let (early, ()) = tokio::join!(early, later);
            assert_eq!(value(early), Some(7), "it was asked before");
            assert_eq!(service.asked(&memory, known).await, Some(0), "and who comes later asks again");
        }
    }
}
