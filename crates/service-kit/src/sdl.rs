//! The completed SDL: what async-graphql prints, with the federation version and imports that the whole house uses.
//!
//! async-graphql prints `@link` to federation v2.5 with a fixed list of imports. Composition drops directives that are not
//! imported, silently; so the list is replaced here, once for every service, and `_service { sdl }` answers the same text.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{SDLExportOptions, ServerResult, Value};

/// The link that every subgraph of ours carries.
const LINK: &str = "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.9\", import: [\"@key\", \"@shareable\", \
    \"@inaccessible\", \"@tag\", \"@external\", \"@provides\", \"@requires\", \"@override\", \"@interfaceObject\", \
    \"@composeDirective\", \"@authenticated\", \"@requiresScopes\", \"@policy\", \"@cost\", \"@listSize\"])";

/// The SDL of a schema as it is committed, composed and answered.
pub fn complete<Query, Mutation, Subscription>(schema: &async_graphql::Schema<Query, Mutation, Subscription>) -> String
where
    Query: async_graphql::ObjectType + 'static,
    Mutation: async_graphql::ObjectType + 'static,
    Subscription: async_graphql::SubscriptionType + 'static,
{
    let options = SDLExportOptions::new().federation().compose_directive().sorted_fields().sorted_enum_items();
    complete_text(&schema.sdl_with_options(options))
}

fn complete_text(printed: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut in_link = false;
    for line in printed.lines() {
        let begins = line.starts_with("extend schema @link(");
        in_link |= begins;
        if !in_link {
            lines.push(line.trim_end());
        }
        if in_link && line.trim_end().ends_with(')') {
            in_link = false;
        }
    }
    let body = lines.join("\n");
    // Blank lines in rows are the printer's, not ours.
    let mut text = format!("{LINK}\n\n");
    let mut blank = true;
    for line in body.lines() {
        if line.is_empty() && blank {
            continue;
        }
        blank = line.is_empty();
        text.push_str(line);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Answers `_service { sdl }` with the completed text.
pub struct CompletedSdl(pub Arc<str>);

impl ExtensionFactory for CompletedSdl {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Answer(Arc::clone(&self.0)))
    }
}

struct Answer(Arc<str>);

#[async_graphql::async_trait::async_trait]
impl Extension for Answer {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if info.parent_type == "_Service" && info.name == "sdl" {
            return Ok(Some(Value::String(self.0.to_string())));
        }
        next.run(ctx, info).await
    }
}
