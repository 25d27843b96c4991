//! The section `[gateway.limits]`: how much a document and its variables may hold, beside the bounds on size in `[gateway]`.

use serde::{Deserialize, Serialize};

/// The section `[gateway.limits]`. Whatever is counted in an operation is counted with its fragments in place.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Operations of a document.
    pub max_operations: usize,
    /// Response names at the root of an operation.
    pub max_root_fields: usize,
    /// Aliased fields of an operation.
    pub max_aliases: usize,
    /// Directives of an operation.
    pub max_directives: usize,
    /// Bytes of the default values of an operation's variables: they go with each call that takes such a variable.
    pub max_default_bytes: usize,
    /// Lists and objects within each other in a variable.
    pub max_variable_depth: usize,
    /// Items of one list in the variables.
    pub max_list_items: usize,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            max_operations: 50,
            max_root_fields: 100,
            max_aliases: 500,
            max_directives: 500,
            max_default_bytes: 4096,
            max_variable_depth: 32,
            max_list_items: 10_000,
        }
    }
}

impl LimitsConfig {
    /// Refuses values that let nothing through.
    pub(super) fn check(&self) -> Result<(), String> {
        for (key, value) in [("max_operations", self.max_operations), ("max_root_fields", self.max_root_fields)] {
            if value == 0 {
                return Err(format!("gateway.limits.{key}: 0 lets no request through"));
            }
        }
        Ok(())
    }
}
