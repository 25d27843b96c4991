//! The supergraph with directives on access, as composition writes them.

use super::SUPERGRAPH;

const LINKS: &str = "@link(url: \"https://specs.apollo.dev/policy/v0.1\", for: SECURITY) \
    @link(url: \"https://specs.apollo.dev/requiresScopes/v0.1\", for: SECURITY) \
    @link(url: \"https://specs.apollo.dev/authenticated/v0.1\", for: SECURITY) {";

const DEFINITIONS: &str = "
directive @policy(policies: [[policy__Policy!]!]!) on ENUM | FIELD_DEFINITION | INTERFACE | OBJECT | SCALAR

scalar policy__Policy

directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM

scalar requiresScopes__Scope

directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
";

/// The supergraph with these directives at its types (`Film`) and fields (`Film.minutes`).
pub(crate) fn guarded(marks: &[(&str, &str)]) -> String {
    let mut of = String::new();
    let mut placed = 0;
    let mut lines: Vec<String> = Vec::new();
    for line in SUPERGRAPH.lines() {
        let field = line.strip_prefix("  ").and_then(|line| line.split([':', '(']).next()).map(str::trim);
        let mut words = line.split(' ');
        let place = match (field, words.next()) {
            (Some(field), _) => format!("{of}.{field}"),
            (None, Some("type" | "interface" | "enum" | "union" | "scalar")) => {
                words.next().unwrap_or_default().clone_into(&mut of);
                of.clone()
            }
            _ => String::new(),
        };
        let found: Vec<&str> = marks.iter().filter(|(at, _)| *at == place).map(|(_, mark)| *mark).collect();
        placed += found.len();
        let marks = found.join(" ");
        lines.push(match line.strip_suffix(" {") {
            Some(head) if !marks.is_empty() => format!("{head} {marks} {{"),
            _ => format!("{line} {marks}").trim_end().to_owned(),
        });
    }
    assert_eq!(placed, marks.len(), "every mark has its place");
    let text = lines.join("\n");
    text.replacen('{', LINKS, 1) + DEFINITIONS
}
