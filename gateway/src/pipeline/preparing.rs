//! Places where documents are read and planned: as many as there is to compute with, and never all of them for one client.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::prepare::internal;
use crate::budget::Client;
use crate::error::GraphqlError;

/// The places of a gateway.
#[derive(Debug)]
pub(crate) struct Preparing {
    all: Arc<Semaphore>,
    /// Places of one client at most.
    each: usize,
    /// Clients that have a place or wait for one.
    shares: Mutex<HashMap<Client, Weak<Semaphore>>>,
}

/// A place, as long as it is held.
#[derive(Debug)]
struct Place {
    _own: OwnedSemaphorePermit,
    _one_of_all: OwnedSemaphorePermit,
}

impl Default for Preparing {
    fn default() -> Self {
        Self::of(std::thread::available_parallelism().map_or(2, NonZeroUsize::get).max(2))
    }
}

impl Preparing {
    fn of(places: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(places)), each: places - 1, shares: Mutex::default() }
    }

    /// Runs for a client what may take long where it holds up no other request of this thread, once there is a place for it. The place
    /// is kept to the end of the work, whether anybody still waits for that or not; who leaves before never begins it.
    pub(super) async fn aside<T: Send + 'static>(
        &self,
        client: &Client,
        work: impl FnOnce() -> Result<T, Vec<GraphqlError>> + Send + 'static,
    ) -> Result<T, Vec<GraphqlError>> {
        let place = self.place(client).await.ok_or_else(|| vec![internal()])?;
        let working = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        working.await.unwrap_or_else(|_| Err(vec![internal()]))
    }

    /// A place for this client, once there is one. Never none: nobody closes them.
    async fn place(&self, client: &Client) -> Option<Place> {
        // Whoever has more to prepare than others waits for its own work, and not before theirs.
        let own = self.share(client).acquire_owned().await.ok()?;
        let one_of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Place { _own: own, _one_of_all: one_of_all })
    }

    fn share(&self, client: &Client) -> Arc<Semaphore> {
        // Nothing panics under this lock.
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get(client).and_then(Weak::upgrade) {
            return share;
        }
        shares.retain(|_, share| share.strong_count() > 0);
        let share = Arc::new(Semaphore::new(self.each));
        shares.insert(client.clone(), Arc::downgrade(&share));
        share
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;

    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn work_waits_for_its_place_and_who_left_begins_none() {
        let (preparing, client) = (Preparing::of(2), Client::Unknown);
        let (end, ended) = mpsc::channel();
        let mut first = Box::pin(preparing.aside(&client, move || ended.recv().map_err(|_| Vec::new())));
        assert!(first.as_mut().now_or_never().is_none());
        let begun = Arc::new(AtomicBool::new(false));
        let begins = Arc::clone(&begun);
        let mut second = Box::pin(preparing.aside(&client, move || {
            begins.store(true, Ordering::Relaxed);
            Ok(())
        }));
        assert!(second.as_mut().now_or_never().is_none());
        drop((first, second));
        assert_eq!(preparing.all.available_permits(), 1, "the work goes on though nobody waits for it");
        end.send(()).expect("it waits");
        preparing.aside(&client, || Ok(())).await.expect("a place");
        assert!(!begun.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn one_client_leaves_a_place_to_others() {
        let preparing = Preparing::of(3);
        let [busy, other, third] = ["busy", "other", "third"].map(|name| Client::Named(name.to_owned()));
        let first = preparing.place(&busy).await.expect("a place");
        let second = preparing.place(&busy).await.expect("a place");
        let mut waiting = Box::pin(preparing.place(&busy));
        assert!(waiting.as_mut().now_or_never().is_none(), "it has its share");
        let others = preparing.place(&other).now_or_never().flatten().expect("a place is left");
        assert!(preparing.place(&third).now_or_never().is_none(), "there are three");
        drop(first);
        assert!(waiting.as_mut().now_or_never().is_some());
        drop((second, others, waiting));
        preparing.place(&third).await.expect("a place");
        assert_eq!(preparing.shares.lock().expect("a lock").len(), 1, "who waits for nothing is forgotten");
    }
}
