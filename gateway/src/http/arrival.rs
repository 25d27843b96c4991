//! How a request came: what the layers and the server around the routes know of it.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use service_kit::server::Stopping;

use super::address::client_address;
use crate::config::Network;
use crate::telemetry::Account;

/// What is known of a request beside what it says.
pub(super) struct Arrival {
    /// What is told of it at its end.
    pub(super) account: Arc<Account>,
    /// Whether the process was told to stop, where there is a server that tells.
    pub(super) stopping: Option<Stopping>,
    /// The other end of the connection, where there is one.
    peer: Option<SocketAddr>,
}

impl Arrival {
    /// The client's address, as far as the proxies in front are to be believed.
    pub(super) fn address(&self, headers: &HeaderMap, proxies: &[Network]) -> Option<IpAddr> {
        client_address(self.peer, headers, proxies)
    }
}

impl<S: Sync> FromRequestParts<S> for Arrival {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let account = parts.extensions.get::<Arc<Account>>().cloned();
        Ok(Self {
            account: account.expect("every route lies within the layer that begins the account"),
            stopping: parts.extensions.get::<Stopping>().cloned(),
            peer: parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer),
        })
    }
}
