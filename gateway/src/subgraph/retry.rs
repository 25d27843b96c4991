//! Further tries of a call that came to nothing, where asking twice does no harm.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::budget::Budget;
use super::{CallError, Events, SubgraphClient, SubgraphRequest};
use crate::config::Rules;

/// A subgraph that is asked again where it did not get to answer.
pub(super) struct Retry {
    name: String,
    next: Arc<dyn SubgraphClient>,
    retries: u32,
    backoff: Duration,
    budget: Budget,
}

impl Retry {
    pub(super) fn around(name: &str, next: Arc<dyn SubgraphClient>, rules: &Rules) -> Self {
        Self {
            name: name.to_owned(),
            next,
            retries: rules.retries,
            backoff: rules.retry_backoff,
            budget: Budget::of(rules.retry_budget_percent),
        }
    }

    /// How long to wait before a further try: by half a matter of chance, so that not all come back at the same moment.
    fn pause(&self, retry: u32) -> Duration {
        let longest = self.backoff.saturating_mul(1 << (retry - 1).min(8));
        longest.mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

impl SubgraphClient for Retry {
    fn call(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>> {
        if !request.intent.may_be_repeated() {
            return self.next.call(request);
        }
        async move {
            self.budget.earn();
            for retry in 1..=self.retries {
                let error = match self.next.call(request.clone()).await {
                    Err(error) if came_to_nothing(&error) && self.budget.spend() => error,
                    answer => return answer,
                };
                let request_id = &*request.request_id;
                tracing::info!(request_id, subgraph = self.name, %error, retry, "a call to a subgraph is tried again");
                tokio::time::sleep(self.pause(retry)).await;
            }
            self.next.call(request).await
        }
        .boxed()
    }

    // Who subscribes is told that it failed, and subscribes again.
    fn subscribe(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>> {
        self.next.subscribe(request)
    }
}

/// Whether the subgraph did not get to answer, by chance. Only a try that has a time of its own times out here.
fn came_to_nothing(error: &CallError) -> bool {
    matches!(error, CallError::Unreachable(_) | CallError::Status(502..=504) | CallError::TimedOut)
}
