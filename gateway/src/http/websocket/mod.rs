//! Operations by WebSocket, in the protocol `graphql-transport-ws`: any number on one connection, subscriptions among them.

mod connection;
mod origin;
mod protocol;

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::{ErrorCode, Principal};

use super::arrival::Arrival;
use super::graphql::refusal;
use crate::Gateway;
use crate::budget::Client;
use crate::error::GraphqlError;
use connection::Connection;
use protocol::PROTOCOL;

/// Makes a WebSocket of a request.
pub(super) fn open(
    gateway: Arc<Gateway>,
    upgrade: WebSocketUpgrade,
    headers: &HeaderMap,
    arrival: Arrival,
) -> Response {
    if !origin::is_welcome(headers, &gateway.config) {
        let told = "pages of this origin may not open a WebSocket here: [gateway.cors] names those that may";
        let error = GraphqlError::new(ErrorCode::Forbidden, told);
        return refusal(StatusCode::FORBIDDEN, vec![error], "application/json", &arrival.account.request_id);
    }
    // Whose it is turns out with `connection_init`.
    let client = Client::of(&Principal::anonymous(), arrival.address(headers, &gateway.config.trusted_proxies));
    let place = match gateway.streams.connections.take(client) {
        Ok(place) => place,
        Err(none) => return none.response(&arrival.account.request_id),
    };
    let limit = gateway.config.max_body_bytes;
    let connection = Connection::new(gateway, headers, arrival, place);
    upgrade
        .protocols([PROTOCOL])
        .max_message_size(limit)
        .max_frame_size(limit)
        .on_upgrade(move |socket| connection.serve(socket))
        .into_response()
}
