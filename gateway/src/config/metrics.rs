//! The section `[gateway.metrics]`.

use serde::{Deserialize, Serialize};

use super::listen;

/// Where metrics are read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsConfig {
    /// Address and port of their listener, such as `127.0.0.1:9464`; without it there is none.
    pub listen: Option<String>,
}

impl MetricsConfig {
    pub(super) fn check(&self) -> Result<(), String> {
        self.listen.as_deref().map_or(Ok(()), |address| listen::check("gateway.metrics.listen", address))
    }
}
