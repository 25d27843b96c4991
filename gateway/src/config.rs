//! The section `[gateway]`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What the gateway serves, and within which bounds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GatewayConfig {
    /// Address and port to listen on; port 0 takes a free one.
    pub listen: String,
    /// A composed supergraph to serve in place of the built-in one; watched, and swapped when it changes.
    pub supergraph: Option<PathBuf>,
    /// Addresses of subgraphs by name, in place of those that the supergraph names.
    pub subgraphs: BTreeMap<String, String>,
    /// Subgraphs that get the signed principal token: those of this house and no others.
    pub own_subgraphs: Vec<String>,
    /// Bytes of a request's body.
    pub max_body_bytes: usize,
    /// Tokens of a document.
    pub max_tokens: usize,
    /// Nested fields of an operation.
    pub max_depth: usize,
    /// Fields of an operation, its fragments counted wherever they are spread.
    pub max_fields: usize,
    /// Values that an answer may be expected to have: fields, multiplied by the lengths of the lists that they stand in.
    pub max_values: usize,
    /// Bytes of a subgraph's answer.
    pub max_subgraph_response_bytes: usize,
    /// How long a whole request may take.
    #[serde(with = "humantime_serde")]
    pub request_timeout: Duration,
    /// How long one call to a subgraph may take.
    #[serde(with = "humantime_serde")]
    pub subgraph_timeout: Duration,
    /// How long planning one operation may take.
    #[serde(with = "humantime_serde")]
    pub planning_timeout: Duration,
    /// Prepared operations kept, as the sum of their documents' bytes.
    pub prepared_cache_bytes: u64,
    /// Whether clients may ask for the schema in a query; `/schema.graphql` has it in any case.
    pub introspection: bool,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:4000".to_owned(),
            supergraph: None,
            subgraphs: BTreeMap::new(),
            own_subgraphs: ["establishments", "users", "productions", "activation"].map(str::to_owned).to_vec(),
            max_body_bytes: 1 << 20,
            max_tokens: 10_000,
            max_depth: 20,
            max_fields: 5_000,
            max_values: 200_000,
            max_subgraph_response_bytes: 64 << 20,
            request_timeout: Duration::from_secs(30),
            subgraph_timeout: Duration::from_secs(10),
            planning_timeout: Duration::from_secs(5),
            prepared_cache_bytes: 16 << 20,
            introspection: true,
        }
    }
}
