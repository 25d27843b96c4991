//! A projection kept up to date in the background.

use std::sync::Arc;
use std::time::Duration;

use db::{Db, StoreError};
use tokio::time::sleep;

use crate::streams::{Inlet, Streams, StreamsError};
use crate::trouble::{Trouble, with_causes};
use crate::worker::Lease;
use crate::{Projection, Step, Worker, deliver};

/// How long a step may wait for events.
const WAIT: Duration = Duration::from_secs(2);
/// How long a follower rests when there is nothing to do for it.
const REST: Duration = Duration::from_secs(1);
/// How soon it looks again for what the relay is about to bring.
const SOON: Duration = Duration::from_millis(100);

/// Where a follower takes events from.
#[derive(Clone, Debug)]
pub enum Source {
    /// The producer's own database.
    Direct(Db),
    /// The stream that the producer's relay fills.
    Streams(Streams),
}

/// A step did not succeed; the next one tries again.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// A database failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// Redis failed, or holds what nobody can read.
    #[error("Redis failed")]
    Streams(#[from] StreamsError),
}

/// Keeps one projection up to date with one source.
pub struct Follower {
    projection: Arc<dyn Projection>,
    source: &'static str,
    way: Way,
    lease: Lease,
}

enum Way {
    Direct(Db),
    Streams(Box<Inlet>),
}

impl Follower {
    /// Follows the events of `source` by way of `from`.
    pub fn new(worker: &Worker, projection: Arc<dyn Projection>, source: &'static str, from: Source) -> Self {
        let lease = worker.delivering(projection.db(), source);
        let way = match from {
            Source::Direct(db) => Way::Direct(db),
            Source::Streams(streams) => Way::Streams(Box::new(streams.inlet(worker, source, projection.name()))),
        };
        Self { projection, source, way, lease }
    }

    /// Takes the next batch, if there is one, and waits for it for `wait` at most where the source can wait.
    ///
    /// # Errors
    /// When a database or Redis fails.
    pub async fn step(&mut self, wait: Duration) -> Result<Step, FollowError> {
        let projection = &*self.projection;
        match &mut self.way {
            Way::Direct(producer) => {
                let step = deliver::step(&mut self.lease, projection, self.source, producer).await?;
                if step == Step::Current {
                    self.lease.release().await;
                }
                Ok(step)
            }
            Way::Streams(inlet) => {
                // Held while waiting too: whoever reads the stream tells the relay how far.
                if !self.lease.hold().await? {
                    return Ok(Step::Busy);
                }
                inlet.step(projection, wait).await
            }
        }
    }

    /// Gives back the lease, so that others need not wait for its end.
    pub async fn release(&mut self) {
        self.lease.release().await;
    }

    /// Follows until dropped. What fails is told once, and tried again.
    pub(crate) async fn follow(&mut self) {
        let what = format!("delivery of the events of {} to {}", self.source, self.projection.name());
        let mut trouble = Trouble::new(what);
        loop {
            let rest = match self.step(WAIT).await {
                Ok(step) => {
                    trouble.ends();
                    match (step, &self.way) {
                        (Step::Applied(_), _) | (Step::Current, Way::Streams(_)) => continue,
                        (Step::Waiting, _) => SOON,
                        (Step::Current | Step::Busy, _) => REST,
                    }
                }
                Err(error) => {
                    trouble.begins(&with_causes(&error));
                    // Others may do better: a command with both databases at hand delivers at once.
                    self.lease.release().await;
                    REST
                }
            };
            sleep(rest).await;
        }
    }
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Follower")
            .field("projection", &self.projection.name())
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}
