//! What stands around the way to a subgraph, whichever way that is.

use std::sync::Arc;

use super::coalesce::Coalesce;
use super::concurrency::Concurrency;
use super::measured::Counted;
use super::retry::Retry;
use super::timeout::Timeout;
use super::{Intent, SubgraphClient};
use crate::config::Rules;
use crate::telemetry::Metrics;

/// The subgraph `name` behind `client`, called by `rules`. From the outside in: who asks the same shares a call; how it
/// ends is counted; it has so much time, and further tries in it; each try waits for a place of its own, and may have a time of its own once it has it.
pub(crate) fn around(
    name: &str,
    mut client: Arc<dyn SubgraphClient>,
    rules: &Rules,
    metrics: &Arc<Metrics>,
) -> Arc<dyn SubgraphClient> {
    if let Some(limit) = rules.try_timeout {
        // A mutation has no further try: it may take what a call may take.
        client = Arc::new(Timeout { next: client, limit, of: Intent::may_be_repeated });
    }
    client = Arc::new(Concurrency::around(client, rules));
    if rules.retries > 0 {
        client = Arc::new(Retry::around(name, client, rules));
    }
    client = Arc::new(Timeout { next: client, limit: rules.timeout, of: |_| true });
    client = Arc::new(Counted { name: name.to_owned(), next: client, metrics: Arc::clone(metrics) });
    if rules.coalesce {
        client = Arc::new(Coalesce::around(name, client));
    }
    client
}
