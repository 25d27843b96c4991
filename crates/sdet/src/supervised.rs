//! Work with a time limit that neither hangs nor takes its caller along when it panics.
//!
//! The LDAP client panics on answers that are not LDAP. That is the fault of who answered, and ends that work alone.

use std::time::Duration;

use tokio::task::JoinSet;

/// The work did not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    TimedOut,
    Panicked,
}

/// The result of the work, which ends with the limit, and when nobody waits for it any more.
pub(crate) async fn supervised<T: Send + 'static>(
    limit: Duration,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Stopped> {
    let mut tasks = JoinSet::new();
    tasks.spawn(work);
    match tokio::time::timeout(limit, tasks.join_next()).await {
        Ok(Some(Ok(result))) => Ok(result),
        Ok(_) => Err(Stopped::Panicked),
        Err(_) => Err(Stopped::TimedOut),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_ends_well_or_is_stopped() {
        assert_eq!(supervised(Duration::from_mins(1), async { 1 }).await, Ok(1));
        assert_eq!(supervised(Duration::from_millis(1), std::future::pending::<()>()).await, Err(Stopped::TimedOut));
        let panics = async { assert_eq!(1, 2, "on purpose") };
        assert_eq!(supervised(Duration::from_mins(1), panics).await, Err(Stopped::Panicked));
    }
}
