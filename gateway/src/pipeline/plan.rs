//! Planning: once for a document, what its callers may see of it, and what its conditions leave of it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hive_router_query_planner::ast::normalization::normalize_operation;
use hive_router_query_planner::planner::plan_nodes::QueryPlan;
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
use crate::plan::{Cut, MAX_NESTING, Part, Planned, PlannerDocument, by_level};
use crate::supergraph::{Drawn, Supergraph};
use crate::telemetry::{LONGEST_NAME, shortened};

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
            "the operation has more than {most} fields, with what they need and where those of interfaces are told apart"
        )));
    }
    if planned.nesting > MAX_NESTING {
        return Err(exceeded(format!("the operation nests {} brackets; {MAX_NESTING} at most", planned.nesting)));
    }
    let token = CancellationToken::with_timeout(config.planning_timeout);
    let name = parsed.operation.name.as_deref().map(|name| shortened(name, LONGEST_NAME));
    let variables = &planned.variables;
    let planning = Planning { supergraph, labels: &config.override_labels, drawn, token, operation: name, variables };
    let mut programs = Vec::new();
    let mut bytes = 0;
    for part in planned.parts {
        bytes += part.bytes(variables.len());
        programs.push(planning.part(planned.kind, part, None)?.program());
    }
    Ok(Prepared { introspects: planned.introspects, operation, document, programs, unmet, bytes })
}

struct Planning<'a> {
    supergraph: &'a Supergraph,
    /// Overrides that are switched on, and what was drawn of those by share.
    labels: &'a BTreeSet<String>,
    drawn: Drawn,
    /// Ends the planning of an operation that takes too long.
    token: CancellationToken,
    /// The operation's name, or how it begins.
    operation: Option<&'a str>,
    /// The operation's variables, as they are declared before each part.
    variables: &'a str,
}

impl Planning<'_> {
    /// Plans a part, and what is planned apart of it.
    fn part(&self, kind: &str, part: Part, cut: Option<&Cut>) -> Result<Planned, Vec<GraphqlError>> {
        let text = format!("{kind}{} {{ {}}}", self.variables, part.text);
        let planned = Planned::compile(self.plan(&text)?, cut);
        let planned = planned.map_err(|error| self.failed(&error.to_string(), &text))?;
        drop(text);
        let mut levels = Vec::new();
        for level in by_level(part.cuts) {
            let of_level = level.into_iter().map(|mut cut| {
                let part = std::mem::take(&mut cut.part);
                self.part("query", part, Some(&cut))
            });
            levels.push(of_level.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(planned.then(levels))
    }

    fn plan(&self, text: &str) -> Result<QueryPlan, Vec<GraphqlError>> {
        let planner = &self.supergraph.planner;
        // The planner panics on what it does not expect; a request must not take the process with it.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let document = safe_parse_operation(text).map_err(|error| error.to_string())?;
            let normalized =
                normalize_operation(&planner.supergraph, &document, None).map_err(|error| error.to_string())?;
            let context = self.supergraph.overrides.context(self.drawn, self.labels);
            let plan = planner.plan_from_normalized_operation(normalized.executable_operation(), context, &self.token);
            plan.map_err(|error| error.to_string())
        }));
        match outcome {
            Ok(Ok(plan)) => Ok(plan),
            Ok(Err(reason)) => Err(self.failed(&reason, text)),
            Err(_) => Err(self.failed("the planner panicked", text)),
        }
    }

    fn failed(&self, reason: &str, text: &str) -> Vec<GraphqlError> {
        if self.token.bail_if_cancelled().is_err() {
            let message = "the operation takes too long to plan; ask for less at once";
            return vec![GraphqlError::new(ErrorCode::Timeout, message)];
        }
        // A document may hold what is nobody's to read: its text is told to those alone who ask for it.
        let sha256 = Digest::of(text).hex();
        let (sha256, told) = (shortened(&sha256, 16), shortened(reason, LONGEST_REASON));
        tracing::error!(reason = told, operation = self.operation, sha256, "an operation cannot be planned");
        tracing::debug!(sha256, text, "this is the operation that cannot be planned");
        vec![internal()]
    }
}
