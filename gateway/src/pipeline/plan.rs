//! Planning: once for a document, what its callers may see of it, and what its conditions leave of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hive_router_query_planner::ast::normalization::normalize_operation;
use hive_router_query_planner::utils::cancellation::CancellationToken;
use hive_router_query_planner::utils::parsing::safe_parse_operation;
use kernel::ErrorCode;

use super::cache::Variant;
use super::limits::exceeded;
use super::prepare::{Parsed, Prepared, internal};
use crate::access::Access;
use crate::config::GatewayConfig;
use crate::documents::Digest;
use crate::error::GraphqlError;
use crate::plan::{MAX_NESTING, PlannerDocument, Program};
use crate::supergraph::{Drawn, Supergraph};
use crate::telemetry::shortened;

/// Bytes of a reason that are told.
const LONGEST_REASON: usize = 300;

/// Plans one variant of an operation.
pub(super) fn plan_all(
    supergraph: &Supergraph,
    config: &GatewayConfig,
    parsed: &Parsed,
    variant: Variant,
) -> Result<Prepared, Vec<GraphqlError>> {
    let Variant { unmet, drawn, decided } = variant;
    let (document, operation) = (Arc::clone(&parsed.document), parsed.operation.clone());
    let access = Access { supergraph, unmet: &unmet };
    let planned =
        PlannerDocument::of(access, &document, &operation, &parsed.conditions.variables(&decided), config.max_fields);
    if planned.fields > config.max_fields {
        let most = config.max_fields;
        return Err(exceeded(format!(
            "the operation has more than {most} fields where those of interfaces are told apart by what may be seen"
        )));
    }
    if planned.nesting > MAX_NESTING {
        return Err(exceeded(format!("the operation nests {} brackets; {MAX_NESTING} at most", planned.nesting)));
    }
    let mut programs = Vec::new();
    for text in &planned.texts {
        programs.push(plan(supergraph, config, drawn, text, parsed.operation.name.as_deref())?);
    }
    Ok(Prepared { introspects: planned.introspects, operation, document, programs, unmet })
}

fn plan(
    supergraph: &Supergraph,
    config: &GatewayConfig,
    drawn: Drawn,
    text: &str,
    name: Option<&str>,
) -> Result<Program, Vec<GraphqlError>> {
    let token = CancellationToken::with_timeout(config.planning_timeout);
    // The planner panics on what it does not expect; a request must not take the process with it.
    let planned = catch_unwind(AssertUnwindSafe(|| {
        let document = safe_parse_operation(text).map_err(|error| error.to_string())?;
        let normalized =
            normalize_operation(&supergraph.planner.supergraph, &document, None).map_err(|error| error.to_string())?;
        let context = supergraph.overrides.context(drawn, &config.override_labels);
        let plan =
            supergraph.planner.plan_from_normalized_operation(normalized.executable_operation(), context, &token);
        plan.map_err(|error| error.to_string())
    }));
    let failed = |reason: String| {
        if token.bail_if_cancelled().is_err() {
            return vec![GraphqlError::new(
                ErrorCode::Timeout,
                "the operation takes too long to plan; ask for less at once",
            )];
        }
        // A document may hold what is nobody's to read: its text is told to those alone who ask for it.
        let sha256 = Digest::of(text).hex();
        let operation = name.map(|name| shortened(name, 100));
        let (sha256, told) = (shortened(&sha256, 16), shortened(&reason, LONGEST_REASON));
        tracing::error!(reason = told, operation, sha256, "an operation cannot be planned");
        tracing::debug!(sha256, text, "this is the operation that cannot be planned");
        vec![internal()]
    };
    match planned {
        Ok(Ok(plan)) => Program::compile(plan, supergraph).map_err(|error| failed(error.to_string())),
        Ok(Err(reason)) => Err(failed(reason)),
        Err(_) => Err(failed("the planner panicked".to_owned())),
    }
}
