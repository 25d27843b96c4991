//! `@skip` and `@include`, with a request's variables.

use apollo_compiler::ast::DirectiveList;
use apollo_compiler::response::JsonMap;

use crate::json::Value;

/// Whether these directives leave a selection in.
pub(crate) fn included(directives: &DirectiveList, variables: &JsonMap) -> bool {
    let condition = |name: &str| {
        let value = directives.get(name)?.specified_argument_by_name("if")?;
        match value.as_variable() {
            Some(variable) => variables.get(variable.as_str()).and_then(Value::as_bool),
            None => value.to_bool(),
        }
    };
    condition("skip") != Some(true) && condition("include") != Some(false)
}
