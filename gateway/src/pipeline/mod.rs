//! The stages of a request, one a file; this driver reads as their list.

mod budget;
mod cache;
mod execute;
mod limits;
mod params;
mod plan;
mod prepare;
mod respond;
mod wanted;

use std::sync::{Arc, OnceLock};

use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use kernel::{ErrorCode, Principal};

pub(crate) use cache::PreparedCache;
pub(crate) use params::Params;
pub(crate) use prepare::Prepared;
pub(crate) use respond::Answer;

use crate::Gateway;
use crate::budget::{Client, Standing};
use crate::cost::Estimate;
use crate::engine::Serving;
use crate::error::GraphqlError;
use crate::people;
use prepare::Parsed;

/// Who asks, as far as the request says it.
pub(crate) struct Asker<'a> {
    pub(crate) principal: Principal,
    pub(crate) request_id: Arc<str>,
    /// Whose budget it is.
    pub(crate) client: Client,
    /// How the client stands, once that is known: told beside whatever the answer is.
    pub(crate) standing: &'a OnceLock<Standing>,
}

/// Who asks, as the house knows them, and under which id.
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    /// What could not be learned of them, as the client is told.
    pub(crate) doubt: Option<GraphqlError>,
    pub(crate) request_id: Arc<str>,
}

/// A request that is within its bounds, as far as that is told by its document and its variables.
struct Weighed {
    parsed: Arc<Parsed>,
    variables: Valid<JsonMap>,
    estimate: Estimate,
}

/// Answers a request. The error side is a refusal before anything was executed.
pub(crate) async fn run(gateway: &Gateway, params: Params, asker: Asker<'_>) -> Result<Answer, Vec<GraphqlError>> {
    let serving = gateway.serving();
    budget::check(gateway, &asker)?;
    let weighed = match weigh(gateway, &serving, &params).await {
        Ok(weighed) => weighed,
        Err(errors) => {
            // Looking at it was work too.
            budget::take(gateway, &asker, 1).await?;
            return Err(errors);
        }
    };
    let Weighed { parsed, variables, estimate } = weighed;
    budget::take(gateway, &asker, estimate.cost).await?;
    let Asker { principal, request_id, .. } = asker;
    let (principal, doubt) = people::recognise(gateway, principal, &request_id).await;
    let caller = &Caller { principal, doubt, request_id };
    let prepared = prepare::planned(gateway, &serving, &parsed, &variables, &caller.principal).await?;
    let introspected = prepare::introspect(gateway, &serving, &prepared, &variables, &caller.principal)?;
    let executed = execute::execute(gateway, &serving, &prepared, &variables, caller).await;
    let supergraph = &serving.supergraph;
    let mut answer = respond::respond(supergraph, &prepared, &variables, introspected.as_ref(), caller, executed);
    if params.extensions.cost && gateway.config.cost.enabled {
        answer.report(estimate.cost, gateway.config.cost.max);
    }
    Ok(answer)
}

/// Finds and reads the document, reads the variables, and finds what they cost.
async fn weigh(gateway: &Gateway, serving: &Arc<Serving>, params: &Params) -> Result<Weighed, Vec<GraphqlError>> {
    let found = gateway.documents.find(params).await.map_err(|error| vec![error])?;
    let (text, operation) = (Arc::clone(&found.text), params.operation_name.as_deref());
    let parsed = prepare::document(gateway, serving, text, operation).await?;
    gateway.documents.keep(&found).await;
    if params.read_only && !parsed.operation.is_query() {
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
