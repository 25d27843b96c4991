//! A subgraph whose calls are counted and timed, and whose tries are part of the trace of their request.

use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use tracing::Instrument;
use tracing::field::Empty;

use super::{CallError, Events, SubgraphClient, SubgraphRequest};
use crate::telemetry::Metrics;

/// Tells of every try to call a subgraph, however that is reached.
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) client: Arc<dyn SubgraphClient>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Measured {
    /// Tells of what `make` makes of a request.
    fn told<'a, T: Send + 'a>(
        &'a self,
        mut request: SubgraphRequest,
        make: impl FnOnce(SubgraphRequest) -> BoxFuture<'a, Result<T, CallError>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, CallError>> {
        let span = tracing::debug_span!(
            "subgraph.fetch",
            otel.kind = "client",
            otel.status_code = Empty,
            subgraph = self.name,
            outcome = Empty,
        );
        request.account.calls_a_subgraph();
        request.account.trace.hand_on(&span, &mut request.headers);
        let told = span.clone();
        async move {
            let _in_flight = self.metrics.subgraph_in_flight(&self.name);
            let answer = make(request).await;
            let outcome = answer.as_ref().map_or_else(CallError::label, |_| "ok");
            told.record("outcome", outcome);
            if answer.is_err() {
                told.record("otel.status_code", "ERROR");
            }
            answer
        }
        .instrument(span)
        .boxed()
    }
}

impl SubgraphClient for Measured {
    fn call(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>> {
        self.told(request, |request| self.client.call(request))
    }

    /// Told is how it began: events come for as long as somebody listens.
    fn subscribe(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>> {
        self.told(request, |request| self.client.subscribe(request))
    }
}

/// Counts calls to a subgraph by how they ended, with their waiting and all their tries.
pub(super) struct Counted {
    pub(super) name: String,
    pub(super) next: Arc<dyn SubgraphClient>,
    pub(super) metrics: Arc<Metrics>,
}

impl Counted {
    async fn counted<T>(&self, answer: BoxFuture<'_, Result<T, CallError>>) -> Result<T, CallError> {
        let call = self.metrics.subgraph_called(&self.name);
        let answer = answer.await;
        call.ended(answer.as_ref().map_or_else(CallError::label, |_| "ok"));
        answer
    }
}

impl SubgraphClient for Counted {
    fn call(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>> {
        self.counted(self.next.call(request)).boxed()
    }

    // Counted is how it began.
    fn subscribe(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>> {
        self.counted(self.next.subscribe(request)).boxed()
    }
}
