//! One WebSocket from its upgrade to its end.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use axum::http::{HeaderMap, HeaderValue, header};
use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt};
use kernel::ErrorCode;
use serde_json::value::RawValue;
use service_kit::server::Stopping;
use service_kit::telemetry::{TraceContext, request_span};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite;
use tracing::{Instrument, Span};

use super::super::access_log;
use super::super::arrival::Arrival;
use super::super::auth::Credentials;
use super::super::places::Place;
use super::super::streams;
use super::protocol::{Close, PROTOCOL, Said, Told};
use crate::Gateway;
use crate::budget::Client;
use crate::error::GraphqlError;
use crate::pipeline::{Answer, Asker, Params};
use crate::telemetry::{Account, Outcome};

/// How long the other side may take to say that it closes, too.
const CLOSING: Duration = Duration::from_secs(1);
/// Messages to the client that wait to be sent: who reads slowly slows its events down.
const WAITING: usize = 16;

/// A connection.
pub(super) struct Connection {
    gateway: Arc<Gateway>,
    /// Of the upgrade, until `connection_init` brings others.
    credentials: Credentials,
    request_id: Arc<str>,
    /// Those of the upgrade's headers that some subgraph gets.
    headers: HeaderMap,
    /// Where the upgrade stood in a trace.
    trace: TraceContext,
    /// Where the client is, for its budget.
    address: Option<IpAddr>,
    /// Its place among the connections.
    place: Place,
    stopping: Option<Stopping>,
    /// The process was told to stop.
    stops: bool,
    begun: bool,
    /// By id, with the number of the operation that has it now.
    running: HashMap<String, (u64, AbortHandle)>,
    /// The number of the next operation.
    number: u64,
    tasks: JoinSet<()>,
}

/// What an operation has to say.
struct FromOperation {
    number: u64,
    id: String,
    message: Message,
    /// It is over: the id is free for another.
    last: bool,
}

/// Whether a message was refused for its length, and not the connection broken.
fn is_too_long(error: axum::Error) -> bool {
    let inner = error.into_inner();
    matches!(inner.downcast_ref(), Some(tungstenite::Error::Capacity(_)))
}

impl Connection {
    /// That of an upgrade with these headers.
    pub(super) fn new(gateway: Arc<Gateway>, headers: &HeaderMap, arrival: Arrival, place: Place) -> Self {
        Self {
            place,
            credentials: Credentials::of(&gateway, headers),
            request_id: Arc::clone(&arrival.account.request_id),
            headers: gateway.forwarding.take(headers),
            trace: arrival.account.trace.clone(),
            address: arrival.address(headers, &gateway.config.trusted_proxies),
            stopping: arrival.stopping,
            gateway,
            begun: false,
            running: HashMap::new(),
            tasks: JoinSet::new(),
            stops: false,
            number: 0,
        }
    }

    /// Serves until either side ends it. What still runs then is ended, too.
    pub(super) async fn serve(mut self, mut socket: WebSocket) {
        let closed = match socket.protocol().map(HeaderValue::as_bytes) {
            Some(protocol) if protocol == PROTOCOL.as_bytes() => self.talk(&mut socket).await,
            _ => Some((Close::PROTOCOL, None)),
        };
        if let Some((close, why)) = closed {
            // Whoever is gone already hears nothing.
            drop(tokio::time::timeout(CLOSING, socket.send(close.message(why.as_deref()))).await);
        }
        // Reading on sends the answer to a client's close, and hears that to ours.
        let ended = async { while socket.recv().await.is_some_and(|message| message.is_ok()) {} };
        drop(tokio::time::timeout(CLOSING, ended).await);
    }

