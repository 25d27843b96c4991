//! Serving until told to stop: what was accepted is finished, within bounds of time on whatever a client may leave undone.

mod config;
mod connection;
mod signal;

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

pub use config::ServerConfig;
pub use signal::stop_signal;

/// How long new connections are still taken after it, as long as requests are in flight: who sends them here has read by then that
/// this process is not ready any more.
const HANDOVER: Duration = Duration::from_secs(5);
/// What is waited where the machine has no more connections to give.
const EXHAUSTED: Duration = Duration::from_secs(1);

/// Whether this process has been told to stop. It is among the extensions of every request; whoever keeps it beyond the answer, as an
/// upgraded connection does, is waited for.
#[derive(Clone, Debug)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// Whether it has.
    pub fn is_stopping(&self) -> bool {
        *self.0.borrow()
    }

    /// Ready when it has.
    pub fn told(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut told = self.0.clone();
        async move {
            // The other end lives as long as the server; without it nothing is told any more.
            if told.wait_for(|told| *told).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Serves `router` on `listener` until `stop` is ready, then finishes what it has accepted, for `stop_timeout` at most.
///
/// New connections are taken for 5 s more, as long as there is a request in flight; `/readyz` meanwhile says that the process stops.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    config: &ServerConfig,
    stop: impl Future<Output = ()> + Send,
) {
    let (tell, told) = watch::channel(false);
    let stopping = Stopping(told);
    let stop_timeout = config.stop_timeout;
    let mut server = Server { router, config: config.clone(), stopping, connections: JoinSet::new() };
    server.take(Some(&listener), Until::Told, stop).await;
    tracing::info!("stopping: finishing the requests in flight");
    tell.send_replace(true);
    let told = Instant::now();
    server.take(Some(&listener), Until::Done, sleep_until(told + HANDOVER.min(stop_timeout))).await;
    drop(listener);
    server.take(None, Until::Done, sleep_until(told + stop_timeout)).await;
    let Server { connections, stopping, .. } = server;
    drop(stopping);
    let kept = tokio::time::timeout_at(told + stop_timeout, tell.closed()).await.is_err();
    if kept || !connections.is_empty() {
        tracing::warn!(after_s = stop_timeout.as_secs(), "stopped with requests still in flight");
    }
}

/// What ends a stage of a server's life, beside its time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// Nothing else.
    Told,
    /// That no connection is left.
    Done,
}

/// The connections of a listener. Dropped, it ends them.
struct Server {
    router: Router,
    config: ServerConfig,
    stopping: Stopping,
    connections: JoinSet<()>,
}

impl Server {
    /// Takes connections from a listener, as far as there is one, until `end` is ready or what `until` says.
    async fn take(&mut self, listener: Option<&TcpListener>, until: Until, end: impl Future<Output = ()> + Send) {
        let mut end = std::pin::pin!(end);
        while until == Until::Told || !self.connections.is_empty() {
            let places = self.connections.len() < self.config.max_connections;
            tokio::select! {
                () = end.as_mut() => return,
                Some(_) = self.connections.join_next() => {}
                (stream, from) = accept(listener), if places => {
                    let (router, config) = (self.router.clone(), self.config.clone());
                    self.connections.spawn(connection::serve(stream, from, router, config, self.stopping.clone()));
                }
            }
        }
    }
}

/// The next connection, whatever becomes of others before it; none ever where nobody listens.
async fn accept(listener: Option<&TcpListener>) -> (TcpStream, SocketAddr) {
    let Some(listener) = listener else { return std::future::pending().await };
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => match error.kind() {
                ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => {}
                _ => {
                    tracing::error!(%error, "no connection can be taken");
                    sleep(EXHAUSTED).await;
                }
            },
        }
    }
}

#[cfg(test)]
mod tests;
