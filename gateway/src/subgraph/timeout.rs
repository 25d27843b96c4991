//! A bound on how long something takes: a call, with its waiting and all its tries, or one try.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::{CallError, Events, Intent, SubgraphClient, SubgraphRequest};

/// A subgraph that is not waited for any longer.
pub(super) struct Timeout {
    pub(super) next: Arc<dyn SubgraphClient>,
    pub(super) limit: Duration,
    /// For which requests.
    pub(super) of: fn(Intent) -> bool,
}

impl SubgraphClient for Timeout {
    fn call(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>> {
        if !(self.of)(request.intent) {
            return self.next.call(request);
        }
        let answer = tokio::time::timeout(self.limit, self.next.call(request));
        answer.map(|answer| answer.unwrap_or(Err(CallError::TimedOut))).boxed()
    }

    // It is opened in time; how long it goes on is another matter.
    fn subscribe(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>> {
        if !(self.of)(request.intent) {
            return self.next.subscribe(request);
        }
        let opened = tokio::time::timeout(self.limit, self.next.subscribe(request));
        opened.map(|opened| opened.unwrap_or(Err(CallError::TimedOut))).boxed()
    }
}
