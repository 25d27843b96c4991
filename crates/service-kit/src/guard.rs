//! What holds for every field of a subgraph: the access table before it is resolved, and the completed SDL for `_service`.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{ServerError, ServerResult, Value};
use kernel::{Fault, Principal};

use crate::access::ACCESS;

/// Refuses what the principal alone decides, and answers `_service { sdl }` with this text.
pub struct Guard(pub Arc<str>);

impl ExtensionFactory for Guard {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Watch(Arc::clone(&self.0)))
    }
}

struct Watch(Arc<str>);

#[async_graphql::async_trait::async_trait]
impl Extension for Watch {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if info.parent_type == "_Service" && info.name == "sdl" {
            return Ok(Some(Value::String(self.0.to_string())));
        }
        // Fields of GraphQL itself and of federation have no rule; of ours, a test finds any without one.
        if let Some(rule) = ACCESS.field(info.parent_type, info.name)
            && let Err(fault) = rule.check(ctx.data_unchecked::<Principal>())
        {
            return Err(refusal(fault, &info));
        }
        next.run(ctx, info).await
    }
}

fn refusal(fault: Fault, info: &ResolveInfo<'_>) -> ServerError {
    let mut error = ServerError::new(fault.to_string(), Some(info.field.name.pos));
    error.source = Some(Arc::new(fault));
    error.path = info.path_node.to_string_vec().into_iter().map(async_graphql::PathSegment::Field).collect();
    error
}