    /// None where the client has ended it, or takes nothing: the server leaves who does not read, in the time that it gives answers.
    async fn talk(&mut self, socket: &mut WebSocket) -> Option<(Close, Option<String>)> {
        let (sender, mut waiting) = mpsc::channel(WAITING);
        let config = &self.gateway.config.subscriptions;
        let (keepalive, init) = (config.keepalive, Instant::now() + config.init_timeout);
        let patience = config.idle_timeout;
        let mut idle = Instant::now() + patience;
        let mut heard = true;
        let mut beat = Instant::now() + keepalive;
        let stopping = self.stopping.clone();
        let stopped = async move {
            match stopping {
                Some(stopping) => stopping.told().await,
                None => std::future::pending().await,
            }
        };
        let mut stopped = std::pin::pin!(stopped);
        loop {
            tokio::select! {
                message = socket.recv() => {
                    heard = true;
                    let text = match message? {
                        Ok(Message::Text(text)) => text,
                        Ok(Message::Close(_)) => return None,
                        Err(error) => return is_too_long(error).then_some((Close::TOO_LONG, None)),
                        Ok(Message::Binary(_)) => return Some((Close::BAD_MESSAGE, Some("send text".to_owned()))),
                        Ok(Message::Ping(_) | Message::Pong(_)) => continue,
                    };
                    match self.hear(text.as_str(), &sender).await {
                        Ok(Some(answer)) => socket.send(answer).await.ok()?,
                        Ok(None) => {}
                        Err(closed) => return Some(closed),
                    }
                }
                Some(FromOperation { number, id, message, last }) = waiting.recv() => {
                    // Another operation may have the id by now.
                    if self.running.get(&id).is_some_and(|(current, _)| *current == number) {
                        if last {
                            self.running.remove(&id);
                        }
                        socket.send(message).await.ok()?;
                    }
                }
                () = sleep_until(idle), if self.running.is_empty() => return Some((Close::IDLE, None)),
                () = sleep_until(init), if !self.begun => return Some((Close::INIT_TIMEOUT, None)),
                () = sleep_until(beat) => {
                    if !heard {
                        return Some((Close::NO_ANSWER, None));
                    }
                    heard = false;
                    beat = Instant::now() + keepalive;
                    socket.send(Message::Ping(Bytes::new())).await.ok()?;
                }
                // What runs is finished and answered; subscriptions end by themselves.
                () = stopped.as_mut(), if !self.stops => self.stops = true,
            }
            if !self.running.is_empty() {
                idle = Instant::now() + patience;
            }
            if self.stops && self.running.is_empty() {
                return Some((Close::GOING_AWAY, None));
            }
        }
    }

    /// Does what a message asks for; back comes what is said to it at once.
    async fn hear(
        &mut self,
        text: &str,
        sender: &mpsc::Sender<FromOperation>,
    ) -> Result<Option<Message>, (Close, Option<String>)> {
        match Said::read(text).map_err(|why| (Close::BAD_MESSAGE, Some(why)))? {
            Said::Init { .. } if self.begun => Err((Close::TOO_MANY_INITS, None)),
            Said::Init { authorization } => {
                if let Some(token) = authorization {
                    let value = HeaderValue::from_str(&token).map_err(|_| (Close::FORBIDDEN, None))?;
                    let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
                    self.credentials = Credentials::of(&self.gateway, &headers);
                }
                let account = Arc::new(Account::new(&self.request_id, self.trace.clone()));
                let known = self.credentials.identity(&self.gateway, &account).await;
                let known = known.map_err(|unknown| (Close::FORBIDDEN, Some(unknown.to_string())))?;
                let placed = self.place.is_of(Client::of(known.principal(), self.address));
                placed.map_err(|none| (Close::TRY_LATER, Some(none.told())))?;
                self.begun = true;
                Ok(Some(Told::ConnectionAck.message()))
            }
            Said::Ping => Ok(Some(Told::Pong.message())),
            Said::Pong => Ok(None),
            Said::Subscribe { .. } if !self.begun => Err((Close::UNAUTHORIZED, None)),
            Said::Subscribe { id, .. } if self.running.contains_key(&id) => {
                Err((Close::SUBSCRIBED, Some(format!("Subscriber for {id} already exists"))))
            }
            Said::Subscribe { id, .. } if self.stops => {
                let error = GraphqlError::new(ErrorCode::UpstreamUnavailable, "the gateway stops; connect again");
                Ok(Some(Told::Error { id: &id, payload: &[error] }.message()))
            }
            Said::Subscribe { id, payload } => Ok(self.subscribe(id, &payload, sender).err()),
            Said::Complete { id } => {
                if let Some((_, running)) = self.running.remove(&id) {
                    running.abort();
                }
                Ok(None)
            }
        }
    }

