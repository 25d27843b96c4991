//! Operations by WebSocket, in the protocol `graphql-transport-ws`: any number on one connection, subscriptions among them.

mod connection;
mod origin;
mod protocol;

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::ErrorCode;

use super::arrival::Arrival;
use super::graphql::refusal;
use crate::Gateway;
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
    let Some(place) = gateway.streams.connection() else {
        let error = GraphqlError::new(ErrorCode::RateLimited, "too many connections are open here; try again later");
        let id = &arrival.account.request_id;
        let mut response = refusal(StatusCode::SERVICE_UNAVAILABLE, vec![error], "application/json", id);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        return response;
    };
    let limit = gateway.config.max_body_bytes;
    let connection = Connection::new(gateway, headers, arrival);
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
