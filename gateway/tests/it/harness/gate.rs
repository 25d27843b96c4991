//! A gate in front of an answer: a test sees who has come, and lets them through.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::Reply;

/// A gate that is closed until a test opens it.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Seen>);

struct Seen {
    arrived: Semaphore,
    open: Semaphore,
    left: Semaphore,
}

impl Gate {
    pub(crate) fn closed() -> Self {
        Self(Arc::new(Seen { arrived: Semaphore::new(0), open: Semaphore::new(0), left: Semaphore::new(0) }))
    }

    /// What is answered to those who come through.
    pub(crate) fn before(&self, reply: Reply) -> Reply {
        Reply::Behind(self.clone(), Box::new(reply))
    }

    /// Waits until one more request has come.
    pub(crate) async fn arrived(&self) {
        one(&self.0.arrived, "a request comes").await;
    }

    /// Waits until the connection of one more request that was held has ended.
    pub(crate) async fn left(&self) {
        one(&self.0.left, "a connection ends").await;
    }

    /// Lets everyone through, from now on.
    pub(crate) fn open(&self) {
        self.0.open.add_permits(1);
    }

    /// Waits until the gate is open; who is dropped meanwhile has left.
    pub(super) async fn pass(&self) {
        self.0.arrived.add_permits(1);
        let mut waiting = Waiting { seen: &self.0, passed: false };
        drop(self.0.open.acquire().await.expect("it is never closed"));
        waiting.passed = true;
    }
}

async fn one(seen: &Semaphore, what: &str) {
    let permit = tokio::time::timeout(Duration::from_secs(20), seen.acquire()).await;
    permit.unwrap_or_else(|_| panic!("{what}: never")).expect("it is never closed").forget();
}

struct Waiting<'a> {
    seen: &'a Seen,
    passed: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.passed {
            self.seen.left.add_permits(1);
        }
    }
}
