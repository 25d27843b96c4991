//! The section `[gateway]`.

pub(crate) mod headers;
mod traffic;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use headers::{HeadersConfig, SubgraphHeaders};
pub(crate) use traffic::Rules;
pub use traffic::{SubgraphTraffic, TrafficConfig};

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
    /// The subgraph that knows people: asked who a person is, where it is of this house.
    pub person_service: String,
    /// Prefixes of public routes by the subgraph that answers them, as far as it is of this house.
    pub public_routes: BTreeMap<String, Vec<String>>,
    /// The public key of the issuer whose access tokens are known, in place of that in the data directory.
    pub issuer_key: Option<PathBuf>,
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
    /// How long one call to a subgraph may take, where `traffic` does not say.
    #[serde(with = "humantime_serde")]
    pub subgraph_timeout: Duration,
    /// How long planning one operation may take.
    #[serde(with = "humantime_serde")]
    pub planning_timeout: Duration,
    /// Prepared operations kept, as the sum of their documents' bytes.
    pub prepared_cache_bytes: u64,
    /// Whether clients may ask for the schema in a query; `/schema.graphql` has it in any case.
    pub introspection: bool,
    /// How subgraphs are called.
    pub traffic: TrafficConfig,
    /// Which headers subgraphs get.
    pub headers: HeadersConfig,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:4000".to_owned(),
            supergraph: None,
            subgraphs: BTreeMap::new(),
            own_subgraphs: ["establishments", "users", "productions", "activation"].map(str::to_owned).to_vec(),
            person_service: "users".to_owned(),
            public_routes: public_routes(),
            issuer_key: None,
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
            traffic: TrafficConfig::default(),
            headers: HeadersConfig::default(),
        }
    }
}

fn public_routes() -> BTreeMap<String, Vec<String>> {
    let of = |service: &str, prefixes: &[&str]| {
        (service.to_owned(), prefixes.iter().map(|&prefix| prefix.to_owned()).collect())
    };
    [
        of("users", &["/auth", "/.well-known", "/oauth"]),
        of("productions", &["/files", "/feeds"]),
        of("activation", &["/csv"]),
    ]
    .into()
}

/// What the gateway answers itself.
const OWN_ROUTES: [&str; 6] = ["/graphql", "/schema.graphql", "/explorer", "/livez", "/readyz", "/metrics"];

impl GatewayConfig {
    /// Refuses values that no gateway can be made of.
    ///
    /// # Errors
    /// The first of them, in a sentence.
    pub fn check(&self) -> Result<(), String> {
        let mut known = BTreeSet::new();
        for prefix in self.public_routes.values().flatten() {
            let one_segment = prefix.len() > 1 && prefix.starts_with('/') && prefix.rfind('/') == Some(0);
            if !one_segment || OWN_ROUTES.contains(&prefix.as_str()) {
                return Err(format!(
                    "gateway.public_routes: {prefix:?} is no prefix; write one segment such as /files"
                ));
            }
            if !known.insert(prefix) {
                return Err(format!("gateway.public_routes: two subgraphs cannot both answer {prefix}"));
            }
        }
        self.traffic.check(self.subgraph_timeout)?;
        self.headers.check()
    }
}
