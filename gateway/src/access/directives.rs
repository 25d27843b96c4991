//! Reading the directives on access out of a supergraph, under whatever names it links them.

use graphql_tools::parser::schema as ast;

use super::requirement::Requirement;
use crate::supergraph::links::{argument, links, text};

/// What a supergraph may mark `for: SECURITY` and be served: what this gateway does something about.
const ENFORCED: [&str; 4] = ["inaccessible", "authenticated", "requiresScopes", "policy"];

/// The names under which a supergraph links the directives on access.
#[derive(Debug)]
pub(crate) struct Directives {
    authenticated: String,
    scopes: String,
    policy: String,
}

impl Directives {
    /// Finds the names.
    ///
    /// # Errors
    /// The address of a specification that is linked for security and means nothing to this gateway.
    pub(crate) fn linked(document: &ast::Document<'static, String>) -> Result<Self, String> {
        let mut found = Self {
            authenticated: "authenticated".to_owned(),
            scopes: "requiresScopes".to_owned(),
            policy: "policy".to_owned(),
        };
        for link in links(document) {
            if link.is_for_security() && !ENFORCED.contains(&link.feature) {
                return Err(link.url.to_owned());
            }
            let Some(name) = link.given_name() else { continue };
            match link.feature {
                "authenticated" => name.clone_into(&mut found.authenticated),
                "requiresScopes" => name.clone_into(&mut found.scopes),
                "policy" => name.clone_into(&mut found.policy),
                _ => {}
            }
        }
        Ok(found)
    }

    /// Whether a directive of this name is one of them.
    pub(crate) fn holds(&self, name: &str) -> bool {
        [&self.authenticated, &self.scopes, &self.policy].into_iter().any(|known| known == name)
    }

    /// Whether a type of this name belongs to one of them.
    pub(crate) fn own_type(&self, name: &str) -> bool {
        name.split_once("__").is_some_and(|(prefix, _)| self.holds(prefix))
    }

    /// What the directives of one place ask for.
    pub(super) fn requirement(&self, directives: &[ast::Directive<'static, String>]) -> Requirement {
        let mut requirement = Requirement::default();
        for directive in directives {
            if directive.name == self.authenticated {
                requirement.authenticated = true;
            } else if directive.name == self.scopes {
                requirement.scopes = Some(lists(argument(directive, "scopes")));
            } else if directive.name == self.policy {
                requirement.policies = Some(lists(argument(directive, "policies")));
            }
        }
        requirement
    }
}

/// A list of lists, with GraphQL's coercion of what stands alone. What cannot be read is a requirement that nobody meets.
fn lists(value: Option<&ast::Value<'static, String>>) -> Vec<Vec<String>> {
    let list = |value: &ast::Value<'static, String>| match value {
        ast::Value::List(items) => items.iter().map(|item| text(item).map(str::to_owned)).collect(),
        other => text(other).map(|text| vec![text.to_owned()]),
    };
    let all = match value {
        Some(ast::Value::List(items)) => items.iter().map(list).collect(),
        Some(other) => list(other).map(|list| vec![list]),
        None => None,
    };
    all.unwrap_or_default()
}
