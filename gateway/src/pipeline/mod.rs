//! The stages of a request, one a file; this driver reads as their list.

mod cache;
mod execute;
mod limits;
mod params;
mod plan;
mod prepare;
mod respond;
mod wanted;

use std::sync::Arc;

use apollo_compiler::request::coerce_variable_values;
use kernel::{ErrorCode, Principal};

pub(crate) use cache::PreparedCache;
pub(crate) use params::Params;
pub(crate) use prepare::Prepared;
pub(crate) use respond::Answer;

use crate::Gateway;
use crate::error::GraphqlError;

/// Who asks, and under which id.
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    /// What could not be learned of them, as the client is told.
    pub(crate) doubt: Option<GraphqlError>,
    pub(crate) request_id: Arc<str>,
}

/// Answers a request. The error side is a refusal before anything was executed.
pub(crate) async fn run(gateway: &Gateway, params: Params, caller: &Caller) -> Result<Answer, Vec<GraphqlError>> {
    let serving = gateway.serving();
    let parsed = prepare::document(gateway, &serving, &params).await?;
    if params.read_only && !parsed.operation.is_query() {
        return Err(vec![GraphqlError::new(ErrorCode::BadUserInput, "GET runs queries only; send a mutation by POST")]);
    }
    limits::check_variables(&params.variables, &gateway.config)?;
    let variables = coerce_variable_values(&serving.supergraph.public, &parsed.operation, &params.variables)
        .map_err(|error| vec![prepare::request_error(&parsed.document, &error, ErrorCode::BadUserInput)])?;
    let estimate = parsed.cost.estimate(&serving.supergraph, &variables).map_err(|error| vec![error])?;
    limits::check_estimate(estimate, &gateway.config)?;
    let prepared = prepare::planned(gateway, &serving, &parsed, &caller.principal).await?;
    let introspected = prepare::introspect(gateway, &serving, &prepared, &variables)?;
    let executed = execute::execute(gateway, &serving, &prepared, &variables, caller).await;
    let supergraph = &serving.supergraph;
    let mut answer = respond::respond(supergraph, &prepared, &variables, introspected.as_ref(), caller, executed);
    if params.extensions.cost && gateway.config.cost.enabled {
        answer.report(estimate.cost, gateway.config.cost.max);
    }
    Ok(answer)
}
