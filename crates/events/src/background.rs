//! Followers and relays at work beside a server, until it stops.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::{Follower, Relay};

/// How long stopping may take: a lease is given back in a moment, or ends by itself.
const GRACE: Duration = Duration::from_secs(5);

/// Tasks that deliver and relay.
#[derive(Debug)]
pub struct Background {
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Background {
    /// Sets them to work, each in a task of its own.
    pub fn start(followers: Vec<Follower>, relays: Vec<Relay>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for mut follower in followers {
            let mut stopped = stopped.clone();
            tasks.spawn(async move {
                // A batch that is cut off here is rolled back, and taken again by whoever comes next.
                tokio::select! {
                    () = follower.follow() => {}
                    _ = stopped.changed() => {}
                }
                follower.release().await;
            });
        }
        for mut relay in relays {
            let mut stopped = stopped.clone();
            tasks.spawn(async move {
                tokio::select! {
                    () = relay.relay() => {}
                    _ = stopped.changed() => {}
                }
                relay.release().await;
            });
        }
        Self { tasks, stop }
    }

    /// Stops all of them and gives their leases back, in 5 s at most. Call it before the databases are closed.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            tracing::warn!("delivery does not end; its leases end by themselves");
        }
    }
}
