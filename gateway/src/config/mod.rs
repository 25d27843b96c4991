//! The section `[gateway]`.

mod budget;
mod cors;
mod cost;
mod csrf;
mod documents;
pub(crate) mod headers;
mod introspection;
mod issuers;
mod limits;
mod listen;
mod metrics;
mod network;
mod policies;
mod security;
mod store;
mod subscriptions;
mod traffic;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use budget::{BudgetConfig, Rate};
pub use cors::CorsConfig;
pub use cost::CostConfig;
pub use csrf::CsrfConfig;
pub use documents::{DocumentsConfig, PersistedConfig};
pub use headers::{HeadersConfig, SubgraphHeaders};
pub use introspection::Introspection;
pub use issuers::{IssuerConfig, SignatureAlgorithm};
pub use limits::LimitsConfig;
pub use metrics::MetricsConfig;
pub use network::Network;
pub use policies::{Policies, PolicyConfig};
pub use security::SecurityConfig;
pub use store::Store;
pub use subscriptions::SubscriptionsConfig;
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
    /// Others whose access tokens are known too.
    pub issuers: Vec<IssuerConfig>,
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
    /// Bytes of memory for prepared operations, as estimated by the lengths of their documents.
    pub prepared_cache_bytes: u64,
    /// How long they are kept.
    #[serde(with = "humantime_serde")]
    pub prepared_cache_age: Duration,
    /// Who may ask for the schema in a query; `/schema.graphql` has it in any case.
    pub introspection: Introspection,
    /// For those who write queries: introspection is for everyone, whatever `introspection` says.
    pub development: bool,
    /// How long the body of a GraphQL request may take to arrive.
    #[serde(with = "humantime_serde")]
    pub body_timeout: Duration,
    /// Requests at work at a time, beside those for health; more are told to come back.
    pub max_concurrent_requests: usize,
    /// Whether answers are compressed for clients that read it.
    pub compression: bool,
    /// Requests of other origins.
    pub cors: CorsConfig,
    /// Requests that a browser was made to send.
    pub csrf: CsrfConfig,
    /// What browsers hold to.
    pub security: SecurityConfig,
    /// Where clients reach the gateway, as the whole configuration says.
    #[serde(skip)]
    pub public_url: Option<String>,
    /// What documents and variables may hold.
    pub limits: LimitsConfig,
    /// What an operation may cost.
    pub cost: CostConfig,
    /// What a client may spend in a minute.
    pub budget: BudgetConfig,
    /// Documents that clients send once.
    pub persisted: PersistedConfig,
    /// Documents that are trusted.
    pub documents: DocumentsConfig,
    /// Who meets the policies that the supergraph asks for.
    pub policies: Policies,
    /// Labels of `@override(label:)` that are switched on.
    pub override_labels: BTreeSet<String>,
    /// Streams of events.
    pub subscriptions: SubscriptionsConfig,
    /// Metrics.
    pub metrics: MetricsConfig,
    /// Proxies in front, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
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
            issuers: Vec::new(),
            max_body_bytes: 1 << 20,
            max_tokens: 10_000,
            max_depth: 20,
            max_fields: 5_000,
            max_values: 200_000,
            max_subgraph_response_bytes: 64 << 20,
            request_timeout: Duration::from_secs(30),
            subgraph_timeout: Duration::from_secs(10),
            planning_timeout: Duration::from_secs(5),
            prepared_cache_bytes: 64 << 20,
            prepared_cache_age: Duration::from_hours(24),
            introspection: Introspection::Everyone,
            development: false,
            body_timeout: Duration::from_secs(15),
            max_concurrent_requests: 1_000,
            compression: true,
            cors: CorsConfig::default(),
            csrf: CsrfConfig::default(),
            security: SecurityConfig::default(),
            public_url: None,
            limits: LimitsConfig::default(),
            cost: CostConfig::default(),
            budget: BudgetConfig::default(),
            persisted: PersistedConfig::default(),
            documents: DocumentsConfig::default(),
            policies: Policies::default(),
            override_labels: BTreeSet::new(),
            subscriptions: SubscriptionsConfig::default(),
            metrics: MetricsConfig::default(),
            trusted_proxies: Vec::new(),
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
        listen::check("gateway.listen", &self.listen)?;
        self.bounds()?;
        self.cors.check()?;
        self.csrf.check()?;
        self.metrics.check()?;
        self.addresses()?;
        self.prefixes()
    }

    /// Who may ask for the schema, as it is in effect.
    pub(crate) fn introspection(&self) -> Introspection {
        if self.development { Introspection::Everyone } else { self.introspection }
    }

    /// Bounds under which nothing at all would be answered.
    fn bounds(&self) -> Result<(), String> {
        let counts = [
            ("max_body_bytes", self.max_body_bytes),
            ("max_tokens", self.max_tokens),
            ("max_depth", self.max_depth),
            ("max_fields", self.max_fields),
            ("max_values", self.max_values),
            ("max_subgraph_response_bytes", self.max_subgraph_response_bytes),
            ("max_concurrent_requests", self.max_concurrent_requests),
        ];
        let times = [
            ("request_timeout", self.request_timeout),
            ("subgraph_timeout", self.subgraph_timeout),
            ("planning_timeout", self.planning_timeout),
            ("body_timeout", self.body_timeout),
            ("prepared_cache_age", self.prepared_cache_age),
        ];
        if let Some((key, _)) = counts.iter().find(|(_, most)| *most == 0) {
            return Err(format!("gateway.{key}: with 0 nothing would be answered; write 1 at least"));
        }
        if let Some((key, _)) = times.iter().find(|(_, most)| most.is_zero()) {
            return Err(format!("gateway.{key}: with no time nothing would be answered; write such as 10s"));
        }
        Ok(())
    }

    fn addresses(&self) -> Result<(), String> {
        self.subgraphs.iter().try_for_each(|(name, url)| {
            crate::subgraph::address(url).map(drop).map_err(|error| format!("gateway.subgraphs.{name}: {error}"))
        })
    }

    fn prefixes(&self) -> Result<(), String> {
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
        issuers::check(&self.issuers)?;
        self.limits.check()?;
        self.cost.check()?;
        self.budget.check()?;
        self.persisted.check()?;
        policies::check(&self.policies)?;
        self.subscriptions.check()?;
        self.documents.check()?;
        self.traffic.check(self.subgraph_timeout)?;
        self.headers.check()
    }

    /// Whether anything is kept in Redis.
    pub fn shares(&self) -> bool {
        let budgets = self.budget.enabled && self.budget.store == Store::Redis;
        budgets || self.persisted.enabled && self.persisted.store == Store::Redis
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nothing_can_be_served_with_is_refused_by_its_key() {
        assert_eq!(GatewayConfig::default().check(), Ok(()));
        let refused = |change: fn(&mut GatewayConfig)| {
            let mut config = GatewayConfig::default();
            change(&mut config);
            config.check().expect_err("it is refused")
        };
        for (told, key) in [
            (refused(|config| config.max_depth = 0), "gateway.max_depth: "),
            (refused(|config| config.max_concurrent_requests = 0), "gateway.max_concurrent_requests: "),
            (refused(|config| config.request_timeout = Duration::ZERO), "gateway.request_timeout: "),
            (refused(|config| config.listen = "4000".to_owned()), "gateway.listen: "),
            (refused(|config| config.csrf.cookie = String::new()), "gateway.csrf.cookie: "),
            (refused(|config| config.csrf.headers = vec!["Accept".to_owned()]), "gateway.csrf.headers: "),
            (refused(|config| config.cors.origins = vec!["a.fr".to_owned()]), "gateway.cors.origins: "),
            (refused(|config| config.cors.headers = vec!["a b".to_owned()]), "gateway.cors.headers: "),
        ] {
            assert!(told.starts_with(key), "{told}");
            assert!(!told.contains('\n'), "{told}");
        }
    }
}
