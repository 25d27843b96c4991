//! Planning: once for a document, what its callers may see of it, and what its conditions leave of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hive_router_query_planner::ast::normalization::normalize_operation;
use hive_router_query_planner::graph::PlannerOverrideContext;
use hive_router_query_planner::utils::cancellation::CancellationToken;
use hive_router_query_planner::utils::parsing::safe_parse_operation;
use kernel::ErrorCode;

use super::limits::exceeded;
use super::prepare::{Parsed, Prepared, internal};
use crate::access::{Access, Unmet};
use crate::config::GatewayConfig;
use crate::error::GraphqlError;
use crate::plan::{Decided, MAX_NESTING, PlannerDocument, Program};
use crate::supergraph::Supergraph;

/// Plans what of an operation is `decided` to be asked for and may be seen by who does not meet `unmet`.
pub(super) fn plan_all(
    supergraph: &Supergraph,
    config: &GatewayConfig,
    parsed: &Parsed,
    unmet: Unmet,
    decided: &Decided,
) -> Result<Prepared, Vec<GraphqlError>> {
    let (document, operation) = (Arc::clone(&parsed.document), parsed.operation.clone());
    let access = Access { supergraph, unmet: &unmet };
    let planned =
        PlannerDocument::of(access, &document, &operation, &parsed.conditions.variables(decided), config.max_fields);
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
        programs.push(plan(supergraph, config, text)?);
    }
    Ok(Prepared { introspects: planned.introspects, operation, document, programs, unmet })
}

fn plan(supergraph: &Supergraph, config: &GatewayConfig, text: &str) -> Result<Program, Vec<GraphqlError>> {
    let token = CancellationToken::with_timeout(config.planning_timeout);
    // The planner panics on what it does not expect; a request must not take the process with it.
    let planned = catch_unwind(AssertUnwindSafe(|| {
        let document = safe_parse_operation(text).map_err(|error| error.to_string())?;
        let normalized =
            normalize_operation(&supergraph.planner.supergraph, &document, None).map_err(|error| error.to_string())?;
        let context = PlannerOverrideContext::default();
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
        tracing::error!(reason, operation = text, "an operation cannot be planned");
        vec![internal()]
    };
    match planned {
        Ok(Ok(plan)) => Program::compile(plan, supergraph).map_err(|error| failed(error.to_string())),
        Ok(Err(reason)) => Err(failed(reason)),
        Err(_) => Err(failed("the planner panicked".to_owned())),
    }
}
