//! The completed SDL: what async-graphql prints, with the federation version and imports that the whole house uses.
//!
//! async-graphql prints `@link` to federation v2.5 with a fixed list of imports. Composition drops directives that are not
//! imported, silently; so the list is replaced here, once for every service. What the access table says of a field is added as
//! a directive.

use async_graphql::SDLExportOptions;

use crate::access::{ACCESS, Seer};

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
    with_access(&complete_text(&schema.sdl_with_options(options)))
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

/// Adds to each field the directive that its rule in the access table stands for, so that the gateway refuses it too.
fn with_access(sdl: &str) -> String {
    let mut text = String::with_capacity(sdl.len());
    let (mut of_type, mut pending): (Option<&str>, Option<&str>) = (None, None);
    let mut in_description = false;
    for line in sdl.lines() {
        text.push_str(line);
        if line.trim_start().starts_with("\"\"\"") {
            in_description = !in_description;
        } else if !in_description {
            if let Some(rest) = line.strip_prefix("type ").or_else(|| line.strip_prefix("extend type ")) {
                of_type = rest.split(' ').next();
            } else if line.starts_with('}') {
                of_type = None;
            } else if line.starts_with("\t)") {
                text.push_str(&directive(of_type, pending.take()));
            } else if let Some(field) = field_name(line) {
                // The type of a field with arguments stands after them.
                if line.ends_with('(') {
                    pending = Some(field);
                } else {
                    text.push_str(&directive(of_type, Some(field)));
                }
            }
        }
        text.push('\n');
    }
    text
}

/// The name of the field that begins on this line, if one does.
fn field_name(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('\t').filter(|rest| !rest.starts_with('\t'))?;
    let end = rest.find(['(', ':'])?;
    Some(&rest[..end]).filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

fn directive(of_type: Option<&str>, field: Option<&str>) -> String {
    let rule = of_type.zip(field).and_then(|(of_type, field)| ACCESS.field(of_type, field));
    match rule {
        None => String::new(),
        Some(rule) if rule.is_open() || rule.admits(&[Seer::House]) => String::new(),
        Some(rule) => match rule.scopes() {
            None => " @authenticated".to_owned(),
            Some(scopes) => {
                let any: Vec<String> = scopes.iter().map(|scope| format!("[\"{scope}\"]")).collect();
                format!(" @requiresScopes(scopes: [{}])", any.join(", "))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::with_access;

    #[test]
    fn each_field_carries_its_rule() {
        let sdl = "type Query {\n\t\"\"\"\n\tme: not a field\n\t\"\"\"\n\tme: User\n\tuserByIdentifier(\n\t\tsystem: String!\n\t): User\n\tterritory(id: ID!): Territory\n}\n";
        let told = with_access(sdl);
        assert!(told.contains("\tme: User @authenticated\n"), "{told}");
        assert!(told.contains("\t): User @requiresScopes(scopes: [[\"users:read\"]])\n"), "{told}");
        assert!(told.contains("\tterritory(id: ID!): Territory\n"), "{told}");
        assert!(told.contains("\tme: not a field\n"), "{told}");
    }
}
