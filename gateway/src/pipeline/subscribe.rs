//! Subscriptions: one subgraph gives the events, and what else was asked for is fetched for each of them.

use std::sync::Arc;

use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use futures::future::BoxFuture;
use futures::stream::{BoxStream, StreamExt};
use kernel::ErrorCode;
use tokio::time::Instant;

use super::execute::{self, Context};
use super::prepare::{self, Parsed};
use super::respond::{self, Answer};
use super::{Caller, Prepared, Weighed};
use crate::Gateway;
use crate::budget::Client;
use crate::engine::Serving;
use crate::error::GraphqlError;
use crate::plan::Fetch;
use crate::subgraph::{CallError, Events};

/// Learns again who asks, before each event: rights that have ended, or a token, end the subscription.
pub(crate) type Recall = Box<dyn Fn() -> BoxFuture<'static, Result<Caller, GraphqlError>> + Send + Sync>;

/// A subscription that runs.
struct Subscription {
    joiner: Joiner,
    events: Events,
    ends: Instant,
}

/// What makes an answer of an event.
struct Joiner {
    gateway: Arc<Gateway>,
    /// The supergraph that it began with.
    serving: Arc<Serving>,
    parsed: Arc<Parsed>,
    prepared: Arc<Prepared>,
    variables: Valid<JsonMap>,
    recall: Recall,
}

/// The answers of a subscription that was let in, one an event.
pub(super) async fn subscribe(
    gateway: &Arc<Gateway>,
    serving: Arc<Serving>,
    weighed: Weighed,
    recall: Recall,
    client: &Client,
) -> Result<BoxStream<'static, Answer>, Vec<GraphqlError>> {
    let Weighed { parsed, variables, .. } = weighed;
    let caller = recall().await.map_err(|error| vec![error])?;
    let prepared = prepare::planned(gateway, &serving, &parsed, &variables, &caller.principal, client).await?;
    let context = Context { gateway, serving: &serving, variables: &variables, caller: &caller };
    let Some(source) = source(&prepared) else {
        // Nothing of it may be seen, or all of it was left out: there is one answer, which says so.
        let executed = execute::execute(context, &prepared).await;
        let answer = respond::respond(&serving.supergraph, &prepared, &variables, None, &caller, executed);
        return Ok(futures::stream::iter([answer]).boxed());
    };
    let opened = execute::open(context, &prepared, source).await;
    let events = opened.unwrap_or_else(|error| futures::stream::iter([Err(error)]).boxed());
    let ends = Instant::now() + gateway.config.subscriptions.max_lifetime;
    let gateway = Arc::clone(gateway);
    let joiner = Joiner { gateway, serving, parsed, prepared, variables, recall };
    let subscription = Subscription { joiner, events, ends };
    Ok(futures::stream::unfold(Some(subscription), next).boxed())
}

fn source(prepared: &Prepared) -> Option<&Fetch> {
    prepared.programs.iter().find_map(|program| program.source.as_deref())
}

async fn next(subscription: Option<Subscription>) -> Option<(Answer, Option<Subscription>)> {
    let mut subscription = subscription?;
    let event = tokio::select! {
        event = subscription.events.next() => event?,
        () = tokio::time::sleep_until(subscription.ends) => return None,
    };
    let last = event.is_err();
    match subscription.joiner.answer(event).await {
        Ok(answer) => Some((answer, (!last).then_some(subscription))),
        Err(error) => Some((Answer::without_data(error), None)),
    }
}

impl Joiner {
    async fn answer(&self, event: Result<bytes::Bytes, CallError>) -> Result<Answer, GraphqlError> {
        let Self { gateway, serving, parsed, prepared, variables, .. } = self;
        let caller = (self.recall)().await?;
        if !prepare::is_for(gateway, serving, parsed, prepared, &caller.principal) {
            let told = "what you may see has changed since this subscription began: subscribe again";
            // Where that is only because it cannot be learned who asks, it is that which is told.
            return Err(caller.doubt.unwrap_or_else(|| GraphqlError::new(ErrorCode::Forbidden, told)));
        }
        let context = Context { gateway, serving, variables, caller: &caller };
        let Some(source) = source(prepared) else { return Ok(Answer::default()) };
        let joined = execute::join(context, prepared, source, event);
        let timeout = gateway.config.request_timeout;
        let Ok(executed) = tokio::time::timeout(timeout, joined).await else {
            let told = "what belongs to this event took too long";
            return Ok(Answer::without_data(GraphqlError::new(ErrorCode::Timeout, told)));
        };
        Ok(respond::respond(&serving.supergraph, prepared, variables, None, &caller, executed))
    }
}
