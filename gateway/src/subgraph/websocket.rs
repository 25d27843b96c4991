//! A subgraph of others that gives events by WebSocket (`graphql-transport-ws`); calls go the usual way.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, SinkExt, StreamExt};
use http::{HeaderValue, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::{CallError, Events, SubgraphClient, SubgraphRequest};

/// The protocol's name.
pub(crate) const PROTOCOL: &str = "graphql-transport-ws";
/// The one subscription of a connection.
const ID: &str = "1";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A subgraph whose events come by WebSocket.
pub(crate) struct WebSocketSubgraph {
    calls: Arc<dyn SubgraphClient>,
    address: String,
    max_response_bytes: usize,
}

/// What a subgraph says.
#[derive(Deserialize)]
struct Said<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
}

impl WebSocketSubgraph {
    pub(crate) fn new(calls: Arc<dyn SubgraphClient>, address: &str, max_response_bytes: usize) -> Self {
        Self { calls, address: address.to_owned(), max_response_bytes }
    }

    async fn connect(&self, request: &SubgraphRequest) -> Result<Socket, CallError> {
        let unreachable = |error: tungstenite::Error| CallError::Unreachable(error.to_string());
        let mut upgrade = self.address.as_str().into_client_request().map_err(unreachable)?;
        let headers = upgrade.headers_mut();
        // First what is the client's: nothing of it stands in for what the gateway says itself.
        for (name, value) in &request.headers {
            headers.append(name, value.clone());
        }
        let unsendable = |error: header::InvalidHeaderValue| CallError::Unreachable(error.to_string());
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL));
        headers.insert("x-request-id", HeaderValue::from_str(&request.request_id).map_err(unsendable)?);
        if let Some(principal) = &request.principal {
            let mut value = HeaderValue::from_str(principal).map_err(unsendable)?;
            value.set_sensitive(true);
            headers.insert(service_kit::principal_token::HEADER, value);
        }
        let limit = Some(self.max_response_bytes);
        let config = WebSocketConfig::default().max_message_size(limit).max_frame_size(limit);
        let (socket, _) = connect_async_with_config(upgrade, Some(config), true).await.map_err(unreachable)?;
        Ok(socket)
    }
}

impl SubgraphClient for WebSocketSubgraph {
    fn call(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Bytes, CallError>> {
        self.calls.call(request)
    }

    fn subscribe(&self, request: SubgraphRequest) -> BoxFuture<'_, Result<Events, CallError>> {
        async move {
            let mut socket = self.connect(&request).await?;
            send(&mut socket, "{\"type\":\"connection_init\"}".to_owned()).await?;
            loop {
                let text = next(&mut socket).await?;
                match said(&text)?.kind {
                    "connection_ack" => break,
                    "ping" => send(&mut socket, "{\"type\":\"pong\"}".to_owned()).await?,
                    _ => {}
                }
            }
            let operation = std::str::from_utf8(&request.body).expect("the gateway writes JSON");
            send(&mut socket, format!("{{\"id\":\"{ID}\",\"type\":\"subscribe\",\"payload\":{operation}}}")).await?;
            Ok(futures::stream::unfold(Some(socket), event).boxed())
        }
        .boxed()
    }
}

/// The next event; nothing after an error or the end.
async fn event(socket: Option<Socket>) -> Option<(Result<Bytes, CallError>, Option<Socket>)> {
    let mut socket = socket?;
    loop {
        let read = async {
            let text = next(&mut socket).await?;
            let Said { kind, payload } = said(&text)?;
            let payload = payload.map_or("null", RawValue::get);
            Ok(match kind {
                "next" => Some((Bytes::from(payload.to_owned()), false)),
                "error" => Some((Bytes::from(format!("{{\"errors\":{payload}}}")), true)),
                "complete" => Some((Bytes::new(), true)),
                "ping" => {
                    send(&mut socket, "{\"type\":\"pong\"}".to_owned()).await?;
                    None
                }
                _ => None,
            })
        };
        match read.await {
            Err(error) => return Some((Err(error), None)),
            Ok(None) => {}
            Ok(Some((last, true))) if last.is_empty() => return None,
            Ok(Some((last, true))) => return Some((Ok(last), None)),
            Ok(Some((event, false))) => return Some((Ok(event), Some(socket))),
        }
    }
}

async fn send(socket: &mut Socket, text: String) -> Result<(), CallError> {
    socket.send(Message::text(text)).await.map_err(|error| CallError::BrokenOff(error.to_string()))
}

/// The next text; pings of the connection itself are answered on the way.
async fn next(socket: &mut Socket) -> Result<String, CallError> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return Ok(text.as_str().to_owned()),
            Some(Ok(Message::Close(frame))) => {
                let why = frame.map_or_else(|| "it closed the connection".to_owned(), |frame| frame.to_string());
                return Err(CallError::BrokenOff(why));
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(CallError::BrokenOff(error.to_string())),
            None => return Err(CallError::BrokenOff("it closed the connection".to_owned())),
        }
    }
}

fn said(text: &str) -> Result<Said<'_>, CallError> {
    serde_json::from_str(text).map_err(|error| CallError::Unreadable(format!("it speaks no {PROTOCOL}: {error}")))
}
