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
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::super::streams::{self, Credentials};
use super::protocol::{Close, PROTOCOL, Said, Told};
use crate::Gateway;
use crate::budget::Client;
use crate::error::GraphqlError;
use crate::pipeline::{Answer, Asker, Params};

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
    pub(super) fn new(
        gateway: Arc<Gateway>,
        credentials: Credentials,
        request_id: Arc<str>,
        headers: HeaderMap,
        address: Option<IpAddr>,
        stopping: Option<Stopping>,
    ) -> Self {
        let (begun, running, tasks) = (false, HashMap::new(), JoinSet::new());
        Self { gateway, credentials, request_id, headers, address, stopping, begun, running, tasks }
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
            request_id: Arc::clone(&self.request_id),
            stopping: self.stopping.clone(),
            id: id.clone(),
            headers: self.headers.clone(),
            address: self.address,
            sender: sender.clone(),
        };
        let running = self.tasks.spawn(operation.run(params));
        self.running.insert(id, running);
        Ok(())
    }
}

/// An operation of a connection.
struct Operation {
    gateway: Arc<Gateway>,
    credentials: Credentials,
    request_id: Arc<str>,
    stopping: Option<Stopping>,
    id: String,
    headers: HeaderMap,
    address: Option<IpAddr>,
    sender: mpsc::Sender<FromOperation>,
}

impl Operation {
    async fn run(self, params: Params) {
        let Self { id, sender, .. } = &self;
        let end = match self.answers(params).await {
            Ok(mut answers) => {
                while let Some(answer) = answers.next().await {
                    let message = Told::Next { id, payload: &answer }.message();
                    if sender.send(FromOperation::Message(message)).await.is_err() {
                        return;
                    }
                }
                Told::Complete { id }.message()
            }
            Err(errors) => Told::Error { id, payload: &errors }.message(),
        };
        // Once the client has heard that, the id is free.
        drop(sender.send(FromOperation::Ended(id.clone())).await);
        drop(sender.send(FromOperation::Message(end)).await);
    }

    async fn answers(&self, params: Params) -> Result<BoxStream<'static, Answer>, Vec<GraphqlError>> {
        let principal = self.credentials.principal(&self.gateway).await;
        let principal = principal.map_err(|unknown| vec![GraphqlError::new(unknown.code(), unknown.to_string())])?;
        let client = Client::of(&principal, self.address);
        let standing = OnceLock::new();
        let request_id = Arc::clone(&self.request_id);
        let asker = Asker { principal, request_id, client, standing: &standing, headers: self.headers.clone() };
        streams::answers(&self.gateway, params, asker, self.credentials.clone(), self.stopping.clone()).await
    }
}