    /// Runs an operation beside the others; the error side is the message that refuses it.
    fn subscribe(
        &mut self,
        id: String,
        payload: &RawValue,
        sender: &mpsc::Sender<FromOperation>,
    ) -> Result<(), Message> {
        let refused = |error: GraphqlError| Told::Error { id: &id, payload: &[error] }.message();
        while self.tasks.try_join_next().is_some() {}
        let most = self.gateway.config.subscriptions.max_per_connection;
        if self.running.len() >= most {
            let told = format!("{most} operations run on this connection already; complete one of them first");
            return Err(refused(GraphqlError::new(ErrorCode::LimitExceeded, told)));
        }
        let params = Params::from_body(&Bytes::from(payload.get().to_owned())).map_err(refused)?;
        let operation = Operation {
            gateway: Arc::clone(&self.gateway),
            credentials: self.credentials.clone(),
            account: Arc::new(Account::new(&self.request_id, self.trace.clone())),
            stopping: self.stopping.clone(),
            number: self.number,
            id: id.clone(),
            headers: self.headers.clone(),
            address: self.address,
            sender: sender.clone(),
        };
        let span = operation.span();
        let running = self
            .tasks
            .spawn(operation.run(params, span.clone()).instrument(span).instrument(request_span(&self.request_id)));
        self.running.insert(id, (self.number, running));
        self.number += 1;
        Ok(())
    }
}

/// An operation of a connection.
struct Operation {
    gateway: Arc<Gateway>,
    credentials: Credentials,
    account: Arc<Account>,
    stopping: Option<Stopping>,
    number: u64,
    id: String,
    headers: HeaderMap,
    address: Option<IpAddr>,
    sender: mpsc::Sender<FromOperation>,
}

impl Operation {
    /// Its place in the trace: a request by itself, though it has no connection of its own.
    fn span(&self) -> Span {
        let span =
            tracing::debug_span!("graphql.websocket", otel.kind = "server", request_id = &*self.account.request_id);
        self.account.trace.adopt(&span);
        span
    }

    async fn run(self, params: Params, span: Span) {
        let id = &self.id;
        let mut ending = access_log::operation_begins(&self.gateway, &self.account, span);
        let end = match self.answers(params).await {
            Ok(mut answers) => {
                while let Some(answer) = answers.next().await {
                    let message = Told::Next { id, payload: &answer }.message();
                    if !self.say(message, false).await {
                        return;
                    }
                }
                ending.with(Outcome::answered(&[]));
                Told::Complete { id }.message()
            }
            Err(errors) => {
                ending.with(Outcome::refused(&errors));
                Told::Error { id, payload: &errors }.message()
            }
        };
        drop(ending);
        // Once the client has heard that, the id is free.
        self.say(end, true).await;
    }

    /// Whether anybody is there to hear it.
    async fn say(&self, message: Message, last: bool) -> bool {
        let said = FromOperation { number: self.number, id: self.id.clone(), message, last };
        self.sender.send(said).await.is_ok()
    }

    async fn answers(&self, params: Params) -> Result<BoxStream<'static, Answer>, Vec<GraphqlError>> {
        let identity = self.credentials.identity(&self.gateway, &self.account).await;
        let identity = identity.map_err(|unknown| vec![GraphqlError::new(unknown.code(), unknown.to_string())])?;
        self.account.comes_from(identity.principal().client.as_deref());
        let client = Client::of(identity.principal(), self.address);
        let standing = OnceLock::new();
        let (account, headers) = (Arc::clone(&self.account), self.headers.clone());
        let asker = Asker { identity, account, client, standing: &standing, headers };
        let place = self.gateway.streams.streams.take(asker.client.clone()).map_err(|none| vec![none.error()])?;
        let (credentials, stopping) = (self.credentials.clone(), self.stopping.clone());
        streams::answers(&self.gateway, params, asker, place, credentials, stopping).await
    }
}
