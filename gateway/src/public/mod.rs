//! The public routes of services, beside GraphQL: files, feeds, logins. They are handed on as they are, streaming both ways,
//! in this process through the service's own router or over HTTP.

pub(crate) mod headers;
mod http;
mod path;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ::http::{Request, Response};
use axum::Router;
use axum::body::Body;
use tower::ServiceExt;

use crate::config::GatewayConfig;
use http::HttpService;

/// A service did not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    /// It could not be reached, or broke off before it answered.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// It did not begin to answer in time.
    #[error("it did not begin to answer in time")]
    TimedOut,
}

/// The service that answers one prefix.
pub(crate) struct PublicRoute {
    service: String,
    way: Way,
}

#[derive(Clone)]
enum Way {
    InProcess(Router),
    Http(Arc<HttpService>),
}

impl PublicRoute {
    /// The service's name in the supergraph.
    pub(crate) fn service(&self) -> &str {
        &self.service
    }

    /// Hands a request on; the answer's body is not read here.
    pub(crate) async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Failed> {
        match &self.way {
            Way::InProcess(router) => match router.clone().oneshot(request).await {
                Ok(response) => Ok(response),
                Err(never) => match never {},
            },
            Way::Http(service) => service.send(request).await,
        }
    }
}

/// The services by the prefixes that they answer.
#[derive(Default)]
pub(crate) struct PublicRoutes(BTreeMap<String, PublicRoute>);

impl PublicRoutes {
    /// The routes of the services that are here: those in this process, and of those at an address (`addresses`, by name) the
    /// ones of this house.
    pub(crate) fn of(
        config: &GatewayConfig,
        in_process: &HashMap<String, Router>,
        addresses: &BTreeMap<String, String>,
        signs: bool,
    ) -> Self {
        let mut by_prefix = BTreeMap::new();
        for (service, prefixes) in &config.public_routes {
            // Somebody else's graph may have a service of the same name: it is handed nothing.
            let ours = signs && config.own_subgraphs.contains(service);
            let way = match (in_process.get(service), addresses.get(service)) {
                (Some(router), _) => Way::InProcess(router.clone()),
                (None, Some(address)) if ours => match HttpService::beside(address) {
                    Ok(http) => Way::Http(Arc::new(http)),
                    // The same address is told to be of no use where the subgraph itself is looked for.
                    Err(_) => continue,
                },
                _ => continue,
            };
            for prefix in prefixes {
                by_prefix.insert(prefix.clone(), PublicRoute { service: service.clone(), way: way.clone() });
            }
        }
        Self(by_prefix)
    }

    /// The route that a path belongs to.
    pub(crate) fn find(&self, path: &str) -> Option<&PublicRoute> {
        self.0.get(path::prefix(path)?)
    }
}
