//! The stages of a request, one a file; this driver reads as their list.

mod budget;
mod cache;
mod execute;
mod limits;
mod params;
mod plan;
mod prepare;
mod preparing;
mod respond;
mod subscribe;
mod wanted;
mod warm;

use std::sync::{Arc, OnceLock};

use ::http::HeaderMap;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use futures::stream::BoxStream;
use kernel::{ErrorCode, Principal};
use tracing::field::Empty;
use tracing::{Instrument, Span};

pub(crate) use cache::PreparedCache;
pub(crate) use params::Params;
pub(crate) use prepare::Prepared;
pub(crate) use preparing::Preparing;
pub(crate) use respond::Answer;
pub(crate) use subscribe::Recall;
pub(crate) use warm::warm;

use crate::Gateway;
use crate::budget::{Client, Standing};
use crate::cost::Estimate;
use crate::engine::Serving;
use crate::error::GraphqlError;
use crate::people::{self, Identity};
use crate::telemetry::Account;
use execute::Context;
use prepare::Parsed;

/// Who asks, as far as the request says it.
pub(crate) struct Asker<'a> {
    pub(crate) identity: Identity,
    pub(crate) account: Arc<Account>,
    /// Whose budget it is.
    pub(crate) client: Client,
    /// How the client stands, once that is known: told beside whatever the answer is.
    pub(crate) standing: &'a OnceLock<Standing>,
    /// Those of the request's headers that some subgraph gets.
    pub(crate) headers: HeaderMap,
}

/// Who asks, as the house knows them, and the account of what they ask.
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    /// What could not be learned of them, as the client is told.
    pub(crate) doubt: Option<GraphqlError>,
    pub(crate) account: Arc<Account>,
    /// Those of the request's headers that some subgraph gets.
    pub(crate) headers: HeaderMap,
}

/// A request that is within its bounds, as far as that is told by its document and its variables.
struct Weighed {
    parsed: Arc<Parsed>,
    variables: Valid<JsonMap>,
    estimate: Estimate,
}

/// Answers a request. The error side is a refusal before anything was executed.
pub(crate) async fn run(gateway: &Gateway, params: Params, asker: Asker<'_>) -> Result<Answer, Vec<GraphqlError>> {
    stages(gateway, params, asker).instrument(operation_span()).await
}

async fn stages(gateway: &Gateway, params: Params, asker: Asker<'_>) -> Result<Answer, Vec<GraphqlError>> {
    let serving = gateway.serving();
    let weighed = admit(gateway, &serving, &params, &asker).await?;
    if weighed.parsed.operation.is_subscription() {
        let told =
            "a subscription is a stream: ask with accept: text/event-stream, or by WebSocket (graphql-transport-ws)";
        return Err(vec![GraphqlError::new(ErrorCode::BadUserInput, told)]);
    }
    answer(gateway, &serving, &params, asker, weighed).await
}

