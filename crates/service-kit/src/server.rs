//! Serving until told to stop: what was accepted is finished, new connections are refused.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;

/// How long requests in flight may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Serves `router` on `listener`, which tells each request its peer, until `stop` is ready, then finishes what it has accepted, for 20 s at most.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (told, heard) = tokio::sync::oneshot::channel::<()>();
    let graceful = async move {
        stop.await;
        tracing::info!("stopping: finishing the requests in flight");
        drop(told);
    };
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, router).with_graceful_shutdown(graceful);
    tokio::select! {
        outcome = server => outcome,
        () = async { drop(heard.await); tokio::time::sleep(GRACE).await } => {
            tracing::warn!(grace_s = GRACE.as_secs(), "stopped with requests still in flight");
            Ok(())
        }
    }
}

/// Ready when the process is asked to stop: SIGTERM or Ctrl-C.
///
/// Signals are heard from the call on, whenever the future is waited for: take it before the process says that it is there, since
/// whoever reads that may stop it at once.
pub fn stop_signal() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    let hear = |kind: SignalKind, name: &str| {
        let heard = signal(kind);
        heard
            .inspect_err(
                |error| tracing::warn!(%error, "{name} cannot be heard, and does not stop this process gracefully"),
            )
            .ok()
    };
    let (mut terminate, mut interrupt) =
        (hear(SignalKind::terminate(), "SIGTERM"), hear(SignalKind::interrupt(), "Ctrl-C"));
    async move {
        let next = async |signal: &mut Option<Signal>| match signal {
            Some(signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        };
        tokio::select! {
            () = next(&mut terminate) => {}
            () = next(&mut interrupt) => {}
        }
    }
}
