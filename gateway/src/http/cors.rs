//! What pages of other origins may ask, as `[gateway.cors]` says.

use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::config::CorsConfig;

/// The layer; none where no origin is named. Its values were looked at when the configuration was read.
pub(super) fn layer(config: &CorsConfig) -> Option<CorsLayer> {
    if !config.is_on() {
        return None;
    }
    let origins = if config.any_origin() {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(config.origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    let methods = config.methods.iter().filter_map(|method| Method::from_bytes(method.as_bytes()).ok());
    Some(
        CorsLayer::new()
            .allow_origin(origins)
            .allow_credentials(config.credentials && !config.any_origin())
            .allow_methods(methods.collect::<Vec<_>>())
            .allow_headers(names(&config.headers))
            .expose_headers(names(&config.exposed_headers))
            .max_age(config.max_age),
    )
}

fn names(names: &[String]) -> Vec<HeaderName> {
    names.iter().filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok()).collect()
}
