//! The specifications that a supergraph links, and the names under which their directives stand in it.

use graphql_tools::parser::schema as ast;

/// A `@link` of the schema.
pub(crate) struct Link<'d> {
    /// The address, such as `https://specs.apollo.dev/cost/v0.1`.
    pub(crate) url: &'d str,
    /// The specification's own name: `cost`.
    pub(crate) feature: &'d str,
    directive: &'d ast::Directive<'static, String>,
}

/// Every link of a document that has an address.
pub(crate) fn links<'d>(document: &'d ast::Document<'static, String>) -> impl Iterator<Item = Link<'d>> {
    let of_schema = document.definitions.iter().flat_map(|definition| match definition {
        ast::Definition::SchemaDefinition(schema) => schema.directives.as_slice(),
        _ => &[],
    });
    of_schema.filter(|directive| directive.name == "link").filter_map(|directive| {
        let url = argument(directive, "url").and_then(text)?;
        let mut parts = url.rsplit('/');
        let (_version, feature) = (parts.next(), parts.next().unwrap_or_default());
        Some(Link { url, feature, directive })
    })
}

impl<'d> Link<'d> {
    /// Whether the gateway must do something about it, or not serve at all.
    pub(crate) fn is_for_security(&self) -> bool {
        matches!(argument(self.directive, "for"), Some(ast::Value::Enum(purpose)) if purpose == "SECURITY")
    }

    /// The name given to the specification, where one is.
    pub(crate) fn given_name(&self) -> Option<&'d str> {
        argument(self.directive, "as").and_then(text)
    }

    /// The name under which its directive `name` stands: as it is imported, else the specification's own where that is
    /// what it is called, else behind the specification's.
    pub(crate) fn name_of(&self, name: &str) -> String {
        let prefix = self.given_name().unwrap_or(self.feature);
        self.imported(name)
            .unwrap_or_else(|| if name == self.feature { prefix.to_owned() } else { format!("{prefix}__{name}") })
    }

    fn imported(&self, name: &str) -> Option<String> {
        let Some(ast::Value::List(imports)) = argument(self.directive, "import") else { return None };
        let plain = |import: &'d ast::Value<'static, String>| text(import)?.strip_prefix('@');
        imports.iter().find_map(|import| match import {
            ast::Value::Object(members) => {
                let member = |name: &str| members.iter().find(|(known, _)| known == name).and_then(|(_, it)| plain(it));
                let known = member("name").filter(|known| *known == name)?;
                Some(member("as").unwrap_or(known).to_owned())
            }
            other => plain(other).filter(|known| *known == name).map(str::to_owned),
        })
    }
}

/// A directive's argument.
pub(crate) fn argument<'d>(
    directive: &'d ast::Directive<'static, String>,
    name: &str,
) -> Option<&'d ast::Value<'static, String>> {
    directive.arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// What a string says.
pub(crate) fn text<'v>(value: &'v ast::Value<'static, String>) -> Option<&'v str> {
    match value {
        ast::Value::String(text) => Some(text),
        _ => None,
    }
}
