//! Operations by WebSocket, in the protocol `graphql-transport-ws`: any number on one connection, subscriptions among them.

mod connection;
mod protocol;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::ErrorCode;
use service_kit::server::Stopping;

use super::graphql::refusal;
use super::streams::Credentials;
use crate::Gateway;
use crate::error::GraphqlError;
use crate::telemetry::Account;
use connection::Connection;
use protocol::PROTOCOL;

/// Makes a WebSocket of a request; `address` is the client's, for its budget.
pub(super) fn open(
    gateway: Arc<Gateway>,
    upgrade: WebSocketUpgrade,
    headers: &HeaderMap,
    account: &Account,
    address: Option<IpAddr>,
    stopping: Option<Stopping>,
) -> Response {
    let Some(place) = gateway.streams.connection() else {
        let error = GraphqlError::new(ErrorCode::RateLimited, "too many connections are open here; try again later");
        let mut response =
            refusal(StatusCode::SERVICE_UNAVAILABLE, vec![error], "application/json", &account.request_id);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        return response;
    };
    let limit = gateway.config.max_body_bytes;
    let (credentials, taken) = (Credentials::of(headers), gateway.forwarding.take(headers));
    let connection = Connection::new(gateway, credentials, taken, account, address, stopping);
    upgrade
        .protocols([PROTOCOL])
        .max_message_size(limit)
        .max_frame_size(limit)
        .on_upgrade(move |socket| async move {
            connection.serve(socket).await;
            drop(place);
        })
        .into_response()
}
