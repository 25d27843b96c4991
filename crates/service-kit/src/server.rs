//! Serving until told to stop: what was accepted is finished, new connections are refused.

use std::future::Future;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;

/// How long requests in flight may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Serves `router` on `listener` until `stop` is ready, then finishes what it has accepted, for 20 s at most.
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
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(stream) => stream,
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard; only Ctrl-C stops this process gracefully");
            return drop(tokio::signal::ctrl_c().await);
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
