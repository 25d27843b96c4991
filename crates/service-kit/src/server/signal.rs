//! Being asked to stop.

use std::future::Future;

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