/// What comes of an operation that is streamed.
pub(crate) enum Answers {
    /// Of a query or a mutation.
    One(Box<Answer>),
    /// Of a subscription, one an event.
    Many(BoxStream<'static, Answer>),
}

/// The answers of an operation, one after the other: of a query or a mutation there is one. The error side is as in [`run`].
pub(crate) async fn stream(
    gateway: &Arc<Gateway>,
    params: Params,
    asker: Asker<'_>,
    recall: Recall,
) -> Result<Answers, Vec<GraphqlError>> {
    stream_stages(gateway, params, asker, recall).instrument(operation_span()).await
}

async fn stream_stages(
    gateway: &Arc<Gateway>,
    params: Params,
    asker: Asker<'_>,
    recall: Recall,
) -> Result<Answers, Vec<GraphqlError>> {
    let serving = gateway.serving();
    let weighed = admit(gateway, &serving, &params, &asker).await?;
    if weighed.parsed.operation.is_subscription() {
        return subscribe::subscribe(gateway, serving, weighed, recall, &asker.client).await.map(Answers::Many);
    }
    let answering = answer(gateway, &serving, &params, asker, weighed);
    let answered = tokio::time::timeout(gateway.config.request_timeout, answering).await;
    let answer = answered.unwrap_or_else(|_| {
        Err(vec![GraphqlError::new(ErrorCode::Timeout, "the whole request took too long; ask for less at once")])
    })?;
    Ok(Answers::One(Box::new(answer)))
}

/// The span of an operation, which is told of it as soon as that is known.
fn operation_span() -> Span {
    tracing::debug_span!("graphql.operation", graphql.operation.type = Empty, graphql.operation.name = Empty)
}

/// Lets a request in that is within its bounds and its client's budget.
async fn admit(
    gateway: &Gateway,
    serving: &Arc<Serving>,
    params: &Params,
    asker: &Asker<'_>,
) -> Result<Weighed, Vec<GraphqlError>> {
    budget::check(gateway, asker)?;
    let weighed = match weigh(gateway, serving, params, asker).await {
        Ok(weighed) => weighed,
        Err(errors) => {
            // Looking at it was work too.
            budget::take(gateway, asker, 1).await?;
            return Err(errors);
        }
    };
    budget::take(gateway, asker, weighed.estimate.cost).await?;
    Ok(weighed)
}

/// Answers a query or a mutation that was let in.
async fn answer(
    gateway: &Gateway,
    serving: &Arc<Serving>,
    params: &Params,
    asker: Asker<'_>,
    weighed: Weighed,
) -> Result<Answer, Vec<GraphqlError>> {
    let Weighed { parsed, variables, estimate } = weighed;
    let Asker { identity, account, headers, client, .. } = asker;
    let (principal, doubt) = people::recognise(gateway, serving, identity, &account).await;
    let caller = &Caller { principal, doubt, account, headers };
    let prepared = prepare::planned(gateway, serving, &parsed, &variables, &caller.principal, &client).await?;
    let introspected = prepare::introspect(gateway, serving, &prepared, &variables, &caller.principal)?;
    let context = Context { gateway, serving, variables: &variables, caller };
    let executed = execute::execute(context, &prepared).await;
    let supergraph = &serving.supergraph;
    let mut answer = respond::respond(supergraph, &prepared, &variables, introspected.as_ref(), caller, executed);
    if params.extensions.cost && gateway.config.cost.enabled {
        answer.report(estimate.cost, gateway.config.cost.max);
    }
    Ok(answer)
}

/// Finds and reads the document, reads the variables, and finds what they cost.
async fn weigh(
    gateway: &Gateway,
    serving: &Arc<Serving>,
    params: &Params,
    asker: &Asker<'_>,
) -> Result<Weighed, Vec<GraphqlError>> {
    let found = gateway.documents.find(params).await.map_err(|error| vec![error])?;
    let (text, operation) = (Arc::clone(&found.text), params.operation_name.as_deref());
    let parsed = prepare::document(gateway, serving, text, operation, &asker.client).await?;
    asker.account.asks_for(&parsed.operation);
    gateway.documents.keep(&found).await;
    if params.read_only && parsed.operation.is_mutation() {
        let error = GraphqlError::new(ErrorCode::BadUserInput, "GET runs queries only; send a mutation by POST");
        return Err(vec![error.of_wrong_method()]);
    }
    limits::check_variables(&params.variables, &gateway.config)?;
    let variables = coerce_variable_values(&serving.supergraph.public, &parsed.operation, &params.variables)
        .map_err(|error| vec![prepare::request_error(&parsed.document, &error, ErrorCode::BadUserInput)])?;
    let estimate = parsed.cost.estimate(&serving.supergraph, &variables).map_err(|error| vec![error])?;
    limits::check_estimate(estimate, &gateway.config)?;
    Ok(Weighed { parsed, variables, estimate })
}
