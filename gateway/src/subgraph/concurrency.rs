//! A bound on how many calls are at work at a subgraph: a slow one holds up no more of the gateway than that.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{Semaphore, SemaphorePermit, TryAcquireError};

use super::{CallError, Events, SubgraphClient, SubgraphRequest};
use crate::config::Rules;

/// A subgraph that answers so many at a time.
pub(super) struct Concurrency {
    next: Arc<dyn SubgraphClient>,
    places: Semaphore,
    queued: AtomicUsize,
    max_queued: usize,
    queue_timeout: Duration,
}

impl Concurrency {
    pub(super) fn around(next: Arc<dyn SubgraphClient>, rules: &Rules) -> Self {
        let places = Semaphore::new(rules.max_concurrent.min(Semaphore::MAX_PERMITS));
        let Rules { max_queued, queue_timeout, .. } = *rules;
        Self { next, places, queued: AtomicUsize::new(0), max_queued, queue_timeout }
    }

    /// A place among those at work: first come, first served.
    async fn place(&self) -> Result<SemaphorePermit<'_>, CallError> {
        match self.places.try_acquire() {
            Ok(place) => return Ok(place),
            Err(TryAcquireError::NoPermits) => {}
            Err(TryAcquireError::Closed) => return Err(CallError::QueueFull),
        }
        let _queued = Queued::behind(&self.queued, self.max_queued).ok_or(CallError::QueueFull)?;
        match tokio::time::timeout(self.queue_timeout, self.places.acquire()).await {
            Ok(place) => place.map_err(|_| CallError::QueueFull),
            Err(_) => Err(CallError::QueuedTooLong),
        }
    }
}

impl SubgraphClient for Concurrency {
    fn call(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>> {
        async move {
            let _place = self.place().await?;
            self.next.call(request).await
        }
        .boxed()
    }

    // A stream is no call that ends: the gateway bounds streams as a whole.
    fn subscribe(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>> {
        self.next.subscribe(request)
    }
}

/// A call that waits; it leaves the queue also when nobody wants it any more.
struct Queued<'a>(&'a AtomicUsize);

impl<'a> Queued<'a> {
    fn behind(queued: &'a AtomicUsize, most: usize) -> Option<Self> {
        let joined = queued.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| (now < most).then_some(now + 1));
        joined.ok().map(|_| Self(queued))
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
