//! The stages of a request, one a file; this driver reads as their list.

mod cache;
mod execute;
mod params;
mod prepare;
mod respond;
mod wanted;

use std::sync::Arc;

use ::http::HeaderMap;
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
    /// Those of the request's headers that some subgraph gets.
    pub(crate) headers: HeaderMap,
}

/// Answers a request. The error side is a refusal before anything was executed.
pub(crate) async fn run(gateway: &Gateway, params: Params, caller: &Caller) -> Result<Answer, Vec<GraphqlError>> {
    let serving = gateway.serving();
    let prepared = prepare::prepare(gateway, &serving, &params, &caller.principal).await?;
    if params.read_only && !prepared.operation.is_query() {
        return Err(vec![GraphqlError::new(ErrorCode::BadUserInput, "GET runs queries only; send a mutation by POST")]);
    }
    let variables = coerce_variable_values(&serving.supergraph.public, &prepared.operation, &params.variables)
        .map_err(|error| vec![prepare::request_error(&prepared.document, &error, ErrorCode::BadUserInput)])?;
    let introspected = prepare::introspect(gateway, &serving, &prepared, &variables)?;
    let executed = execute::execute(gateway, &serving, &prepared, &variables, caller).await;
    Ok(respond::respond(&serving.supergraph, &prepared, &variables, introspected.as_ref(), caller, executed))
}
