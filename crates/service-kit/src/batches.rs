//! When a request's batches begin: as soon as all its resolvers wait, and not before.
//!
//! A `DataLoader` starts its batch after a delay, on another thread if it is spawned there: how many keys it meets is a
//! matter of luck, and the number of statements with it. Here a batch begins when the request's own task has nothing left
//! to do, so that fifty keys always cost what one costs, and nobody waits for a timer.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

use futures::future::{BoxFuture, poll_fn};
use tokio::task::JoinSet;

/// The batches of one request that have not begun yet.
#[derive(Clone, Default)]
pub struct Batches(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl std::fmt::Debug for Batches {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Batches")
    }
}

impl Batches {
    /// Takes a batch in: a loader's spawner.
    pub fn add(&self, batch: BoxFuture<'static, ()>) {
        self.0.lock().expect("no panic happens under this lock").push(batch);
    }

    /// Runs a request; each time that it can do nothing more by itself, the batches taken in begin, all at once.
    pub async fn drive<F: Future>(&self, request: F) -> F::Output {
        // Dropped with the request, whether it ended, took too long or lost its client: what runs for it ends too.
        let mut running = JoinSet::new();
        let mut request = pin!(request);
        poll_fn(|context| {
            let noticed = Arc::new(Noticed { woken: AtomicBool::new(false), waker: context.waker().clone() });
            let waker = Waker::from(Arc::clone(&noticed));
            let outcome = request.as_mut().poll(&mut Context::from_waker(&waker));
            // Woken while it was polled, it only made room for others: it has more to do before it waits.
            if outcome.is_pending() && !noticed.woken.load(Ordering::SeqCst) {
                let batches = std::mem::take(&mut *self.0.lock().expect("no panic happens under this lock"));
                for batch in batches {
                    running.spawn(batch);
                }
            }
            outcome
        })
        .await
    }
}

/// Passes a wake on, and remembers it.
struct Noticed {
    woken: AtomicBool,
    waker: Waker,
}

impl Wake for Noticed {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.waker.wake_by_ref();
    }
}
