//! One WebSocket from its upgrade to its end.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

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
use tracing::{Instrument, Span};

use super::super::access_log;
use super::super::arrival::Arrival;
use super::super::streams::{self, Credentials};
use super::protocol::{Close, PROTOCOL, Said, Told};
use crate::Gateway;
use crate::budget::Client;
use crate::error::GraphqlError;
use crate::pipeline::{Answer, Asker, Params};
use crate::telemetry::{Account, Outcome};

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
    stopping: Option<Stopping>,
    begun: bool,
    running: HashMap<String, AbortHandle>,
    tasks: JoinSet<()>,
}

/// What an operation has to say.
enum FromOperation {
    Message(Message),
    /// It is over: the id is free for another.
    Ended(String),
}

impl Connection {
    /// That of an upgrade with these headers.
    pub(super) fn new(gateway: Arc<Gateway>, headers: &HeaderMap, arrival: Arrival) -> Self {
        Self {
            credentials: Credentials::of(headers),
            request_id: Arc::clone(&arrival.account.request_id),
            headers: gateway.forwarding.take(headers),
            trace: arrival.account.trace.clone(),
            address: arrival.address(headers, &gateway.config.trusted_proxies),
            stopping: arrival.stopping,
            gateway,
            begun: false,
            running: HashMap::new(),
            tasks: JoinSet::new(),
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
            drop(socket.send(close.message(why.as_deref())).await);
        }
    }

    /// None where the client has ended it.
    async fn talk(&mut self, socket: &mut WebSocket) -> Option<(Close, Option<String>)> {
        let (sender, mut waiting) = mpsc::channel(WAITING);
        let config = &self.gateway.config.subscriptions;
        let (keepalive, init) = (config.keepalive, Instant::now() + config.init_timeout);
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
                        Ok(Message::Close(_)) | Err(_) => return None,
                        Ok(Message::Binary(_)) => return Some((Close::BAD_MESSAGE, Some("send text".to_owned()))),
                        Ok(Message::Ping(_) | Message::Pong(_)) => continue,
                    };
                    match self.hear(text.as_str(), &sender).await {
                        Ok(Some(answer)) => socket.send(answer).await.ok()?,
                        Ok(None) => {}
                        Err(closed) => return Some(closed),
                    }
                }
                Some(from) = waiting.recv() => match from {
                    FromOperation::Message(message) => socket.send(message).await.ok()?,
                    FromOperation::Ended(id) => drop(self.running.remove(&id)),
                },
                () = sleep_until(init), if !self.begun => return Some((Close::INIT_TIMEOUT, None)),
                () = sleep_until(beat) => {
                    if !heard {
                        return Some((Close::NO_ANSWER, None));
                    }
                    heard = false;
                    beat = Instant::now() + keepalive;
                    socket.send(Message::Ping(Bytes::new())).await.ok()?;
                }
                () = stopped.as_mut() => return Some((Close::GOING_AWAY, None)),
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
                    self.credentials = Credentials::of(&HeaderMap::from_iter([(header::AUTHORIZATION, value)]));
                }
                let known = self.credentials.principal(&self.gateway).await;
                known.map_err(|unknown| (Close::FORBIDDEN, Some(unknown.to_string())))?;
                self.begun = true;
                Ok(Some(Told::ConnectionAck.message()))
            }
            Said::Ping => Ok(Some(Told::Pong.message())),
            Said::Pong => Ok(None),
            Said::Subscribe { .. } if !self.begun => Err((Close::UNAUTHORIZED, None)),
            Said::Subscribe { id, .. } if self.running.contains_key(&id) => {
                Err((Close::SUBSCRIBED, Some(format!("Subscriber for {id} already exists"))))
            }
            Said::Subscribe { id, payload } => Ok(self.subscribe(id, &payload, sender).err()),
            Said::Complete { id } => {
                if let Some(running) = self.running.remove(&id) {
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
            id: id.clone(),
            headers: self.headers.clone(),
            address: self.address,
            sender: sender.clone(),
        };
        let span = operation.span();
        let running = self
            .tasks
            .spawn(operation.run(params, span.clone()).instrument(span).instrument(request_span(&self.request_id)));
        self.running.insert(id, running);
        Ok(())
    }
}

/// An operation of a connection.
struct Operation {
    gateway: Arc<Gateway>,
    credentials: Credentials,
    account: Arc<Account>,
    stopping: Option<Stopping>,
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
        let Self { id, sender, .. } = &self;
        let mut ending = access_log::operation_begins(&self.gateway, &self.account, span);
        let end = match self.answers(params).await {
            Ok(mut answers) => {
                while let Some(answer) = answers.next().await {
                    let message = Told::Next { id, payload: &answer }.message();
                    if sender.send(FromOperation::Message(message)).await.is_err() {
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
        drop(sender.send(FromOperation::Ended(id.clone())).await);
        drop(sender.send(FromOperation::Message(end)).await);
    }

    async fn answers(&self, params: Params) -> Result<BoxStream<'static, Answer>, Vec<GraphqlError>> {
        let principal = self.credentials.principal(&self.gateway).await;
        let principal = principal.map_err(|unknown| vec![GraphqlError::new(unknown.code(), unknown.to_string())])?;
        self.account.comes_from(principal.client.as_deref());
        let client = Client::of(&principal, self.address);
        let standing = OnceLock::new();
        let (account, headers) = (Arc::clone(&self.account), self.headers.clone());
        let asker = Asker { principal, account, client, standing: &standing, headers };
        streams::answers(&self.gateway, params, asker, self.credentials.clone(), self.stopping.clone()).await
    }
}
